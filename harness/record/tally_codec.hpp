#pragma once

#include <string_view>

#include "harness/base/result.hpp"
#include "harness/record/bytes.hpp"
#include "harness/stats/histogram.hpp"

// Shared by the encodings of this layer.
namespace rehearse::record {

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
