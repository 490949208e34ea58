#include "mocks/server/protocol.hpp"

#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/wire/anthropic_error.hpp"
#include "harness/wire/firecrawl.hpp"
#include "harness/wire/gemini_error.hpp"
#include "harness/wire/ollama.hpp"
#include "harness/wire/openai_error.hpp"
#include "harness/wire/rate_limit.hpp"
#include "harness/wire/replicate.hpp"
#include "harness/wire/runway.hpp"
#include "harness/wire/stability.hpp"
#include "mocks/script/content.hpp"

namespace rehearse::server {
namespace {

std::string error_type(const wire::ApiError& error) {
  if (error.status == 429) {
    if (error.code && *error.code != "rate_limit_exceeded") {
      return *error.code;
    }
    return error.message.find(" on tokens") != std::string::npos ||
                   error.message.find("TPM)") != std::string::npos
               ? "tokens"
               : "requests";
  }
  return error.status >= 500 ? "server_error" : "invalid_request_error";
}

}  // namespace

bool is_generic(const latency::Profile& profile) {
  return std::all_of(profile.entries.begin(), profile.entries.end(),
                     [](const latency::Entry& e) { return e.kind == latency::Kind::Generic; });
}

Protocol protocol_of(const latency::Profile& profile) {
  struct Named {
    std::string_view prefix;
    Protocol protocol;
  };
  static constexpr Named kNamed[] = {{"ollama", Protocol::Ollama},
                                     {"anthropic", Protocol::Anthropic},
                                     {"gemini", Protocol::Gemini},
                                     {"stability", Protocol::Stability}};
  if (is_generic(profile)) {
    return Protocol::Generic;
  }
  for (const Named& named : kNamed) {
    if (profile.name.starts_with(named.prefix)) {
      return named.protocol;
    }
  }
  return Protocol::OpenAi;
}

std::string request_id(Protocol protocol, std::uint64_t seed, std::uint64_t number) {
  const std::uint64_t content = mix64(seed * 0x9E37 + number);
  return protocol == Protocol::Anthropic   ? script::make_id("req_011C", content, 20)
         : protocol == Protocol::Stability ? script::make_id("", content, 32)
                                           : script::make_id("req_", content, 24);
}

wire::ApiError bad_request(Protocol protocol, const Errors& errors) {
  switch (protocol) {
    case Protocol::Anthropic:
      return wire::anthropic::bad_request(errors);
    case Protocol::Gemini:
      return wire::gemini::bad_request(errors);
    case Protocol::Stability: {
      wire::ApiError error = wire::anthropic::bad_request(errors);  // worded alike
      error.code = "bad_request";
      return error;
    }
    default:
      return wire::openai::bad_request(errors);
  }
}

wire::ApiError no_key(Protocol protocol) {
  switch (protocol) {
    case Protocol::Anthropic:
      return {401, "x-api-key header is required", "authentication_error", {}, {}};
    case Protocol::Gemini:
      return {403,
              "Method doesn't allow unregistered callers (callers without established identity). "
              "Please use API Key or other form of API consumer identity to call this API.",
              {},
              {},
              "PERMISSION_DENIED"};
    case Protocol::Stability:
      return {401, "authorization: missing header", {}, {}, "unauthorized"};
    default:
      return {401,
              "You didn't provide an API key. Provide it in an Authorization header.",
              {},
              std::nullopt,
              "invalid_api_key"};
  }
}

wire::Response error_response(Protocol protocol, wire::ApiError error) {
  if (error.code && error.code->empty()) {
    error.code.reset();
  }
  switch (protocol) {
    case Protocol::Ollama:
      return wire::json_response(error.status, wire::ollama::encode_error(error.message));
    case Protocol::Anthropic:
      if (error.code && error.code->ends_with("_error")) {
        error.type = *error.code;
      }
      return wire::json_response(error.status, wire::anthropic::encode_error(error));
    case Protocol::Gemini:
      return wire::json_response(error.status, wire::gemini::encode_error(error));
    case Protocol::Stability:
      return wire::json_response(error.status, wire::stability::encode_error(error, false));
    case Protocol::Firecrawl:
      return wire::json_response(
          error.status, wire::firecrawl::encode_error(error.message, error.code.value_or("")));
    case Protocol::Replicate:
      return wire::json_response(error.status,
                                 wire::replicate::encode_error(error.status, error.message));
    case Protocol::Runway:
      return wire::json_response(error.status, wire::runway::encode_error(error.message));
    case Protocol::OpenAi:
    case Protocol::Generic:
      break;
  }
  if (error.type.empty()) {
    error.type = error_type(error);
  }
  return wire::json_response(error.status, wire::openai::encode_error(error));
}

wire::Response refusal_response(Protocol protocol, const latency::Refusal& refusal,
                                const Hint& hint, std::string request_id) {
  wire::ApiError error{refusal.status, refusal.message, {}, std::nullopt, refusal.code};
  if (error.status == 404) {
    error.param = "model";
  }
  error.request_id = std::move(request_id);
  return with_retry_after(protocol, std::move(error), refusal.retry_after, hint);
}

wire::Response with_retry_after(Protocol protocol, wire::ApiError error,
                                std::optional<Duration> wait, const Hint& hint) {
  if (wait) {
    wait = *wait * (1 / hint.speed);
    error.retry_after = wait;
  }
  wire::Response response = error_response(protocol, std::move(error));
  if (!wait || protocol == Protocol::Gemini) {  // there the body says it
    return response;
  }
  if (protocol == Protocol::OpenAi || hint.exact) {
    wire::write_retry_after(response.headers, *wait);
  } else {
    wire::write_retry_after_seconds(response.headers, *wait);
  }
  return response;
}

wire::Response fault_response(Protocol protocol, const latency::FaultSpec& fault, const Hint& hint,
                              std::string request_id) {
  wire::ApiError error{fault.status, fault.message, {}, std::nullopt, fault.code};
  error.request_id = std::move(request_id);
  wire::Response response = with_retry_after(protocol, std::move(error), fault.retry_after, hint);
  if (!fault.body.empty()) {
    response.body = fault.body;
    response.headers.set("content-type", fault.content_type);
  }
  if (fault.should_retry) {
    response.headers.add("x-should-retry", *fault.should_retry ? "true" : "false");
  }
  return response;
}

}  // namespace rehearse::server
