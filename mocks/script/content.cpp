#include "mocks/script/content.hpp"

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace rehearse::script {

std::uint64_t content_key(std::uint64_t seed, std::string_view request) {
  return mix64(mix64(seed) ^ hash_name(request));
}

std::string make_id(std::string_view prefix, std::uint64_t content, std::size_t length) {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t kLettersPerDraw = 10;  // 62^10 < 2^64
  Bits bits(content ^ 0x1D);
  std::string out;
  out.reserve(prefix.size() + length);
  out += prefix;
  std::uint64_t left = 0;
  for (std::size_t i = 0; i < length; ++i) {
    left = i % kLettersPerDraw == 0 ? bits.next() : left / kLetters.size();
    out += kLetters[left % kLetters.size()];
  }
  return out;
}

}  // namespace rehearse::script
