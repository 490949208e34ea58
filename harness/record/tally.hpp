#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/money.hpp"
#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/base/usage.hpp"
#include "harness/base/wide.hpp"
#include "harness/record/event.hpp"
#include "harness/record/timeline.hpp"
#include "harness/stats/histogram.hpp"

// Counters, exact sums and histograms of all jobs: flat in their number, and merged without loss.
// Times are nanoseconds, money nano-USD, memory bytes.
namespace rehearse::record {

// What the wire told of a stage's successful calls: HTTP's phases (dns, connect and tls of
// connections that were opened), and of streams the gaps between content chunks as received (ITL)
// and (last − first content)/(output tokens − 1) of each call (TPOT).
struct WireTally {
  stats::Histogram dns;
  stats::Histogram connect;
  stats::Histogram tls;
  stats::Histogram first_byte;  // ready connection → first byte of the answer
  stats::Histogram body;        // first byte → last byte
  stats::Histogram itl;
  stats::Histogram tpot;
  std::uint64_t reused = 0;  // calls on a kept connection
  stats::Histogram added;    // by the wire and the harness to what a mock had planned
};

// What one stage did. Times are over executions inside done jobs, skipped ones apart; counters,
// usage and cost are over all jobs. A stage that is fanned out counts once a job in `response`,
// `queue` and `service` (first ready → first started → last done) and once an item in `each`.
struct StageTally {
  stats::Histogram response;  // done − ready
  stats::Histogram queue;     // started − ready
  stats::Histogram service;   // done − started
  stats::Histogram ttft;      // first_chunk − started, where content came before the end
  stats::Histogram each;      // service of each item
  Wide critical_ns = 0;  // time on the critical paths of done jobs, inner stages of a group apart
  std::uint64_t executions = 0;  // spans that were not skipped
  std::uint64_t skipped = 0;
  std::uint64_t cache_hits = 0;
  std::uint64_t truncated = 0;
  std::uint64_t rejected = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t failed = 0;           // spans that ended so
  std::uint64_t calls = 0;            // attempts
  std::uint64_t retries = 0;          // of them, after a failure
  std::uint64_t hedges = 0;           // of them, beside another
  std::vector<std::uint64_t> errors;  // failed attempts by failure number
  Usage usage;
  Wide cost_nano_usd = 0;
  WireTally wire;
};

// Jobs of one task, or all.
struct JobTally {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t cancelled = 0;
  stats::Histogram response;  // done jobs: done − intended
  stats::Histogram cost;      // every ended job: a failed one is billed too
  std::uint64_t ended() const { return done + failed + timed_out + cancelled; }
};

struct Tally {
  JobTally jobs;  // without warm-up
  std::vector<JobTally> tasks;
  std::uint64_t warmup_jobs = 0;
  std::uint64_t good = 0;  // inside good_job
  std::uint64_t retries = 0;
  std::uint64_t late_background = 0;  // jobs whose background work outlived the answer
  stats::Histogram service;           // done jobs: done − started
  stats::Histogram queue;             // done jobs: started − intended
  stats::Histogram first_result;      // done jobs: first_result − intended
  stats::Histogram lost;              // response of jobs that were not done
  stats::Histogram cpu;               // done jobs, where measured or modelled
  stats::Histogram io_wait;
  stats::Histogram memory;  // peak, bytes; of a watched app
  Wide critical_ns = 0;     // length of all critical paths
  std::int64_t first_intended_ns = INT64_MAX;
  std::int64_t last_done_ns = INT64_MIN;
  std::int64_t last_drained_ns = INT64_MIN;
  Usage usage;
  Wide cost_nano_usd = 0;
  std::vector<StageTally> stages;
  Timeline timeline;  // warm-up included

  // As if every job of `other` had been counted here; both of the same header.
  void merge(const Tally& other);

  // A compact byte string and back; any other bytes are an error.
  std::string encode() const;
  static Result<Tally> decode(std::string_view bytes);
};

}  // namespace rehearse::record
