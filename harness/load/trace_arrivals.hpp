#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/load/trace.hpp"

namespace rehearse::load {

// One job that is due.
struct TraceArrival {
  Instant due;
  std::vector<TraceCell> cells;
};

// Plays the rows of a trace: in the order of their instants, cut to its window, scaled in rate and
// time. Rows that lie up to kReorderRows out of order are put in order. With a rate scale of 2.5
// each row comes twice or three times, its copies spread evenly at random up to the next row; with
// 0.3 three rows of ten come. A pure function of the rows, the spec and the seed.
class TraceArrivals {
 public:
  TraceArrivals(std::unique_ptr<TraceRows> rows, TraceSpec spec, const TraceScan& scan,
                std::uint64_t seed);

  // The next job; nothing at the end, or where the trace cannot be read any further (trouble()).
  std::optional<TraceArrival> next();
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  struct Later {
    bool operator()(const TraceRow& a, const TraceRow& b) const { return a.at_ns > b.at_ns; }
  };
  std::optional<TraceRow> next_in_order();
  std::optional<TraceRow> next_in_window();
  Instant due_of(std::int64_t at_ns) const;
  void add_copies(const TraceRow& row, std::int64_t until_ns);

  std::unique_ptr<TraceRows> rows_;
  TraceSpec spec_;
  TraceScan scan_;
  std::uint64_t seed_;
  std::vector<TraceRow> heap_;
  std::optional<TraceRow> ahead_;  // the row after the one that was played last
  std::deque<TraceArrival> due_;   // copies
  std::optional<Error> trouble_;
  std::int64_t last_ns_ = INT64_MIN;
  std::int64_t own_clock_ns_ = 0;  // of a trace that is played without its times
  std::uint64_t number_ = 0;
  bool ended_ = false;
  bool begun_ = false;
};

}  // namespace rehearse::load
