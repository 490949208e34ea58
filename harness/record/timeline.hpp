#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/base/wide.hpp"

namespace rehearse::record {

// What happened when, in at most 600 buckets of equal width that double as the run grows: flat
// memory, and two timelines merge without loss.
class Timeline {
 public:
  static constexpr std::size_t kMostBuckets = 600;
  static constexpr unsigned kFirstShift = 20;  // 2^20 ns: about a millisecond

  struct Bucket {
    std::uint64_t started = 0;
    std::uint64_t done = 0;
    std::uint64_t failed = 0;  // ended in any other way
    Wide response_ns = 0;      // sum over the done ones
    bool operator==(const Bucket&) const = default;
  };

  // Counts one job: its start, and its end with its response time. A few nanoseconds.
  void add(Instant started, Instant ended, bool done, Duration response) {
    at(started).started += 1;
    Bucket& bucket = at(ended);
    if (done) {
      bucket.done += 1;
      bucket.response_ns += response.count_ns();
    } else {
      bucket.failed += 1;
    }
  }

  void merge(const Timeline& other);

  Duration width() const { return Duration::nanoseconds(std::int64_t{1} << shift_); }
  const std::vector<Bucket>& buckets() const { return buckets_; }
  // Jobs inside at the end of each bucket.
  std::vector<std::int64_t> in_flight() const;

  // For the encoding alone.
  unsigned shift() const { return shift_; }
  static Timeline from_parts(unsigned shift, std::vector<Bucket> buckets);
  bool operator==(const Timeline&) const = default;

 private:
  Bucket& at(Instant instant) {
    const std::int64_t ns = instant.count_ns() < 0 ? 0 : instant.count_ns();
    std::size_t index = static_cast<std::size_t>(ns >> shift_);
    if (index >= buckets_.size()) [[unlikely]] {
      index = grow(ns);
    }
    return buckets_[index];
  }
  std::size_t grow(std::int64_t ns);
  void halve();

  unsigned shift_ = kFirstShift;
  std::vector<Bucket> buckets_;
};

}  // namespace rehearse::record
