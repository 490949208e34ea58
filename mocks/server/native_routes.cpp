#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/wire/anthropic_chat.hpp"
#include "harness/wire/anthropic_models.hpp"
#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_embedding.hpp"
#include "harness/wire/gemini_image.hpp"
#include "harness/wire/gemini_models.hpp"
#include "harness/wire/gemini_video.hpp"
#include "harness/wire/stability.hpp"
#include "mocks/server/router.hpp"

// Routes of providers with words of their own: the rest of router.cpp.
namespace rehearse::server {
namespace {

namespace anthropic_wire = wire::anthropic;
namespace gemini_wire = wire::gemini;

bool is_native(Protocol protocol) {
  return protocol == Protocol::Anthropic || protocol == Protocol::Gemini ||
         protocol == Protocol::Stability;
}

// Whose words a request at the root is in; Generic: in none of these.
Protocol native_words(const wire::Request& request, std::string_view path) {
  if (path.starts_with(anthropic_wire::kMessagesPath)) {
    return Protocol::Anthropic;
  }
  if (path.starts_with("/v2beta/") || path.starts_with(wire::stability::kEngineFolder)) {
    return Protocol::Stability;
  }
  const auto method = gemini_wire::parse_method(path);
  if (path.starts_with("/v1beta/") || (method && !method->action.empty()) ||
      gemini_wire::parse_operation_path(path) || gemini_wire::parse_download_path(path)) {
    return Protocol::Gemini;
  }
  if (path.starts_with(anthropic_wire::kModelsPath)) {  // OpenAI's too: the headers tell
    return request.headers.find(anthropic_wire::kVersionHeader) ? Protocol::Anthropic
           : request.headers.find(gemini_wire::kKeyHeader)      ? Protocol::Gemini
                                                                : Protocol::Generic;
  }
  return Protocol::Generic;
}

// The part of a native API that speaks OpenAI's words; `path` then is as OpenAI has it.
bool take_compatible(Protocol protocol, std::string_view& path) {
  if (protocol == Protocol::Gemini && path.starts_with("/v1beta/openai/")) {
    path.remove_prefix(14);
    return true;
  }
  return protocol != Protocol::Stability && path.starts_with("/v1/chat/completions");
}

}  // namespace

bool Router::find_native(Visit& visit) {
  Protocol protocol = visit.seat != nullptr ? protocol_of(*visit.seat->mount->profile)
                                            : native_words(visit.request, visit.path);
  if (!is_native(protocol)) {
    return false;
  }
  if (visit.seat == nullptr) {
    Seat* seat = first_with(protocol);
    if (seat == nullptr) {
      return false;
    }
    visit.seat = seat;
  }
  visit.protocol = take_compatible(protocol, visit.path) ? Protocol::OpenAi : protocol;
  return true;
}

std::vector<std::string> Router::model_ids(const Visit& visit) const {
  std::vector<std::string> ids;
  for (const latency::Entry& entry : visit.seat->mount->profile->entries) {
    if (!entry.model.empty() && entry.model != "*" &&
        std::find(ids.begin(), ids.end(), entry.model) == ids.end()) {
      ids.push_back(entry.model);
    }
  }
  return ids;
}

std::unique_ptr<Exchange> Router::anthropic(Visit& visit) {
  const bool scripted = hand(visit).scripted;
  if (options_.require_key && !has_key(visit.request)) {
    fail(visit, no_key(visit.protocol));
    return nullptr;
  }
  if (is_operation(visit, visit.path)) {
    return generic(visit);
  }
  if (!visit.request.headers.find(anthropic_wire::kVersionHeader) && !scripted) {
    fail(visit, {400, "anthropic-version: header is required", {}, {}, {}});
    return nullptr;
  }
  const std::string& method = visit.request.method;
  if (visit.path == anthropic_wire::kMessagesPath && method == "POST") {
    return call(visit, ask_anthropic_chat(visit.request, hand(visit)));
  }
  if (visit.path == anthropic_wire::kCountPath && method == "POST") {
    const auto request = anthropic_wire::decode_chat_request(visit.request.body,
                                                             anthropic_wire::MaxTokens::Optional);
    if (!request) {
      fail(visit, bad_request(visit.protocol, request.errors()));
    } else {
      answer(visit, wire::json_response(
                        200, anthropic_wire::encode_token_count(wire::input_tokens(*request))));
    }
    return nullptr;
  }
  if (visit.path == anthropic_wire::kMessagesPath || visit.path == anthropic_wire::kCountPath) {
    fail(visit, {405, "Method Not Allowed", {}, {}, {}});
    return nullptr;
  }
  if (visit.path.starts_with(anthropic_wire::kModelsPath) && method == "GET") {
    const std::vector<std::string> ids = model_ids(visit);
    const std::string_view rest = visit.path.substr(anthropic_wire::kModelsPath.size());
    const std::string id = wire::percent_decode(rest.substr(rest.empty() ? 0 : 1));
    if (rest.empty() || id.empty()) {
      answer(visit, wire::json_response(200, anthropic_wire::encode_models(ids)));
      return nullptr;
    }
    const latency::Entry* entry = visit.seat->mount->profile->find("chat", id);
    if (rest.starts_with('/') && entry != nullptr) {
      answer(visit, wire::json_response(200, anthropic_wire::encode_model(id)));
      return nullptr;
    }
    fail(visit, {404, "model: " + id, {}, {}, {}});
    return nullptr;
  }
  fail(visit, {404, "Not found", {}, {}, {}});
  return nullptr;
}

// Answers what is asked about the models themselves; false where that model is unknown.
bool Router::gemini_models(Visit& visit, const std::string& id) {
  std::vector<gemini_wire::Model> all;
  for (const latency::Entry& entry : visit.seat->mount->profile->entries) {
    const bool wanted = id.empty() || entry.model == id ||
                        visit.seat->mount->profile->find(entry.operation, id) == &entry;
    if (entry.model.empty() || entry.model == "*" || !wanted) {
      continue;
    }
    gemini_wire::Model model;
    model.id = id.empty() ? entry.model : id;
    switch (entry.kind) {
      case latency::Kind::Chat:
        model.actions = {"generateContent", "countTokens"};
        break;
      case latency::Kind::Embedding:
        model.actions = {"embedContent", "batchEmbedContents", "countTokens"};
        break;
      case latency::Kind::Image:
        model.actions = {gemini_wire::is_imagen(entry.model) ? "predict" : "generateContent"};
        break;
      default:
        model.actions = {"predictLongRunning"};
        break;
    }
    all.push_back(std::move(model));
  }
  if (!id.empty() && all.empty()) {
    return false;
  }
  answer(visit, wire::json_response(200, id.empty() ? gemini_wire::encode_models(all)
                                                    : gemini_wire::encode_model(all.front())));
  return true;
}

std::unique_ptr<Exchange> Router::gemini(Visit& visit) {
  if (options_.require_key && !has_key(visit.request)) {
    fail(visit, no_key(visit.protocol));
    return nullptr;
  }
  if (is_operation(visit, visit.path)) {
    return generic(visit);
  }
  const auto method = gemini_wire::parse_method(visit.path);
  const std::string& verb = visit.request.method;
  if (method && method->action.empty() && verb == "GET") {
    if (!gemini_models(visit, method->model)) {
      fail(visit, {404,
                   "models/" + method->model + " is not found for API version " + method->version +
                       ", or is not supported for generateContent.",
                   {},
                   {},
                   {}});
    }
    return nullptr;
  }
  if (method && method->action == gemini_wire::kCountTokens && verb == "POST") {
    const auto request = gemini_wire::decode_chat_request(visit.request.body);
    if (!request) {
      fail(visit, bad_request(visit.protocol, request.errors()));
    } else {
      answer(visit, wire::json_response(
                        200, gemini_wire::encode_token_count(wire::input_tokens(*request))));
    }
    return nullptr;
  }
  static constexpr std::string_view kCalls[] = {gemini_wire::kGenerate,
                                                gemini_wire::kStreamGenerate, gemini_wire::kEmbed,
                                                gemini_wire::kBatchEmbed, gemini_wire::kPredict};
  if (method && verb == "POST" &&
      std::find(std::begin(kCalls), std::end(kCalls), method->action) != std::end(kCalls)) {
    return call(visit, ask_gemini(visit.request, *method, hand(visit)));
  }
  fail(visit, {404, "Requested entity was not found.", {}, {}, {}});
  return nullptr;
}

std::unique_ptr<Exchange> Router::stability(Visit& visit) {
  if (options_.require_key && !has_key(visit.request)) {
    fail(visit, no_key(visit.protocol));
    return nullptr;
  }
  if (is_operation(visit, visit.path)) {
    return generic(visit);
  }
  if (visit.request.method == "POST") {
    if (auto ask = ask_stability(visit.request, visit.path, hand(visit))) {
      return call(visit, std::move(*ask));
    }
  }
  fail(visit, {404, "the requested path was not found", {}, {}, {}});
  return nullptr;
}

}  // namespace rehearse::server
