#include "harness/wire/gemini_fields.hpp"

namespace rehearse::wire::gemini {

std::string key_of(const Fields& fields, std::string_view camel) {
  if (fields.find(camel) != nullptr) {
    return std::string(camel);
  }
  std::string snake;
  for (const char c : camel) {
    const bool upper = c >= 'A' && c <= 'Z';
    snake += upper ? "_" : "";
    snake += upper ? static_cast<char>(c | 0x20) : c;
  }
  return fields.find(snake) != nullptr ? snake : std::string(camel);
}

json::Value encode_usage(const Usage& usage) {
  json::Value out =
      object_of({{"promptTokenCount", usage.input_tokens},
                 {"candidatesTokenCount", usage.output_tokens - usage.reasoning_tokens},
                 {"totalTokenCount", usage.input_tokens + usage.output_tokens}});
  json::Value text = object_of({{"modality", "TEXT"}, {"tokenCount", usage.input_tokens}});
  out.set("promptTokensDetails", std::vector<json::Value>{std::move(text)});
  if (usage.cached_tokens > 0) {
    out.set("cachedContentTokenCount", usage.cached_tokens);
  }
  if (usage.reasoning_tokens > 0) {
    out.set("thoughtsTokenCount", usage.reasoning_tokens);
  }
  return out;
}

std::optional<Usage> decode_usage(Fields& fields) {
  constexpr std::int64_t kMost = 1'000'000'000'000;
  const json::Value* value = fields.object("usageMetadata");
  if (value == nullptr) {
    return std::nullopt;
  }
  Fields inner(*value, fields.pointer("usageMetadata"), fields.errors());
  const auto count = [&inner](const char* key) { return inner.integer(key, 0, kMost).value_or(0); };
  Usage usage;
  usage.input_tokens = count("promptTokenCount");
  usage.cached_tokens = count("cachedContentTokenCount");
  usage.reasoning_tokens = count("thoughtsTokenCount");
  usage.output_tokens = count("candidatesTokenCount") + usage.reasoning_tokens;
  return usage;
}

}  // namespace rehearse::wire::gemini
