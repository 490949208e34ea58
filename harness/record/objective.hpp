#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/record/run.hpp"

// Objectives and gates: `stat [of metric [of stage|task|resource NAME]] op value`.
//   p(95) < 15s · p95<15s · mean of cost < 0.12 USD · p(99) of ttft of stage image <= 800ms ·
//   share(>20s) < 1% · rate of errors < 1% · throughput > 2/s · delta(p95) < 10% · delta(mean of
//   cost)<5%
namespace rehearse::record {

enum class Stat : std::uint8_t { Quantile, Mean, Min, Max, Total, Rate, Share };
enum class Metric : std::uint8_t {
  Response,
  Service,
  Queue,
  FirstResult,
  Ttft,
  Each,
  Makespan,
  Cost,
  MonthlyCost,
  Errors,
  Timeouts,
  Truncated,
  CacheHits,
  Throughput,
  Goodput,
  Utilisation,
  Cpu,
  IoWaitShare,
  MemoryPeak,
  MemorySlope,
};
std::string_view metric_name(Metric metric);  // "response", "first_result", …

enum class Scope : std::uint8_t { Run, Stage, Task, Resource };
enum class Op : std::uint8_t { Less, LessEqual, Greater, GreaterEqual };
enum class ValueUnit : std::uint8_t { Seconds, Usd, Ratio, Megabytes, PerSecond, Number };

struct Objective {
  std::string text;    // as written
  bool delta = false;  // speaks of a change: value is a ratio (0.1 for 10%) or an absolute amount
  Stat stat = Stat::Quantile;
  double argument = 0;  // q of p(q) in (0, 1); x of share(>x) in seconds, USD or MB
  Metric metric = Metric::Response;
  Scope scope = Scope::Run;
  std::string name;  // of the stage (its path), task or resource
  Op op = Op::Less;
  double value = 0;  // seconds, USD, ratio, MB, per second, or a plain number, by `unit`
  ValueUnit unit = ValueUnit::Number;
};

// Reads one objective. Errors name the column, what was expected and the nearest word. A statistic
// alone speaks of response; `rate` alone of errors. Times need a unit. `avg` and `med` are k6's.
Result<Objective> parse_objective(std::string_view text);

// Reads what an objective speaks of, without an operator and a value: `[stat of] metric [of …]`. A
// metric alone is its p50, of money its mean.
Result<Objective> parse_subject(std::string_view text);

// The text in its usual spelling; parse_objective of it gives the same objective.
std::string objective_text(const Objective& objective);

struct Judgement {
  std::optional<double>
      value;                // in the unit of the objective; infinite where timed-out jobs decide it
  std::optional<bool> met;  // none: it cannot be judged
  std::string why;          // why not: "needs 72 jobs", "no stage \"imag\"", "no job was done"
};

// How a quantile is read off a histogram: as it is everywhere (its bucket's middle), or spread over
// its bucket, for differences of runs that are nearly the same.
enum class QuantileRead : std::uint8_t { Middle, Spread };

// Judges an objective that is no delta. Quantiles count a timed-out job as endless, and are judged
// only where the sample can carry them.
Judgement judge(const Objective& objective, const RunPoint& point,
                QuantileRead read = QuantileRead::Middle);

// Whether `value op limit`.
bool holds(double value, Op op, double limit);

}  // namespace rehearse::record
