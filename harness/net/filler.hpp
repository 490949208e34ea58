#pragma once

#include <cstdint>
#include <string>

#include "harness/base/call_features.hpp"
#include "harness/wire/chat.hpp"

// What is sent where a stage has no request of its own: words of mock tokens.
namespace rehearse::net {

inline constexpr std::int64_t kMostFiller = 64 << 20;  // bytes; more is cut to that

// Exactly so many bytes; at least none.
std::string filler_bytes(std::int64_t bytes);
// Four bytes a token; at least one token.
std::string filler_tokens(std::int64_t tokens);
// One user message of the drawn size.
wire::ChatRequest filler_chat(const CallFeatures& features);

}  // namespace rehearse::net
