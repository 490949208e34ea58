#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/base/wide.hpp"
#include "harness/json/value.hpp"
#include "harness/stats/histogram.hpp"

namespace rehearse::record {

// What a resource, pool or limit of the scenario saw over the whole run.
struct ResourceTally {
  std::string name;
  double slots = 1;        // of all replicas
  Wide busy_ns = 0;        // integral of slots in use over scenario time
  stats::Histogram queue;  // waiting time of each request, nanoseconds
  std::uint64_t max_queue = 0;
  std::uint64_t rejected = 0;
};

// How much later than planned the mock providers wrote, in wall nanoseconds; empty where there were
// none.
struct MockPace {
  stats::Histogram chunks;   // pieces of streams
  stats::Histogram answers;  // that went whole
  Duration ceiling;          // of the chunks' p99: past it the run is invalid

  void merge(const MockPace& more) {
    chunks.merge(more.chunks);
    answers.merge(more.answers);
    ceiling = ceiling > more.ceiling ? ceiling : more.ceiling;
  }
};

// What is known when a run has ended.
struct RunEnd {
  std::uint64_t issued = 0;   // jobs, warm-up excluded
  std::uint64_t late = 0;     // started after `intended` by the harness's own fault
  std::uint64_t dropped = 0;  // never started; must be 0 in a valid run
  Duration max_schedule_lag;  // how late the harness itself was at worst
  std::vector<ResourceTally> resources;
  std::vector<ResourceTally> pools;  // of connections; busy time alone, not kept in run files
  double little_l = 0;               // mean jobs inside, measured
  double little_lambda_w = 0;        // arrival rate × mean time inside
  std::vector<std::string> invalid_reasons;  // the harness distorted the run
  std::vector<std::string> warnings;         // to be said, without making the run invalid
  std::string stop_reason;  // empty: the workload ended; else "interrupted", "max errors", …
  Duration elapsed;         // scenario time
  Duration wall;
  std::uint64_t engine_events = 0;
  std::uint64_t max_in_flight = 0;
  MockPace mock_pace;
};

std::string encode_end(const RunEnd& end);
Result<RunEnd> decode_end(std::string_view bytes);

}  // namespace rehearse::record
