#pragma once

#include <cstdint>
#include <string>

namespace rehearse::script {

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i, value >>= 8) {
    out += static_cast<char>(value & 0xFF);
  }
  return out;
}

inline std::string big_endian(std::uint64_t value, int bytes) {
  const std::string reversed = little_endian(value, bytes);
  return {reversed.rbegin(), reversed.rend()};
}

}  // namespace rehearse::script
