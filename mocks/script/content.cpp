#include "mocks/script/content.hpp"

#include <array>
#include <cstring>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace rehearse::script {

std::uint64_t content_key(std::uint64_t seed, std::string_view request) {
  return mix64(mix64(seed) ^ hash_name(request));
}

std::uint64_t body_key(std::string_view body) {
  constexpr std::size_t kUpload = 64u << 10;
  if (body.size() <= kUpload) {
    return hash_name(body);
  }
  constexpr std::size_t kStep = 4 * sizeof(std::uint64_t);  // four lanes at once
  std::array<std::uint64_t, 4> lanes = {1, 2, 3, 4};
  std::size_t at = 0;
  for (; at + kStep <= body.size(); at += kStep) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), body.data() + at, kStep);
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      lanes[i] = (lanes[i] ^ words[i]) * 0x9E37'79B9'7F4A'7C15;
      lanes[i] ^= lanes[i] >> 32;
    }
  }
  std::uint64_t out = hash_name(body.substr(at)) ^ body.size();
  for (const std::uint64_t lane : lanes) {
    out = mix64(out ^ lane);
  }
  return out;
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
