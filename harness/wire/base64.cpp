#include "harness/wire/base64.hpp"

#include <array>
#include <cstdint>

#include "harness/base/text.hpp"

namespace rehearse::wire {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) {
    value = -1;
  }
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}

constexpr auto kValues = make_values();

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
  };
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 3, at += 4) {
    const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out[at] = kAlphabet[group >> 18];
    out[at + 1] = kAlphabet[group >> 12 & 63];
    if (i + 1 < bytes.size()) {
      out[at + 2] = kAlphabet[group >> 6 & 63];
    }
    if (i + 2 < bytes.size()) {
      out[at + 3] = kAlphabet[group & 63];
    }
  }
  return out;
}

Result<std::string> decode_base64(std::string_view text) {
  std::string_view digits = text;
  for (int padding = 0; padding < 2 && digits.ends_with('='); ++padding) {
    digits.remove_suffix(1);
  }
  const bool padded = digits.size() != text.size();
  if (digits.size() % 4 == 1 || (padded && text.size() % 4 != 0)) {
    return Error{"", "expected base64, found a text of " + std::to_string(text.size()) +
                         " characters, which no bytes encode to"};
  }
  std::string out;
  out.reserve(digits.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : digits) {
    const int value = kValues[static_cast<unsigned char>(c)];
    if (value < 0) {
      return Error{"", "expected base64, found " + quoted_excerpt(std::string_view(&c, 1))};
    }
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return out;
}

}  // namespace rehearse::wire
