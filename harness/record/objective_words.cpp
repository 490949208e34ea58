#include "harness/record/objective_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rehearse::record {
namespace {

// In the order of Metric.
constexpr std::array<std::string_view, 20> kMetrics{
    "response",    "service",   "queue",         "first_result", "ttft",
    "each",        "makespan",  "cost",          "monthly_cost", "errors",
    "timeouts",    "truncated", "cache_hits",    "throughput",   "goodput",
    "utilisation", "cpu",       "io_wait_share", "memory_peak",  "memory_slope"};

constexpr std::array<std::pair<std::string_view, Stat>, 9> kStats{{{"p", Stat::Quantile},
                                                                   {"med", Stat::Quantile},
                                                                   {"mean", Stat::Mean},
                                                                   {"avg", Stat::Mean},
                                                                   {"min", Stat::Min},
                                                                   {"max", Stat::Max},
                                                                   {"total", Stat::Total},
                                                                   {"rate", Stat::Rate},
                                                                   {"share", Stat::Share}}};

constexpr std::array<std::string_view, 18> kSubjects{
    "p",        "p50",          "p90",    "p95",        "p99",     "mean",
    "min",      "max",          "total",  "rate",       "share",   "delta",
    "makespan", "monthly_cost", "errors", "throughput", "goodput", "utilisation"};

struct Unit {
  std::string_view word;
  KnownUnit known;
};
constexpr std::array<Unit, 13> kUnits{{{"ns", {ValueUnit::Seconds, 1e-9}},
                                       {"us", {ValueUnit::Seconds, 1e-6}},
                                       {"ms", {ValueUnit::Seconds, 1e-3}},
                                       {"s", {ValueUnit::Seconds, 1}},
                                       {"m", {ValueUnit::Seconds, 60}},
                                       {"h", {ValueUnit::Seconds, 3600}},
                                       {"USD", {ValueUnit::Usd, 1}},
                                       {"%", {ValueUnit::Ratio, 0.01}},
                                       {"KB", {ValueUnit::Megabytes, 1e-3}},
                                       {"MB", {ValueUnit::Megabytes, 1}},
                                       {"GB", {ValueUnit::Megabytes, 1e3}},
                                       {"/s", {ValueUnit::PerSecond, 1}},
                                       {"/min", {ValueUnit::PerSecond, 1.0 / 60}}}};

}  // namespace

std::string_view metric_name(Metric metric) {
  return kMetrics[static_cast<std::size_t>(metric) % kMetrics.size()];
}

std::optional<Metric> find_metric(std::string_view word) {
  const auto* const found = std::find(kMetrics.begin(), kMetrics.end(), word);
  if (found == kMetrics.end()) {
    return std::nullopt;
  }
  return static_cast<Metric>(found - kMetrics.begin());
}

std::optional<Stat> find_stat(std::string_view word) {
  for (const auto& [name, stat] : kStats) {
    if (name == word) {
      return stat;
    }
  }
  return std::nullopt;
}

std::span<const std::string_view> metric_words() { return kMetrics; }
std::span<const std::string_view> subject_words() { return kSubjects; }

std::optional<KnownUnit> find_unit(std::string_view word) {
  for (const Unit& unit : kUnits) {
    if (unit.word == word) {
      return unit.known;
    }
  }
  return std::nullopt;
}

bool is_scalar(Metric metric) {
  switch (metric) {
    case Metric::Response:
    case Metric::Service:
    case Metric::Queue:
    case Metric::FirstResult:
    case Metric::Ttft:
    case Metric::Each:
    case Metric::Cost:
    case Metric::Cpu:
    case Metric::MemoryPeak:
      return false;
    default:
      return true;
  }
}

ValueUnit unit_of(const Objective& objective) {
  switch (objective.metric) {
    case Metric::Cost:
    case Metric::MonthlyCost:
      return ValueUnit::Usd;
    case Metric::Errors:
    case Metric::Timeouts:
    case Metric::Truncated:
    case Metric::CacheHits:
      return objective.stat == Stat::Total ? ValueUnit::Number : ValueUnit::Ratio;
    case Metric::Throughput:
    case Metric::Goodput:
      return ValueUnit::PerSecond;
    case Metric::Utilisation:
    case Metric::IoWaitShare:
      return ValueUnit::Ratio;
    case Metric::MemoryPeak:
    case Metric::MemorySlope:
      return ValueUnit::Megabytes;
    default:
      return ValueUnit::Seconds;
  }
}

std::string_view unit_word(ValueUnit unit) {
  switch (unit) {
    case ValueUnit::Seconds:
      return "duration, such as 15s or 800ms";
    case ValueUnit::Usd:
      return "price, such as 0.12 USD";
    case ValueUnit::Ratio:
      return "share, such as 1% or 0.01";
    case ValueUnit::Megabytes:
      return "size, such as 500 MB";
    case ValueUnit::PerSecond:
      return "rate, such as 2/s";
    case ValueUnit::Number:
      break;
  }
  return "plain number";
}

std::string_view unit_suffix(ValueUnit unit) {
  switch (unit) {
    case ValueUnit::Seconds:
      return "s";
    case ValueUnit::Usd:
      return "USD";
    case ValueUnit::Ratio:
      return "%";
    case ValueUnit::Megabytes:
      return "MB";
    case ValueUnit::PerSecond:
      return "/s";
    case ValueUnit::Number:
      break;
  }
  return "";
}

bool same_kind(std::optional<ValueUnit> written, ValueUnit wanted) {
  if (written) {
    return *written == wanted;
  }
  return wanted != ValueUnit::Seconds && wanted != ValueUnit::Megabytes;
}

}  // namespace rehearse::record
