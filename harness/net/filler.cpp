#include "harness/net/filler.hpp"

#include <algorithm>

#include "harness/wire/tokens.hpp"

namespace rehearse::net {

// Words of mock tokens: "word " is five bytes in prose, four here.
std::string filler_bytes(std::int64_t bytes) {
  constexpr std::string_view kWord = "abc ";
  std::string text(static_cast<std::size_t>(std::clamp<std::int64_t>(bytes, 0, kMostFiller)), ' ');
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = kWord[i % kWord.size()];
  }
  return text;
}

std::string filler_tokens(std::int64_t tokens) {
  const std::int64_t each = static_cast<std::int64_t>(wire::kBytesPerToken);
  return filler_bytes(std::clamp<std::int64_t>(tokens, 1, kMostFiller / each) * each);
}

wire::ChatRequest filler_chat(const CallFeatures& f) {
  wire::ChatRequest chat;
  chat.model = f.model;
  chat.stream = f.stream;
  chat.include_usage = f.stream;
  chat.choices = f.n;
  if (f.max_tokens > 0) {
    chat.max_output_tokens = f.max_tokens;
  }
  wire::Message message;
  message.role = "user";
  message.text = filler_tokens(f.input_tokens);
  chat.messages.push_back(std::move(message));
  return chat;
}

}  // namespace rehearse::net
