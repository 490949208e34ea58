#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace rehearse::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// What a fuzz target found to be false.
inline void require(bool condition, const char* what) {
  if (!condition) {
    std::fprintf(stderr, "fuzz target: not true: %s\n", what);
    std::abort();
  }
}

// Feeds `bytes` in pieces of 1 to 7 bytes; false where the parser refused one.
template <typename Parser, typename Out>
bool feed_in_pieces(Parser& parser, std::string_view bytes, Out& out) {
  std::size_t length = 1;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, length);
    if (!parser.feed(piece, out)) {
      return false;
    }
    bytes.remove_prefix(piece.size());
    length = length % 7 + 1;
  }
  return true;
}

}  // namespace rehearse::fuzz
