#include "harness/record/bytes.hpp"

#include <bit>

namespace rehearse::record {

void ByteWriter::real(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int shift = 0; shift < 64; shift += 8) {
    out_.push_back(static_cast<char>(bits >> shift));
  }
}

std::uint64_t ByteReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70 && !bad_; shift += 7) {
    if (rest_.empty() || shift == 70) {
      break;
    }
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) {
      break;
    }
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) {
      return value;
    }
  }
  bad_ = true;
  return 0;
}

double ByteReader::real() {
  if (rest_.size() < 8 || bad_) {
    bad_ = true;
    return 0;
  }
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < 8; ++i) {
    bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
  }
  rest_.remove_prefix(8);
  return std::bit_cast<double>(bits);
}

std::string_view ByteReader::text() {
  const std::uint64_t size = number();
  if (bad_ || size > rest_.size()) {
    bad_ = true;
    return {};
  }
  const std::string_view out = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return out;
}

std::size_t ByteReader::count() {
  const std::uint64_t n = number();
  if (bad_ || n > rest_.size()) {
    bad_ = true;
    return 0;
  }
  return n;
}

}  // namespace rehearse::record
