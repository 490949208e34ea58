#pragma once

#include <cstdint>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/record/bytes.hpp"
#include "harness/stats/histogram.hpp"

// Shared by the encodings of this layer.
namespace rehearse::record {

// The first number of each encoding; a histogram's own version changes only with these.
// Tallies of version 1, without WireTally, and of 2, without its `added`, are read too.
inline constexpr std::uint64_t kTallyVersion = 3;
inline constexpr std::uint64_t kEndVersion = 2;  // 1, without MockPace, is read too
inline constexpr std::uint64_t kTraceVersion = 1;

// Whole so far, but of a later version than `known`, or of none.
inline bool is_of_another_version(std::string_view bytes, std::uint64_t known) {
  ByteReader in(bytes);
  const std::uint64_t version = in.number();
  return !in.bad() && (version == 0 || version > known);
}

inline void write_histogram(ByteWriter& out, const stats::Histogram& histogram) {
  out.text(histogram.empty() ? std::string() : histogram.encode());
}

inline void read_histogram(ByteReader& in, stats::Histogram& histogram) {
  const std::string_view bytes = in.text();
  if (in.bad() || bytes.empty()) {
    return;
  }
  Result<stats::Histogram> decoded = stats::Histogram::decode(bytes);
  if (!decoded.ok()) {
    in.fail();
    return;
  }
  histogram = std::move(decoded).value();
}

}  // namespace rehearse::record
