#pragma once

#include <cstddef>
#include <cstdint>

namespace rehearse::wire {

// One mock token is this many bytes of text, in prompts and in answers.
inline constexpr std::size_t kBytesPerToken = 4;

// The mock tokens of a text of so many bytes, rounded up.
constexpr std::int64_t token_count(std::size_t bytes) {
  return static_cast<std::int64_t>((bytes + kBytesPerToken - 1) / kBytesPerToken);
}

}  // namespace rehearse::wire
