#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <map>

#include "harness/record/run_detail.hpp"
#include "reports/encode.hpp"
#include "reports/formats.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;
using stats::Histogram;

// HdrHistogram's layout for three significant digits: 2,048 sub-buckets, halves of which repeat in
// each octave (HdrHistogram, Histogram Concepts; its Java AbstractHistogram::countsArrayIndex).
constexpr unsigned kHalfBits = 10;
constexpr std::int64_t kHalf = std::int64_t{1} << kHalfBits;

std::size_t hdr_index(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value) | (2 * kHalf - 1);
  const unsigned octave = static_cast<unsigned>(std::bit_width(bits)) - (kHalfBits + 1);
  const std::int64_t sub = value >> octave;
  return ((octave + std::size_t{1}) << kHalfBits) + static_cast<std::size_t>(sub) -
         static_cast<std::size_t>(kHalf);
}

void put(std::string& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) {
    out += static_cast<char>(value >> (8 * i) & 0xff);
  }
}

// ZigZag LEB128 in at most nine bytes, the ninth whole (HdrHistogram's ZigZagEncoding).
void put_count(std::string& out, std::int64_t count) {
  std::uint64_t value =
      static_cast<std::uint64_t>(count) << 1 ^ static_cast<std::uint64_t>(count >> 63);
  for (unsigned i = 0; i < 8 && value >= 0x80; ++i) {
    out += static_cast<char>((value & 0x7f) | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

// The V2 encoding: counts by index, a run of zeros as its negative length.
std::string encode_v2(const Histogram& histogram) {
  std::map<std::size_t, std::uint64_t> counts;
  histogram.for_each_bucket(
      [&](const Histogram::Bucket& bucket) { counts[hdr_index(bucket.value)] += bucket.count; });
  std::string payload;
  std::size_t next = 0;
  for (const auto& [index, n] : counts) {
    if (index > next) {
      put_count(payload, -static_cast<std::int64_t>(index - next));
    }
    put_count(payload, static_cast<std::int64_t>(n));
    next = index + 1;
  }
  std::string out;
  put(out, 0x1c849313, 4);  // V2, counts of up to nine bytes
  put(out, payload.size(), 4);
  put(out, 0, 4);  // normalizing index offset
  put(out, 3, 4);  // significant digits
  put(out, 1, 8);  // lowest discernible value
  put(out, static_cast<std::uint64_t>(std::max<std::int64_t>(histogram.max(), 2 * kHalf)), 8);
  put(out, std::bit_cast<std::uint64_t>(1.0), 8);  // integer to double ratio
  return out + payload;
}

// zlib (RFC 1950) in stored blocks (RFC 1951 §3.2.4): the counts are packed already.
std::string zlib_stored(std::string_view bytes) {
  constexpr std::size_t kMostBlock = 65'535;
  std::string out("\x78\x01", 2);
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65'521;
    b = (b + a) % 65'521;
  }
  do {
    const std::string_view block = bytes.substr(0, kMostBlock);
    bytes.remove_prefix(block.size());
    const auto size = static_cast<unsigned>(block.size());
    out += bytes.empty() ? '\x01' : '\x00';
    for (const unsigned part : {size, size >> 8, ~size, ~size >> 8}) {
      out += static_cast<char>(part & 0xffu);
    }
    out += block;
  } while (!bytes.empty());
  put(out, b << 16 | a, 4);
  return out;
}

std::string line_of(const std::string& tag, double elapsed_s, const Histogram& histogram) {
  if (histogram.empty()) {
    return "";
  }
  const std::string packed = zlib_stored(encode_v2(histogram));
  std::string bytes;
  put(bytes, 0x1c849314, 4);  // V2, compressed
  put(bytes, packed.size(), 4);
  std::array<char, 64> head{};
  std::snprintf(head.data(), head.size(), ",0.000,%.3f,%.3f,", elapsed_s,
                static_cast<double>(histogram.max()) * 1e-6);
  return "Tag=" + plain_name(tag) + head.data() + base64_text(bytes + packed) + "\n";
}

std::string lines_of(const RunSummary& run, const std::string& prefix) {
  if (!run.detail) {
    return "";
  }
  const record::Tally& tally = run.detail->tally;
  std::string out = line_of(prefix + "response", run.elapsed_s, tally.jobs.response) +
                    line_of(prefix + "first_result", run.elapsed_s, tally.first_result) +
                    line_of(prefix + "queue", run.elapsed_s, tally.queue);
  for (std::size_t i = 0; i < tally.stages.size() && i < run.header.stages.size(); ++i) {
    out += line_of(prefix + "stage/" + run.header.stages[i].path, run.elapsed_s,
                   tally.stages[i].response);
  }
  return out;
}

std::string head(const RunSummary& run) {
  std::array<char, 64> start{};
  std::snprintf(start.data(), start.size(), "%.3f",
                static_cast<double>(run.header.created_unix_ms) / 1e3);
  const std::string when = iso_time(run.header.created_unix_ms);
  return "#[Histogram log format version 1.3]\n#[StartTime: " + std::string(start.data()) +
         " (seconds since epoch), " + when +
         "]\n\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
         "\"Interval_Compressed_Histogram\"\n";
}

}  // namespace

std::string hdr_run(const RunSummary& run) { return head(run) + lines_of(run, ""); }

std::string hdr_comparison(const record::Comparison& comparison) {
  return head(comparison.before) + lines_of(comparison.before, "before/") +
         lines_of(comparison.after, "after/");
}

std::string hdr_sweep(std::span<const RunSummary> points) {
  std::string out = points.empty() ? "" : head(points.front());
  for (const RunSummary& point : points) {
    out +=
        lines_of(point, (point.header.point.empty() ? run_name(point) : point.header.point) + "/");
  }
  return out;
}

}  // namespace rehearse::reports
