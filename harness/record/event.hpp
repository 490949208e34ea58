#pragma once

#include <cstdint>
#include <limits>
#include <memory>

#include "harness/base/money.hpp"
#include "harness/base/time.hpp"
#include "harness/base/units.hpp"
#include "harness/base/usage.hpp"
#include "harness/base/wire_times.hpp"

// What happened, as the engine tells it. All instants are scenario time since the start of the run.
namespace rehearse::record {

inline constexpr std::uint32_t kNoStage = std::numeric_limits<std::uint32_t>::max();
// StageSpan::item of the span around all items of a fanned-out stage.
inline constexpr std::uint32_t kWhole = std::numeric_limits<std::uint32_t>::max();

enum class JobEnd : std::uint8_t { Done, Failed, TimedOut, Cancelled };
enum class StageEnd : std::uint8_t {
  Done,
  CacheHit,
  Skipped,  // `when` or `skip`; takes no time
  Failed,
  TimedOut,
  Cancelled,
  Rejected,  // a full queue or an open breaker
};

// One attempt of one provider call.
struct AttemptSpan {
  std::uint32_t span = 0;    // index of its StageSpan in the job's list
  std::uint32_t number = 0;  // 0 first; hedges and retries count on
  bool hedge = false;
  std::uint8_t failure = 0;  // provider::Failure
  std::uint16_t status = 0;
  std::uint32_t chunks = 0;
  Instant started = {};
  Instant first_chunk = {};
  Instant done = {};
  Usage usage = {};
  Money cost = {};
  std::shared_ptr<const WireTimes> wire = {};  // counted, and not kept with traces
};

// One execution of one stage. A fanned-out stage (`repeat`) has one span around all its items
// (item == kWhole) and one for each item, whose parent is that span; a group's span (of each item)
// is the parent of its inner stages' spans. A stage's response time is that of its outermost span;
// usage and cost stand in the innermost spans only.
struct StageSpan {
  std::uint32_t stage = kNoStage;  // index into RunHeader::stages
  std::uint32_t item = 0;
  std::uint32_t parent = kNoStage;       // index of the group's span in the job's list
  std::uint32_t released_by = kNoStage;  // index of the span whose end made this one ready
  StageEnd end = StageEnd::Done;
  bool background = false;
  bool truncated = false;  // the answer was cut at max_tokens
  std::uint16_t attempts = 0;
  std::uint8_t failure = 0;  // of the last attempt
  Instant ready = {};
  Instant started = {};      // slot obtained, request issued
  Instant first_chunk = {};  // == done where there is none
  Instant done = {};
  Duration cpu = {};  // as modelled or measured
  Duration io_wait = {};
  Usage usage = {};  // of all attempts
  Money cost = {};   // of all attempts
};

// One pass through a graph.
struct JobRecord {
  JobId id = {};
  std::uint32_t task = 0;  // index into RunHeader::tasks
  JobEnd end = JobEnd::Done;
  bool warmup = false;        // counted apart
  Instant intended = {};      // due by the schedule
  Instant started = {};       // admitted by the harness
  Instant first_result = {};  // == done where no stage shows one
  Instant done = {};          // last foreground stage
  Instant drained = {};       // last background stage; == done without any
  Usage usage = {};
  Money cost = {};
  std::uint32_t failed_span = kNoStage;  // the span that ended the job
  std::uint32_t retries = 0;
  Duration cpu = {};
  Duration io_wait = {};
  double memory_peak_mb = 0;  // of a watched app
};

}  // namespace rehearse::record
