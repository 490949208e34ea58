#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/distribution.hpp"
#include "harness/base/money.hpp"
#include "harness/base/time.hpp"
#include "harness/base/units.hpp"
#include "harness/json/value.hpp"
#include "scenarios/expression.hpp"
#include "scenarios/trace_play.hpp"

// A scenario as the engine runs it: variants merged, parameters substituted, names resolved to
// indices, every default filled in. Times in Distributions are seconds.
namespace rehearse::scenarios {

// Where a figure comes from.
enum class Basis { Unsaid, Measured, Stated, Published, Assumed };
struct Origin {
  Basis basis = Basis::Unsaid;
  std::string source;  // which report, which line
  std::string note;
};

// ---- what a stage does --------------------------------------------------------------------------

// What is asked of a provider. Everything but `operation` has a default that the profile
// understands.
struct CallSpec {
  std::uint32_t provider = 0;  // index into Scenario::providers
  std::string operation;       // "chat", "image", "speech", "transcription", "embedding", or the
                               // name of a generic endpoint of the profile ("query", "upload", …)
  Text model;                  // empty: the profile's default for the operation
  Amount input_tokens;         // 0: the profile's typical value
  std::optional<Amount> output_tokens;
  std::optional<Amount> max_tokens;
  Amount cached_tokens;  // of the input, read from a prompt cache
  Text size;             // "1792x1024"; empty: the profile's default
  Text quality;
  Amount n;                     // answers or images a call; constant 1 by default
  Amount steps;                 // diffusion steps; 0: the profile's default
  Amount seconds;               // of audio or video
  Amount characters;            // of text to speak
  std::optional<Amount> bytes;  // of the payload that is sent (upload) or fetched
  bool stream = false;
};

struct CallStage {
  CallSpec spec;
  // The duration of the call as the *base* scenario describes it (seconds); none: the profile
  // decides.
  std::optional<Distribution> time;
  // The call of the base scenario, where a variant, parameter or sweep changed it but left `time`
  // as it was: the draw from `time` is multiplied by profile(spec) / profile(base).
  std::shared_ptr<const CallSpec> base;
};

struct LocalStage {
  Amount cpu;  // seconds of CPU
  Amount io;   // seconds of waiting
  double memory_mb = 0;
};

enum class StageKind { Call, Local, Wait, Group };

// A share of a resource taken while a stage runs (`uses`) or while a group or job lasts (`holds`).
struct ResourceUse {
  std::uint32_t resource = 0;  // index into Scenario::resources
  std::uint32_t slots = 1;
  int priority = 0;  // higher first, where the queue is a priority queue
};

enum class CacheScope { Process, Shared };
struct CacheSpec {
  Text key;                     // empty: one entry per stage
  std::optional<Duration> ttl;  // none: never expires
  CacheScope scope = CacheScope::Process;
  Amount hit_time;                        // seconds
  std::optional<std::uint64_t> capacity;  // entries, least recently used leaves; none: unbounded
  bool coalesce = false;                  // concurrent misses of one key wait for the first
  std::optional<double> hit_rate;         // instead of keys: a hit with this probability
};

// How a stage gets its connection: opened for each call (paying `connect`), or from a pool.
struct ConnectionSpec {
  std::optional<std::uint32_t> pool;  // index into Scenario::pools; none: per_call
  Amount connect;                     // seconds, per_call only; 0: the profile's typical one
};

struct RetrySpec {
  std::uint32_t max_retries = 0;
  Duration base = Duration::milliseconds(500);
  double factor = 2;
  Duration cap = Duration::seconds(8);
  double jitter = 0.25;  // the wait is × (1 − jitter·U)
  bool honour_retry_after = true;
  Duration retry_after_cap = Duration::seconds(60);  // longer hints are ignored
  bool on_timeout = true;
  bool operator==(const RetrySpec&) const = default;
};

struct HedgeSpec {
  Duration after;
  std::uint32_t max = 1;  // further attempts
};

struct BreakerSpec {
  std::uint32_t failures = 5;  // in `window`: the breaker opens
  Duration window = Duration::seconds(10);
  Duration open_for = Duration::seconds(30);
  std::uint32_t probes = 1;  // calls let through when half open
};

enum class OnError { Fail, Continue, Fallback };
enum class FirstResult { None, FirstChunk, Done };

// How the calls of a real app are recognised in app drive.
struct MatchSpec {
  std::string path;  // prefix of the request path
  std::string model;
  std::string body_contains;
  std::optional<std::uint32_t> nth;  // of the matching calls of one job, from 1
};

struct Stage {
  std::string name;       // its key in the file
  std::string path;       // with its groups and task: "publish/upload", "upload_image:store"
  std::uint64_t key = 0;  // hash_name(path): what draws and reports key on
  Origin origin;
  StageKind kind = StageKind::Wait;
  std::optional<StageIndex> parent;  // the group it stands in
  std::vector<StageIndex> before;    // needs ∪ after, resolved, of the same level
  std::vector<StageIndex> needs;     // data flow alone
  std::vector<StageIndex> children;  // of a group, in file order

  CallStage call;
  LocalStage local;
  Amount wait;  // seconds

  std::optional<Amount> repeat;  // how many items; none: the stage is not fanned out
  std::uint32_t parallel = 1;    // items of a repeat at once; 0: all
  double vary = 0;               // 0…1: share of log variance that a job's items have in common
  double time_scale = 1;         // > 0, of all its durations: a study's virtual speed-up
  std::optional<double> probability;    // `when` as a number
  std::optional<Expression> condition;  // `when` as an expression; runs where it is not 0
  bool skip = false;
  bool background = false;
  FirstResult first_result = FirstResult::None;

  std::optional<CacheSpec> cache;
  std::optional<ConnectionSpec> connection;
  std::vector<ResourceUse> uses;
  std::vector<ResourceUse> holds;  // groups only
  std::optional<std::uint32_t>
      link;  // index into Scenario::resources of sharing Processor, or none
  std::optional<Duration> timeout;
  RetrySpec retry;
  std::optional<HedgeSpec> hedge;
  std::optional<BreakerSpec> breaker;
  OnError on_error = OnError::Fail;
  std::optional<StageIndex> fallback;  // a sibling that runs only in its stead
  std::optional<MatchSpec> match;
  json::Value request;  // what is really sent; null: filler of the drawn size
};

// ---- what stages share --------------------------------------------------------------------------

struct Provider {
  std::string name;
  std::string profile;
  json::Value change;                    // merge patch over the profile; null: none
  Amount rtt;                            // seconds a call, on top of the profile
  double other_load_per_s = 0;           // calls a second that others make on the same limits
  std::optional<std::uint32_t> runs_on;  // a resource
  bool only_base = false;  // as the base describes it: only CallStage::base points here
  Origin origin;
};

enum class Sharing { Slots, Processor };
enum class OnFull { Reject, Wait };
enum class QueueOrder { Fifo, Priority };
enum class Balance { LeastLoaded, RoundRobin, Random };
struct Resource {
  std::string name;
  Sharing sharing = Sharing::Slots;
  std::uint32_t slots = 1;
  std::map<std::uint32_t, double> speed_up;  // items in service → total rate (1 item alone: 1)
  std::uint32_t replicas = 1;
  Balance balance = Balance::LeastLoaded;
  std::optional<std::uint64_t> queue_max;  // none: unbounded
  OnFull on_full = OnFull::Wait;
  QueueOrder order = QueueOrder::Fifo;
  double usd_per_hour = 0;  // of each replica
  double bytes_per_s = 0;   // of a link, shared by its transfers; else 0
  Origin origin;
};

struct Pool {
  std::string name;
  std::uint32_t max = 10;
  Amount connect;                // seconds, paid when a connection is opened
  std::optional<Duration> idle;  // closed after this long unused
  Origin origin;
};

struct Input {
  std::string name;
  std::vector<InputValue> values;            // of `choose`, or one column of a feed
  std::vector<double> cumulative;            // weights, ascending to 1; empty for a feed
  bool feed = false;                         // row number = job number, wrapping around
  std::optional<std::uint32_t> column = {};  // of the trace that the workload plays
};

// ---- load
// -----------------------------------------------------------------------------------------

enum class LoadKind { Batch, Closed, Open, Trace };
enum class Arrivals { Constant, Poisson, Gamma };
enum class Process { PerJob, Shared };

struct Phase {           // of an open loop: the rate moves evenly from one to the other
  double rate_from = 0;  // jobs a second
  double rate_to = 0;
  Duration length;
};

struct TaskShare {
  std::string name;         // "main" where the workload names no tasks
  std::uint32_t graph = 0;  // index into Scenario::graphs
  double weight = 1;
};

struct Workload {
  std::string name;
  LoadKind kind = LoadKind::Batch;
  std::optional<std::uint64_t> jobs;  // stop after so many
  std::optional<Duration> length;     // `for`: no arrivals after it
  std::uint32_t concurrency = 1;      // Batch
  std::uint32_t users = 1;            // Closed
  Duration ramp;                      // Closed: over which users come, one by one
  Amount think;                       // seconds, Closed
  std::vector<Phase> phases;          // Open; the last one lasts on where `length` is longer
  Arrivals arrivals = Arrivals::Poisson;
  double arrivals_cv = 1;                   // Gamma
  std::vector<Instant> trace;               // Trace: intended starts, or
  std::shared_ptr<const TracePlay> replay;  // what is read of a file
  Process process = Process::Shared;
  std::optional<Amount> patience;  // seconds after which a user leaves
  std::vector<TaskShare> tasks;    // at least one
  std::vector<ResourceUse> holds;  // for the whole job
  std::uint64_t warmup_jobs = 0;   // run, recorded apart
  Origin origin;
};

// One graph of stages; number 0, "main", is the scenario's own.
struct Graph {
  std::string name;
  std::vector<StageIndex> top;  // its outermost stages in file order
};

// ---- what is said about it
// ------------------------------------------------------------------------

// Why a variant is there: to be done, or to see what happens if (another input, an incident, the
// default of a tool that is not used). What-ifs rank and combine optimisations alone.
enum class Purpose { Optimisation, Condition };
struct Variant {
  std::string name;
  Purpose purpose = Purpose::Optimisation;
  std::string group;            // at most one of a group is active
  std::vector<std::string> of;  // a preset of others
  json::Value change;           // merge patch; null for presets
  Money monthly;                // costs
  Money once;
  std::string trade_off;
  Origin origin;
};

enum class ClaimKind { Is, Saves, Adds, Times, Share, SumsTo, Meets };
enum class ClaimJobs { All, First, Warm };
struct Claim {
  std::string id;
  std::string source;
  std::string note;
  std::string metric;             // "response", "cost", "p(95) of response", "makespan", …
  std::string of;                 // "", "stage image", "resource gpu", "task upload"
  std::vector<std::string> base;  // variants on either side
  std::vector<std::string> with;
  std::string on;  // workload; empty: the first
  ClaimJobs jobs = ClaimJobs::All;
  ClaimKind kind = ClaimKind::Is;
  double low = 0;  // seconds, USD, ratio or share, by metric and kind
  double high = 0;
  std::string unit;  // "s", "USD", "%" (low, high are then shares of 1), "B", "/s" or ""
  std::vector<std::string> parts;  // sums_to: the claims or stages that are added up
  json::Value raw;                 // as written
};

struct Objective {
  std::string text;   // grammar: record/objective.hpp
  std::string level;  // "fail", "warn" or "aim"
  std::string on;     // workload; empty: every
  Origin origin;
};

// A figure of the scenario, with where it comes from: what an audit moves over its range.
struct Figure {
  std::string pointer;        // into the canonical text: "/stages/image/time"
  Origin origin;              // its own, else that of its stage, provider, resource or workload
  Distribution distribution;  // seconds for times
};

// The user's own program, for `--drive app`.
struct App {
  std::vector<std::string> command;  // ${parameter}, ${job_dir}, ${providers.NAME.url}
  std::string cwd;                   // relative to the scenario's folder
  std::map<std::string, std::string> environment;
  std::string url;  // or: an HTTP endpoint that runs one job
  std::string method = "POST";
  json::Value body;
  std::optional<Duration> timeout;
};

struct Scenario {
  std::string name;
  std::string note;
  std::vector<std::string> variants;  // active, presets expanded, in canonical order
  json::Value parameters;             // object: name → value in force
  std::vector<Input> inputs;
  std::vector<Provider> providers;
  std::vector<Resource> resources;
  std::vector<Pool> pools;
  std::vector<Stage> stages;  // flat, all graphs and levels
  std::vector<Graph> graphs;  // [0] is "main"
  Workload workload;          // the one in force
  std::vector<Objective> objectives;
  std::vector<std::string> gate;
  std::optional<App> app;
  std::optional<double> jobs_per_month;  // `volume`
  Money value_per_job;
  std::vector<std::string> good_job;  // objectives ("max of response < 60s") read per job
  std::vector<Figure> figures;        // every time and amount that is not computed
  std::string canonical;              // of the merged text, a scenario again: what its hash is of
  std::uint64_t hash = 0;
  std::uint64_t file_hash =
      0;  // of the whole file, variants and claims too: the same before and after
};

}  // namespace rehearse::scenarios
