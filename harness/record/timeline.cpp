#include "harness/record/timeline.hpp"

#include <utility>

namespace rehearse::record {
namespace {

void add_to(Timeline::Bucket& into, const Timeline::Bucket& other) {
  into.started += other.started;
  into.done += other.done;
  into.failed += other.failed;
  into.response_ns += other.response_ns;
}

}  // namespace

void Timeline::halve() {
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const Bucket bucket = std::exchange(buckets_[i], Bucket());
    add_to(buckets_[i / 2], bucket);
  }
  buckets_.resize((buckets_.size() + 1) / 2);
  ++shift_;
}

std::size_t Timeline::grow(std::int64_t ns) {
  while (static_cast<std::uint64_t>(ns >> shift_) >= kMostBuckets) {
    halve();
  }
  const auto index = static_cast<std::size_t>(ns >> shift_);
  if (index >= buckets_.size()) {
    buckets_.resize(index + 1);
  }
  return index;
}

void Timeline::merge(const Timeline& other) {
  while (shift_ < other.shift_) {
    halve();
  }
  Timeline copy = other;
  while (copy.shift_ < shift_) {
    copy.halve();
  }
  if (buckets_.size() < copy.buckets_.size()) {
    buckets_.resize(copy.buckets_.size());
  }
  for (std::size_t i = 0; i < copy.buckets_.size(); ++i) {
    add_to(buckets_[i], copy.buckets_[i]);
  }
}

std::vector<std::int64_t> Timeline::in_flight() const {
  std::vector<std::int64_t> inside;
  inside.reserve(buckets_.size());
  std::int64_t now = 0;
  for (const Bucket& bucket : buckets_) {
    now += static_cast<std::int64_t>(bucket.started);
    now -= static_cast<std::int64_t>(bucket.done + bucket.failed);
    inside.push_back(now);
  }
  return inside;
}

Timeline Timeline::from_parts(unsigned shift, std::vector<Bucket> buckets) {
  Timeline timeline;
  timeline.shift_ = shift;
  timeline.buckets_ = std::move(buckets);
  return timeline;
}

}  // namespace rehearse::record
