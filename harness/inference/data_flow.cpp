#include "harness/inference/data_flow.hpp"

#include <algorithm>
#include <array>

#include "harness/json/read.hpp"
#include "harness/wire/base64.hpp"
#include "harness/wire/ndjson.hpp"
#include "harness/wire/sse.hpp"

namespace rehearse::inference {
namespace {

constexpr std::size_t kLongBase64 = 256;
constexpr std::size_t kFileHead = 192;
constexpr std::size_t kMostWindows = 400;
constexpr std::size_t kMostScanned = 64u << 20;  // bytes, of one pair
constexpr std::size_t kLeastDifferent = 8;       // letters of a quote: a line of dashes is none

Result<json::Value> read_text(std::string_view text) {
  json::Limits limits;
  limits.comments = false;
  limits.duplicate_keys = true;
  return json::parse(text, "", limits);
}

template <typename Take>
void each_text(const json::Value& value, const Take& take) {
  if (value.is_string()) {
    take(value.as_string());
  } else if (value.is_array()) {
    for (const json::Value& item : value.items()) {
      each_text(item, take);
    }
  } else if (value.is_object()) {
    for (const json::Member& member : value.members()) {
      each_text(member.value, take);
    }
  }
}

// An image in JSON is sent on as it is or as bytes; files of one kind begin alike.
void add_said(const std::string& text, std::vector<std::string>& said) {
  if (text.size() < kShortestQuote) {
    return;
  }
  const Result<std::string> bytes = text.size() < kLongBase64
                                        ? Result<std::string>(Error{"", "too short"})
                                        : wire::decode_base64(text);
  if (!bytes) {
    said.push_back(text);
  } else if (bytes->size() > 2 * kFileHead) {
    said.push_back(text.substr(kFileHead * 4 / 3));
    said.push_back(bytes->substr(kFileHead));
  }
}

// The piece of text that an event of a stream adds, in the words of OpenAI, Anthropic, Gemini or
// Ollama.
void add_piece(const json::Value& event, std::string& text) {
  static constexpr std::array<std::string_view, 8> kPlaces = {
      "choices", "delta", "candidates", "content", "parts", "message", "text", "response"};
  for (const std::string_view key : kPlaces) {
    const json::Value* inner = event.find(key);
    if (inner == nullptr) {
      continue;
    }
    if (inner->is_string()) {
      text += inner->as_string();
    } else if (inner->is_array()) {
      for (const json::Value& item : inner->items()) {
        add_piece(item, text);
      }
    } else {
      add_piece(*inner, text);
    }
  }
}

std::vector<std::string> pieces_of(const std::string& body) {
  std::vector<std::string> out;
  if (body.starts_with("data:") || body.starts_with("event:") || body.starts_with(":")) {
    wire::SseParser parser;
    std::vector<wire::SseEvent> events;
    if (parser.feed(body, events)) {
      for (wire::SseEvent& event : events) {
        out.push_back(std::move(event.data));
      }
    }
  } else {
    wire::NdjsonParser parser;
    if (parser.feed(body, out)) {
      parser.finish(out);
    }
  }
  return out;
}

void read_answer(const std::string& body, CallTexts& texts) {
  const Result<json::Value> whole = read_text(body);
  if (whole) {
    each_text(*whole, [&](const std::string& text) { add_said(text, texts.said); });
    return;
  }
  std::string streamed;
  bool any = false;
  for (const std::string& piece : pieces_of(body)) {
    const Result<json::Value> event = read_text(piece);
    if (event) {
      any = true;
      add_piece(*event, streamed);
    }
  }
  add_said(any ? streamed : body, texts.said);
}

bool is_telling(std::string_view quote) {
  std::array<bool, 256> seen{};
  std::size_t different = 0;
  for (const char c : quote) {
    bool& here = seen[static_cast<unsigned char>(c)];
    different += here ? 0U : 1U;
    here = true;
  }
  return different >= kLeastDifferent;
}

}  // namespace

CallTexts texts_of(const record::RecordedCall& call) {
  CallTexts texts;
  if (!call.request_body.empty()) {
    const Result<json::Value> asked = read_text(call.request_body);
    if (asked) {
      each_text(*asked, [&](const std::string& text) { texts.asked += text + '\n'; });
    } else {
      texts.asked = call.request_body;
    }
  }
  if (!call.response_body.empty()) {
    read_answer(call.response_body, texts);
  }
  return texts;
}

bool feeds(const CallTexts& from, const CallTexts& to) {
  if (to.asked.size() < kShortestQuote) {
    return false;
  }
  const std::size_t each =
      std::clamp<std::size_t>(kMostScanned / to.asked.size(), std::size_t{16}, kMostWindows);
  std::size_t left = kMostWindows * 4;
  for (const std::string& said : from.said) {
    const std::size_t places = said.size() - kShortestQuote + 1;
    const std::size_t step = std::max(kShortestQuote / 2, places / each);
    for (std::size_t at = 0; at < places && left > 0; at += step, --left) {
      const std::string_view quote = std::string_view(said).substr(at, kShortestQuote);
      if (is_telling(quote) && to.asked.find(quote) != std::string::npos &&
          from.asked.find(quote) == std::string::npos) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace rehearse::inference
