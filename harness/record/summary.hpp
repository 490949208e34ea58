#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/usage.hpp"
#include "harness/record/run.hpp"

namespace rehearse::record {

// A distribution as reports show it. A quantile that the sample cannot carry is absent.
struct Spread {
  std::uint64_t count = 0;
  double mean = 0;
  double min = 0;
  double max = 0;
  double total = 0;
  std::optional<double> p50, p90, p95, p99;
};
// Values of `histogram` × scale (1e-9: nanoseconds as seconds, nano-USD as USD).
Spread spread_of(const stats::Histogram& histogram, double scale);
// How many values the quantile q needs before it is printed (order-statistic interval, 95%).
std::uint64_t quantile_floor(double q);

// Of a stage's successful calls; nothing where none went over HTTP (and none was a stream).
struct WireSummary {
  Spread dns_s, connect_s, tls_s;  // of opened connections
  Spread first_byte_s, body_s;
  Spread itl_s, tpot_s;  // of streams
  std::uint64_t reused = 0;
  Spread added_s;  // by the wire and the harness to what mocks had planned, in scenario time
};

struct StageSummary {
  StageInfo info;             // its `parent` indexes header.stages, not the rows of a summary
  std::uint32_t depth = 0;    // 0: outermost
  double share = 0;           // mean response / mean job response, over done jobs
  double critical_share = 0;  // of the time of the critical paths, inner stages included
  Spread response_s, queue_s, service_s, ttft_s, each_s;
  std::uint64_t executions = 0, skipped = 0, cache_hits = 0, truncated = 0;
  std::uint64_t failed = 0, timed_out = 0, rejected = 0, calls = 0, retries = 0, hedges = 0;
  std::vector<std::pair<std::string, std::uint64_t>> errors;  // failed attempts by name, most first
  double cost_usd = 0;  // of all jobs; a group's is its inner stages'
  Usage usage;
  WireSummary wire;
};

struct TaskSummary {
  std::string name;
  std::uint64_t done = 0, failed = 0, timed_out = 0, cancelled = 0;
  Spread response_s, cost_usd;
};

struct ResourceSummary {
  std::string name;
  double slots = 1;
  double utilisation = 0;
  Spread queue_s;
  std::uint64_t max_queue = 0, rejected = 0;
};

struct ObjectiveSummary {
  ObjectiveInfo info;
  std::string unit;  // "s", "USD", "%", "MB", "/s", ""
  std::optional<double>
      value;  // in that unit, a ratio for "%"; infinite where timed-out jobs decide
  std::optional<bool> met;
  std::string why;  // it cannot be judged
};

// One bar of a job's waterfall; seconds after the job's intended start.
struct WaterfallRow {
  std::string stage;
  std::uint32_t item = 0;
  std::uint32_t depth = 0;
  double ready_s = 0, started_s = 0, first_chunk_s = 0, done_s = 0;
  StageEnd end = StageEnd::Done;
  bool background = false, truncated = false, critical = false;
  std::uint32_t attempts = 0;
  std::string failure;
  double cost_usd = 0;
};
struct JobSummary {
  std::uint64_t id = 0;
  std::string task;
  JobEnd end = JobEnd::Done;
  std::string failure;  // "image: rate_limited"
  double intended_s = 0, response_s = 0, first_result_s = 0, queue_s = 0, cost_usd = 0;
  double cpu_s = 0, io_wait_s = 0, memory_peak_mb = 0;
  std::vector<WaterfallRow> waterfall;
};

struct RunDetail;  // run_detail.hpp

// All that reports need of one run: a pure function of it.
struct RunSummary {
  RunHeader header;
  bool complete = true;  // false: killed or still running
  bool valid = true;
  std::vector<std::string> invalid_reasons;
  std::vector<std::string> warnings;
  std::string stop_reason;
  std::uint64_t issued = 0, done = 0, failed = 0, timed_out = 0, cancelled = 0, warmup = 0;
  std::uint64_t late = 0, dropped = 0, retries = 0, max_in_flight = 0, late_background = 0;
  double max_schedule_lag_s = 0, elapsed_s = 0, wall_s = 0, makespan_s = 0;
  double throughput_per_s = 0, goodput_per_s = 0;
  MockPace mock_pace;
  Spread wire_added_s;  // of all stages' calls, in scenario time: × the speed
  double little_l = 0, little_lambda_w = 0;
  std::uint64_t engine_events = 0;
  Spread response_s, service_s, queue_s, first_result_s, lost_s, cpu_s, io_wait_s, memory_mb;
  Spread cost_usd;  // of every ended job
  std::optional<double> monthly_cost_usd;
  Usage usage;
  std::vector<StageSummary> stages;
  std::vector<TaskSummary> tasks;
  std::vector<ResourceSummary> resources;
  std::vector<ObjectiveSummary> objectives;
  std::vector<JobSummary> jobs;  // of a run of fewer than 6
  KeptRows kept;
  std::shared_ptr<const RunDetail> detail = nullptr;  // for charts; absent unless asked for
};

RunSummary summarise(const RunPoint& point);
// The same without judging objectives.
RunSummary summarise_unjudged(const RunPoint& point);

}  // namespace rehearse::record
