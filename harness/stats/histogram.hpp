#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/wide.hpp"

namespace rehearse::stats {

// Counts of non-negative 64-bit integers (nanoseconds, tokens, nano-USD: the unit is its user's) in
// log-linear buckets: exact below 1,024, then 512 buckets an octave, so that every value read back
// is within 1/1024 (0.098%) of the value recorded, from 0 to 2^63 - 1. Count, minimum, maximum and
// sum are exact. The layout is HdrHistogram's (Tene), with pages of 64 buckets made when one of
// them is first met: an empty histogram holds no heap, a constant 1.4 KB, a lognormal of sigma 0.1
// about 6 KB, all buckets 226 KB. Merging is lossless, associative and commutative.
class Histogram {
 public:
  // The bound on |read back - recorded| / recorded of quantiles, ranks and buckets.
  static constexpr double kRelativeError = 1.0 / 1024;

  // Counts `value` (below zero: as zero). A few nanoseconds.
  void record(std::int64_t value) {
    value = value < 0 ? 0 : value;
    ++counter(value);
    ++count_;
    sum_ += static_cast<UnsignedWide>(value);
    min_ = value < min_ ? value : min_;
    max_ = value > max_ ? value : max_;
  }
  // The same `times` times.
  void record(std::int64_t value, std::uint64_t times) {
    if (times > 0) {
      value = value < 0 ? 0 : value;
      record(value);
      counter(value) += times - 1;
      count_ += times - 1;
      sum_ += static_cast<UnsignedWide>(value) * (times - 1);
    }
  }

  // Forgets all values; keeps the pages that they needed.
  void clear();
  // Adds all that `other` holds, as if each of its values had been recorded here.
  void merge(const Histogram& other);

  bool empty() const { return count_ == 0; }
  std::uint64_t count() const { return count_; }
  // Exact; 0 where empty.
  std::int64_t min() const { return count_ == 0 ? 0 : min_; }
  std::int64_t max() const { return max_; }
  Wide sum() const { return static_cast<Wide>(sum_); }
  double mean() const {
    return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
  }

  // The sample quantile, q in [0, 1], by the definition that spans of samples use too: type 7 of
  // Hyndman and Fan (1996), linear between the order statistics around rank (count - 1) q. Within
  // kRelativeError of the exact one; the extremes are exact. Empty: nullopt. Whether the sample can
  // carry the quantile at all is min_samples()'s to say.
  std::optional<double> quantile(double q) const;

  // The rank-th smallest value, rank in [0, count): within kRelativeError, the extremes exact.
  std::int64_t value_at_rank(std::uint64_t rank) const;

  // The same with the values of one bucket spread evenly over it: as near to the exact one, and
  // without steps where counts change by a little. For differences of samples that are nearly the
  // same (all runs, and all but one), which buckets would round away or make 0.2%.
  double spread_value_at_rank(std::uint64_t rank) const;

  // How many values are above x. Values of x's own bucket (within 0.2% of x) fall on the side of
  // that bucket's middle; all others are exact, and so is x at or past an extreme.
  std::uint64_t count_above(std::int64_t x) const;

  struct Bucket {
    std::int64_t low = 0;    // the smallest value of the bucket
    std::int64_t high = 0;   // the largest value of the bucket (inclusive)
    std::int64_t value = 0;  // what stands for its values: the middle, inside [min, max]
    std::uint64_t count = 0;
  };
  // Calls visit(Bucket) for every bucket that holds a value, smallest first.
  template <typename Visit>
  void for_each_bucket(Visit visit) const {
    for (std::size_t page = 0; page < page_of_.size(); ++page) {
      for (std::size_t i = 0; page_of_[page] != 0 && i < kPageSize; ++i) {
        const std::uint64_t n = counts_[((page_of_[page] - 1u) << kPageBits) | i];
        if (n != 0) {
          visit(bucket_at((page << kPageBits) | i, n));
        }
      }
    }
  }

  // A compact byte string: a version, count, min, max, sum, then (step, count) of each bucket, all
  // as LEB128 varints. Equal content gives equal bytes.
  std::string encode() const;
  // The inverse; any other bytes are an error (unknown version, truncated, disordered, counts that
  // do not add up, trailing bytes). Needs O(number of buckets) memory whatever the bytes say.
  static Result<Histogram> decode(std::string_view bytes);

  // The same values recorded, as far as buckets can tell.
  bool operator==(const Histogram& other) const;

  // Heap bytes held.
  std::size_t memory() const {
    return page_of_.capacity() * sizeof(page_of_[0]) + counts_.capacity() * sizeof(counts_[0]);
  }

 private:
  static constexpr unsigned kOctaveBits = 9;  // 512 buckets an octave
  static constexpr unsigned kPageBits = 6;
  static constexpr std::size_t kPageSize = std::size_t{1} << kPageBits;
  static constexpr std::size_t kBuckets = (53u << kOctaveBits) + 1024;  // up to 2^63 - 1
  static constexpr std::size_t kPages = kBuckets / kPageSize;

  // How far the values of `value`'s octave are shifted; 0 below 1,024.
  static constexpr unsigned shift_of(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value) | ((1u << kOctaveBits) | 1u);
    return static_cast<unsigned>(std::bit_width(bits)) - (kOctaveBits + 1);
  }
  static constexpr std::size_t bucket_of(std::int64_t value) {
    const unsigned shift = shift_of(value);
    return (static_cast<std::size_t>(shift) << kOctaveBits) +
           (static_cast<std::uint64_t>(value) >> shift);
  }
  Bucket bucket_at(std::size_t bucket, std::uint64_t n) const;
  // Where a rank that is no extreme lies: its bucket, and how many values are in those below.
  struct Place {
    Bucket bucket;
    std::uint64_t before = 0;
  };
  Place place_of(std::uint64_t rank) const;
  std::uint64_t& counter(std::int64_t value) {
    const std::size_t bucket = bucket_of(value);
    if (page_of_.empty() || page_of_[bucket >> kPageBits] == 0) [[unlikely]] {
      make_page(bucket >> kPageBits);
    }
    const std::size_t page = page_of_[bucket >> kPageBits] - 1u;
    return counts_[(page << kPageBits) | (bucket & (kPageSize - 1))];
  }
  void make_page(std::size_t page);

  std::vector<std::uint16_t> page_of_;  // place of a page in counts_, plus one; 0: none. Or empty
  std::vector<std::uint64_t> counts_;   // whole pages, in the order in which they were first met
  std::uint64_t count_ = 0;
  UnsignedWide sum_ = 0;
  std::int64_t min_ = INT64_MAX;
  std::int64_t max_ = 0;
};

}  // namespace rehearse::stats
