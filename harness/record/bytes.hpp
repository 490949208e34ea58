#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/wide.hpp"

// Compact byte strings inside a run file: LEB128 varints, signed ones zigzag.
namespace rehearse::record {

class ByteWriter {
 public:
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  void signed_number(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void wide(Wide value) {
    number(static_cast<std::uint64_t>(value));
    signed_number(static_cast<std::int64_t>(value >> 64));
  }
  void real(double value);
  void text(std::string_view value) {
    number(value.size());
    out_.append(value);
  }
  void clear() { out_.clear(); }
  const std::string& bytes() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads what ByteWriter wrote. After the first byte that cannot be, everything reads as zero and
// bad() says so.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number();
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  Wide wide() {
    const std::uint64_t low = number();
    const std::int64_t high = signed_number();
    return static_cast<Wide>(static_cast<UnsignedWide>(static_cast<Wide>(high)) << 64 | low);
  }
  double real();
  std::string_view text();
  // A number of things of which each takes at least one byte: bounded by what is left.
  std::size_t count();
  void fail() { bad_ = true; }
  bool bad() const { return bad_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool bad_ = false;
};

}  // namespace rehearse::record
