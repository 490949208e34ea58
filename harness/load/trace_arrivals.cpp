#include "harness/load/trace_arrivals.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/distribution.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace rehearse::load {

TraceArrivals::TraceArrivals(std::unique_ptr<TraceRows> rows, TraceSpec spec, const TraceScan& scan,
                             std::uint64_t seed)
    : rows_(std::move(rows)), spec_(std::move(spec)), scan_(scan), seed_(seed) {}

std::optional<TraceRow> TraceArrivals::next_in_order() {
  const std::size_t wanted = scan_.disordered == 0 ? 1 : kReorderRows;
  while (!ended_ && heap_.size() < wanted) {
    TraceRow row;
    const Result<bool> more = rows_->next(row);
    if (!more) {
      trouble_ = more.error();
      return std::nullopt;
    }
    if (!*more) {
      ended_ = true;
      break;
    }
    heap_.push_back(std::move(row));
    std::push_heap(heap_.begin(), heap_.end(), Later());
  }
  if (heap_.empty()) {
    return std::nullopt;
  }
  std::pop_heap(heap_.begin(), heap_.end(), Later());
  TraceRow out = std::move(heap_.back());
  heap_.pop_back();
  if (out.at_ns < last_ns_ && !spec_.arrivals_per_s) {
    trouble_ = Error{spec_.label, "it is more than " + std::to_string(kReorderRows) +
                                      " rows out of order: sort it by time"};
    return std::nullopt;
  }
  last_ns_ = out.at_ns;
  return out;
}

std::optional<TraceRow> TraceArrivals::next_in_window() {
  while (true) {
    std::optional<TraceRow> row = next_in_order();
    if (!row) {
      return row;
    }
    const DrawKey key{.seed = seed_, .job = number_++, .stage = hash_name("trace")};
    if (spec_.arrivals_per_s) {
      const double gap_s = Distribution::exponential(1 / *spec_.arrivals_per_s)
                               .quantile(key.uniform(Dimension::Arrival));
      own_clock_ns_ += Duration::from_seconds(gap_s).count_ns();
      row->at_ns = own_clock_ns_;
      return row;
    }
    const Duration after = Duration::nanoseconds(row->at_ns - scan_.first_ns);
    if (spec_.to && after >= *spec_.to) {
      return std::nullopt;
    }
    if (after >= spec_.from) {
      return row;
    }
  }
}

Instant TraceArrivals::due_of(std::int64_t at_ns) const {
  const std::int64_t origin = spec_.arrivals_per_s ? 0 : scan_.first_ns + spec_.from.count_ns();
  const Duration after = Duration::nanoseconds(at_ns - origin);
  return Instant() + (spec_.time_scale == 1 ? after : after * spec_.time_scale);
}

void TraceArrivals::add_copies(const TraceRow& row, std::int64_t until_ns) {
  const DrawKey key{.seed = seed_, .job = number_, .stage = hash_name("trace copies")};
  const double whole = std::floor(spec_.rate_scale);
  const bool one_more = key.uniform(Dimension::Arrival) < spec_.rate_scale - whole;
  const auto copies = static_cast<std::uint64_t>(whole) + (one_more ? 1 : 0);
  std::vector<std::int64_t> at;
  for (std::uint64_t copy = 0; copy < copies; ++copy) {
    DrawKey own = key;
    own.item = static_cast<std::uint32_t>(copy);
    const double share = copy == 0 ? 0 : own.uniform(Dimension::Content);
    at.push_back(row.at_ns +
                 static_cast<std::int64_t>(
                     share * static_cast<double>(std::max<std::int64_t>(until_ns - row.at_ns, 0))));
  }
  std::sort(at.begin(), at.end());
  for (const std::int64_t each : at) {
    due_.push_back({due_of(each), row.cells});
  }
}

std::optional<TraceArrival> TraceArrivals::next() {
  if (!begun_) {
    begun_ = true;
    ahead_ = next_in_window();
  }
  while (due_.empty()) {
    if (!ahead_) {
      return std::nullopt;
    }
    const TraceRow row = std::move(*ahead_);
    ahead_ = next_in_window();
    add_copies(row, ahead_ ? ahead_->at_ns : row.at_ns);
  }
  TraceArrival out = std::move(due_.front());
  due_.pop_front();
  return out;
}

}  // namespace rehearse::load
