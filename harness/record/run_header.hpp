#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/money.hpp"
#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/json/value.hpp"
#include "harness/record/event.hpp"

// What is known of a run before its first job. Written once, never changed.
namespace rehearse::record {

enum class StageRowKind : std::uint8_t { Call, Local, Wait, Group };
std::string_view stage_row_kind_name(StageRowKind kind);  // "call", "local", "wait", "group"

// One row of the stage table. The order of the list is the order of the file; parents stand before
// their children.
struct StageInfo {
  std::string path;  // unique: what results key on
  std::string name;  // its own key in the file
  StageRowKind kind = StageRowKind::Call;
  std::uint32_t parent = kNoStage;  // index of the group it stands in
  std::uint32_t order = 0;          // place among the stages of its level
  std::uint32_t task = 0;           // index into RunHeader::tasks
  bool fanned_out = false;          // has a `repeat`: many spans a job
  bool background = false;
  std::string detail;  // "openai.chat gpt-4o", "local cpu"
  std::string note;
  std::string basis;  // "measured", "stated", "published", "assumed" or empty
  std::string source;
};

// A target of the scenario, in the grammar of objective.hpp.
struct ObjectiveInfo {
  std::string text;
  std::string level = "fail";  // "fail", "warn" or "aim"
  std::string on;              // the workload it speaks of; empty: every
  std::string note;
  std::string source;
};

// Where a run was made. Two runs that differ here are compared with a warning.
struct Environment {
  std::string machine;  // host name or a label
  std::string cpu;
  std::uint32_t cores = 0;
  std::string kernel;
  std::string os;
  std::string compiler;
  std::string version;  // of rehearse
  std::string commit;   // of rehearse
  bool operator==(const Environment&) const = default;
};
// This machine's: uname, /etc/os-release, /proc/cpuinfo; version and commit are left to the caller.
Environment read_environment();

// How much of a run is kept beside its counters and histograms. Zeros keep nothing.
struct KeepRule {
  std::uint64_t job_rows = 1'000'000;     // rows of jobs; past it those with hash(job) mod 2^k = 0
  std::uint64_t first_traces = 100;       // whole spans of the first jobs
  std::uint64_t sampled_traces = 10'000;  // … of a hash sample
  std::uint64_t failed_traces = 10'000;   // … of jobs that were not done
  bool operator==(const KeepRule&) const = default;
  // A point of a study: counters and histograms only.
  static KeepRule nothing() { return {0, 0, 0, 0}; }
};

struct RunHeader {
  std::string id;                    // unique; 32 hexadecimal digits
  std::int64_t created_unix_ms = 0;  // wall time; names and order only, never a result
  std::string point;                 // of a grid: "concurrency=4, chat_model=gpt-4o"; else empty
  json::Value axes;                  // of a grid: object axis → value; else null
  std::string entry;                 // what the points that one command wrote have in common
  std::string label;                 // a name by which the entry is found in a history file
  std::string branch;                // whose history it belongs to
  std::string reason;                // why it became a baseline
  std::string scenario;
  std::string scenario_hash;  // hexadecimal, of scenario_text
  std::string scenario_text;  // canonical
  std::string note;           // of the scenario
  std::uint64_t seed = 1;
  double speed = 1;
  std::string against = "sim";   // "sim", "mock", "live", "recorded"; mixed: "mock, openai=live"
  std::string drive = "stages";  // or "app"
  std::string workload;
  std::string workload_kind;                       // "batch", "closed", "open", "trace"
  std::string workload_text;                       // one line for people: "5 jobs, 1 at a time"
  std::vector<std::string> variants;               // active, canonical order
  json::Value parameters = json::Value::object();  // name → value in force
  std::vector<std::string> tasks{"main"};
  std::vector<StageInfo> stages;
  std::vector<std::string> resources;
  std::vector<std::string> failures;  // names of AttemptSpan::failure by number, [0] "none"
  std::vector<ObjectiveInfo> objectives;
  std::vector<std::string> gate;
  std::optional<double> jobs_per_month;  // `volume`
  Money value_per_job;
  std::optional<Duration> good_response;  // limits of goodput (`good_job`)
  std::optional<Money> good_cost;
  // Jobs share nothing (one at a time, no limits, no pools, no shared caches): the job is the unit
  // of analysis.
  bool isolated = false;
  Environment environment;
  KeepRule keep;
};

// The name of a failure number; "failure 7" where the header has none for it.
std::string failure_label(const RunHeader& header, std::uint8_t failure);

// 32 hexadecimal digits from `bits`.
std::string run_id_text(std::uint64_t high, std::uint64_t low);

// As JSON and back: what a run file stores. decode reports what is missing or of the wrong type.
json::Value encode_header(const RunHeader& header);
Result<RunHeader> decode_header(const json::Value& value);

}  // namespace rehearse::record
