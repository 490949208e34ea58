#include "harness/stats/histogram.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/check.hpp"

namespace rehearse::stats {
namespace {

constexpr unsigned char kVersion = 1;
// Counts up to here are exact as doubles, and 2^10 such histograms still have a 128-bit sum.
constexpr std::uint64_t kMostValues = std::uint64_t{1} << 53;

void put_varint(std::string& out, UnsignedWide value) {
  while (value >= 0x80) {
    out += static_cast<char>(static_cast<unsigned char>(value & 0x7F) | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

// Reads varints off a byte string; remembers whether one was truncated, too long or padded.
class VarintReader {
 public:
  explicit VarintReader(std::string_view bytes) : bytes_(bytes) {}

  UnsignedWide wide() {
    UnsignedWide value = 0;
    for (unsigned shift = 0; !bytes_.empty() && shift < 126; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<UnsignedWide>(byte & 0x7F) << shift;
      if (byte < 0x80) {
        bad_ = bad_ || (byte == 0 && shift > 0);  // one value, one encoding
        return value;
      }
    }
    bad_ = true;
    return 0;
  }
  std::uint64_t below(std::uint64_t limit) {
    const UnsignedWide value = wide();
    bad_ = bad_ || value >= limit;
    return bad_ ? 0 : static_cast<std::uint64_t>(value);
  }
  bool bad() const { return bad_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool bad_ = false;
};

Error bad_histogram(const char* why) {
  return {"", std::string("expected an encoded histogram, found ") + why};
}

}  // namespace

void Histogram::make_page(std::size_t page) {
  if (page_of_.empty()) {
    page_of_.resize(kPages);
  }
  if (counts_.size() == counts_.capacity()) {
    // Half again instead of double: a run holds hundreds of these.
    counts_.reserve(counts_.size() +
                    std::max(kPageSize, counts_.size() / 2 / kPageSize * kPageSize));
  }
  counts_.resize(counts_.size() + kPageSize);
  page_of_[page] = static_cast<std::uint16_t>(counts_.size() / kPageSize);
}

Histogram::Bucket Histogram::bucket_at(std::size_t bucket, std::uint64_t n) const {
  const unsigned shift = bucket < 1024 ? 0 : static_cast<unsigned>((bucket >> kOctaveBits) - 1);
  const auto mantissa = bucket - (static_cast<std::size_t>(shift) << kOctaveBits);
  Bucket out;
  out.low = static_cast<std::int64_t>(mantissa << shift);
  out.high = out.low + ((std::int64_t{1} << shift) - 1);
  out.value = std::clamp(out.low + ((out.high - out.low) >> 1), min_, max_);
  out.count = n;
  return out;
}

void Histogram::clear() {
  std::fill(counts_.begin(), counts_.end(), std::uint64_t{0});
  count_ = 0;
  sum_ = 0;
  min_ = INT64_MAX;
  max_ = 0;
}

void Histogram::merge(const Histogram& other) {
  if (this == &other) {
    const Histogram copy = other;
    merge(copy);
    return;
  }
  for (std::size_t page = 0; page < other.page_of_.size(); ++page) {
    if (other.page_of_[page] == 0) {
      continue;
    }
    if (page_of_.empty() || page_of_[page] == 0) {
      make_page(page);
    }
    const std::uint64_t* from = &other.counts_[(other.page_of_[page] - 1u) << kPageBits];
    std::uint64_t* to = &counts_[(page_of_[page] - 1u) << kPageBits];
    for (std::size_t i = 0; i < kPageSize; ++i) {
      to[i] += from[i];
    }
  }
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

Histogram::Place Histogram::place_of(std::uint64_t rank) const {
  std::uint64_t before = 0;
  for (std::size_t page = 0; page < page_of_.size(); ++page) {
    for (std::size_t i = 0; page_of_[page] != 0 && i < kPageSize; ++i) {
      const std::uint64_t n = counts_[((page_of_[page] - 1u) << kPageBits) | i];
      if (before + n > rank) {
        return {bucket_at((page << kPageBits) | i, n), before};
      }
      before += n;
    }
  }
  return {{max_, max_, max_, 1}, rank};
}

std::int64_t Histogram::value_at_rank(std::uint64_t rank) const {
  REHEARSE_CHECK(rank < count_);
  if (rank == 0) {
    return min_;
  }
  return rank == count_ - 1 ? max_ : place_of(rank).bucket.value;
}

double Histogram::spread_value_at_rank(std::uint64_t rank) const {
  REHEARSE_CHECK(rank < count_);
  if (rank == 0 || rank == count_ - 1) {
    return static_cast<double>(rank == 0 ? min_ : max_);
  }
  const Place place = place_of(rank);
  const auto width = static_cast<double>(place.bucket.high - place.bucket.low);
  const double part =
      (static_cast<double>(rank - place.before) + 0.5) / static_cast<double>(place.bucket.count);
  return std::clamp(static_cast<double>(place.bucket.low) + width * part, static_cast<double>(min_),
                    static_cast<double>(max_));
}

std::optional<double> Histogram::quantile(double q) const {
  if (count_ == 0 || !(q >= 0 && q <= 1)) {
    return std::nullopt;
  }
  const double position = static_cast<double>(count_ - 1) * q;
  const double below = std::floor(position);
  const std::uint64_t rank = std::min(static_cast<std::uint64_t>(below), count_ - 1);
  const auto low = static_cast<double>(value_at_rank(rank));
  if (position == below || rank + 1 >= count_) {
    return low;
  }
  return low + (position - below) * (static_cast<double>(value_at_rank(rank + 1)) - low);
}

std::uint64_t Histogram::count_above(std::int64_t x) const {
  if (count_ == 0 || x >= max_) {
    return 0;
  }
  if (x < min_) {
    return count_;
  }
  std::uint64_t above = 0;
  for_each_bucket([&](const Bucket& bucket) { above += bucket.value > x ? bucket.count : 0; });
  return above;
}

std::string Histogram::encode() const {
  std::string out(1, static_cast<char>(kVersion));
  put_varint(out, count_);
  if (count_ == 0) {
    return out;
  }
  put_varint(out, static_cast<UnsignedWide>(min_));
  put_varint(out, static_cast<UnsignedWide>(max_));
  put_varint(out, sum_);
  std::size_t next = 0;  // the smallest bucket that may follow
  for_each_bucket([&](const Bucket& bucket) {
    const std::size_t place = bucket_of(bucket.low);
    put_varint(out, place - next);
    put_varint(out, bucket.count);
    next = place + 1;
  });
  return out;
}

Result<Histogram> Histogram::decode(std::string_view bytes) {
  if (bytes.empty() || static_cast<unsigned char>(bytes.front()) != kVersion) {
    return bad_histogram(bytes.empty() ? "nothing" : "another version");
  }
  VarintReader reader(bytes.substr(1));
  const std::uint64_t count = reader.below(kMostValues + 1);
  if (reader.bad() || count == 0) {
    return reader.bad() || !reader.at_end() ? Result<Histogram>(bad_histogram("a bad count"))
                                            : Result<Histogram>(Histogram());
  }
  const auto min = static_cast<std::int64_t>(reader.below(std::uint64_t{1} << 63));
  const auto max = static_cast<std::int64_t>(reader.below(std::uint64_t{1} << 63));
  const UnsignedWide sum = reader.wide();
  if (reader.bad() || min > max) {
    return bad_histogram("bad totals");
  }
  Histogram out;
  out.sum_ = sum;
  out.min_ = min;
  out.max_ = max;
  std::size_t next = 0;
  UnsignedWide least = 0;
  UnsignedWide most = 0;
  for (bool first = true; out.count_ < count; first = false) {
    const std::uint64_t step = reader.below(kBuckets);
    const std::uint64_t n = reader.below(count - out.count_ + 1);
    const std::size_t place = next + step;
    if (reader.bad() || n == 0 || place > bucket_of(max)) {
      return bad_histogram("a truncated, disordered or overflowing bucket");
    }
    if (out.page_of_.empty() || out.page_of_[place >> kPageBits] == 0) {
      out.make_page(place >> kPageBits);
    }
    out.counts_[((out.page_of_[place >> kPageBits] - 1u) << kPageBits) |
                (place & (kPageSize - 1))] = n;
    const Bucket bucket = out.bucket_at(place, n);
    least += static_cast<UnsignedWide>(std::max(bucket.low, min)) * n;
    most += static_cast<UnsignedWide>(std::min(bucket.high, max)) * n;
    out.count_ += n;
    if (first && place != bucket_of(min)) {
      return bad_histogram("a minimum outside its bucket");
    }
    next = place + 1;
  }
  if (next != bucket_of(max) + 1 || sum < least || sum > most || !reader.at_end()) {
    return bad_histogram("totals that disagree with the buckets, or trailing bytes");
  }
  return out;
}

bool Histogram::operator==(const Histogram& other) const {
  return count_ == other.count_ && min_ == other.min_ && max_ == other.max_ && sum_ == other.sum_ &&
         encode() == other.encode();
}

}  // namespace rehearse::stats
