#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/stats/effect.hpp"

// How much load a scenario carries, what it would take to carry more, and what that costs: what
// `rehearse plan` found, for its reports. Loads are jobs a second ("rate") or users ("users").
namespace rehearse::record {

// A limit, slots or connections that can run out.
struct CapacityLimit {
  std::string name;        // "workers", "openai chat gpt-4o: requests per min (RPM)"
  std::string kind;        // "resource", "pool", "limit", "provider"
  std::string unit;        // of `has` and `needs`: "slots", "connections", "a minute", "a day"
  double has = 0;          // as the scenario or profile says it
  double demand = 0;       // of one job: slot-seconds, or units
  double bound_per_s = 0;  // jobs a second at 100%; infinite where jobs do not need it
  double utilisation = 0;  // at the load that is spoken of
  std::uint64_t refused = 0;
};

// An objective under load.
struct CapacityObjective {
  std::string text;
  std::string level;               // "fail", "warn", "aim", "given", "implied"
  std::string unit;                // of its values: "s", "USD", "%", …
  std::string role;                // "binds", "holds", "never_met", "asked", "unread"
  std::optional<double> unloaded;  // where nobody waits
  std::optional<double> at_knee;
  double limit = 0;
  std::string why;                               // of unread
  std::optional<stats::Interval> interval = {};  // 95%, of a span; none: not known
};

// One load that was looked at.
struct CapacityPoint {
  double load = 0;
  double throughput_per_s = 0;
  double response_s = 0;  // mean of done jobs
  double done_share = 1;
  double cost_usd = 0;  // of a job
  bool growing = false;
  std::vector<std::optional<double>> values;  // of each objective of the knee
};

// How much of something a load needs.
struct CapacityNeed {
  std::string name, unit;
  double has = 0, needs = 0;
  double utilisation = 0;  // at the load, with what it needs
};

// The knee of the same system with plenty of all that bound it further down.
struct CapacityRung {
  std::string lifted;  // what bound the one before
  std::string end;     // as of CapacityKnee, or "law": not played, by the utilisation law
  double load = 0;
  double low = 0, high = 0;  // 95% interval
  std::string objective;     // that breaks beyond it
  std::string binds;         // empty: no limit, slot or connection does
  double binds_share = 0;
  std::string evidence;
  std::vector<CapacityNeed> needs;  // of all that was lifted, to get here
};

struct CapacityKnee {
  std::string axis;  // "rate", "users"
  std::string end;   // "found", "unbounded", "none"
  double load = 0;
  double low = 0, high = 0;          // 95% interval
  std::string objective;             // that breaks beyond it
  std::string binds;                 // the limit that is first to run out; empty: none does
  double binds_share = 0;            // its utilisation there
  std::string evidence;              // whether more of it was seen to help
  std::vector<CapacityRung> ladder;  // … what binds next, and then
  unsigned probes = 0;
  std::uint64_t jobs = 0;
  std::string note;
  std::vector<CapacityObjective> objectives;
  std::vector<CapacityLimit> limits;  // at the knee, fullest first
  std::vector<CapacityPoint> curve;
};

// The knee once more, over HTTP against mocks: three loads around it, each played in both worlds
// with the same jobs and the same luck.
struct CapacityCheck {
  std::string axis;
  bool found = false;
  double speed = 1;          // scenario seconds a wall second
  double load = 0;           // the knee over HTTP: that of virtual time, moved by the difference
  double low = 0, high = 0;  // 95% interval: chance of the virtual search and of the wire
  double seen = 0;           // what the jobs of the check alone say, over HTTP
  double twin = 0;           // … and in virtual time
  double difference = 0;     // seen / twin - 1
  // Half of its 95% interval, by the replications; none where all of them say the same: how sure
  // that is, they cannot say.
  std::optional<double> unsure;
  std::uint64_t replications = 0;
  std::string objective;  // that breaks beyond it, over HTTP
  unsigned probes = 0;
  std::uint64_t jobs = 0;                                 // over HTTP
  double wall_s = 0;                                      // that was planned for them
  std::vector<CapacityPoint> over_http, in_virtual_time;  // load by load
  std::string note;                                       // interrupted, too short, no crossing
};

struct HeadroomRow {
  double factor = 1;  // of the load of today
  double load = 0;
  bool growing = false;
  bool inside = true;
  std::vector<std::string> broken;  // "p(95) < 15s: 61 s"
  std::string binds;
  double binds_share = 0;
};

// What a target load takes.
struct CapacityTarget {
  std::string axis;
  double load = 0;
  bool met = false;      // with `needs`, in a play of its own
  bool already = false;  // with what there is
  std::string why;       // not: no amount of limits and slots is enough
  std::vector<CapacityNeed> needs;
  double headroom = 1;           // capacity / demand that it takes, the same for all
  double calls_usd_a_month = 0;  // at the target rate
  double machines_usd_a_month = 0;
  unsigned probes = 0;
};

// A load that was asked about, over a length of time.
struct CapacitySpan {
  double load = 0;
  double length_s = 0;
  double jobs = 0;          // that arrive
  std::string method;       // "exact", "windows" or "slice"
  std::string explanation;  // what that means here
  std::uint64_t jobs_played = 0;
  CapacityPoint point;
  // None: so few jobs do not tell. Intervals are 95%; none: not known.
  std::optional<double> p50_s, p95_s, p99_s;  // done jobs
  std::optional<stats::Interval> p50_interval_s, p95_interval_s, p99_interval_s;
  std::optional<stats::Interval> done_share_interval;  // of point.done_share
  std::optional<stats::Interval> cost_interval_usd;    // of point.cost_usd
  std::vector<CapacityObjective> objectives;
};

// A variant that costs something, beside the base.
struct VariantMoney {
  std::string name;  // "base" first
  double monthly_usd = 0, once_usd = 0;
  double cost_usd = 0;  // of a job
  double done_share = 1;
  std::optional<double> p50_s, p95_s;
  double capacity = 0;                 // the largest load inside the objectives; NaN: none
  std::string capacity_end;            // as of CapacityKnee
  std::optional<double> jobs_a_month;  // done: the volume, or what it carries of it
  std::optional<double> calls_usd_a_month;
  std::optional<double> value_usd_a_month;
  std::optional<double> net_usd_a_month;  // value - calls - fixed, against the base
  std::optional<double> pay_back_months;
  std::optional<double> pays_from_jobs;  // a month: what it saves a job covers what it costs
  std::string verdict;                   // one line for a manager
};

struct CapacityPlan {
  std::string scenario, workload, against;
  std::vector<std::string> variants;
  std::uint64_t seed = 1;
  std::optional<double> today_per_s;  // the load of today, where the scenario says one
  std::string today_source;
  std::vector<CapacityKnee> knees;  // rate, users
  std::vector<CapacityCheck> checks;
  std::vector<HeadroomRow> headroom;
  std::string headroom_axis;
  std::string headroom_of;  // "today's load", "the largest load"
  std::optional<CapacityTarget> target;
  std::optional<CapacitySpan> span;
  std::vector<VariantMoney> money;
  std::string money_axis{};  // of what its variants carry: "rate", "users"
  std::optional<double> volume_a_month;
  double value_per_job_usd = 0;
  std::vector<std::string> notes;
};

}  // namespace rehearse::record
