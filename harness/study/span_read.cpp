#include "harness/study/span_read.hpp"

#include <algorithm>
#include <cmath>

#include "harness/record/summary.hpp"
#include "harness/study/knee_fit.hpp"

namespace rehearse::study {
namespace {

constexpr double kNoVariation = 1e-9;  // rounding
constexpr double kRestChance = 0.1;    // how far a quantile of few jobs at rest may be too large

// Jobs as far as a span tells of them.
struct Jobs {
  stats::Histogram response;
  double done = 0;
  double ended = 0;
  double cost_usd = 0;

  void add(const record::JobTally& tally) {
    response.merge(tally.response);
    done += static_cast<double>(tally.done);
    ended += static_cast<double>(tally.ended());
    cost_usd += tally.cost.mean() * static_cast<double>(tally.cost.count()) * 1e-9;
  }
};

Jobs jobs_without(const Probe& probe, std::size_t left_out) {
  Jobs out;
  for (std::size_t i = 0; i < probe.runs.size(); ++i) {
    if (i != left_out) {
      out.add(probe.runs[i].tally.jobs);
    }
  }
  return out;
}

std::optional<double> ratio(double of, double all) {
  return all > 0 ? std::optional(of / all) : std::nullopt;
}

}  // namespace

std::optional<double> ReplicatedValue::half() const {
  if (!all || without.size() < 2) {
    return std::nullopt;
  }
  std::vector<double> others;
  for (const std::optional<double>& value : without) {
    if (!value || !std::isfinite(*value)) {
      return std::nullopt;
    }
    others.push_back(*value);
  }
  const double out = jackknife(*all, others).half;
  return out > kNoVariation * std::abs(*all) ? std::optional(out) : std::nullopt;
}

std::optional<stats::Interval> ReplicatedValue::interval() const {
  const std::optional<double> wide = half();
  return wide ? std::optional(stats::Interval{*all - *wide, *all + *wide}) : std::nullopt;
}

JobReadings read_jobs(const Probe& probe) {
  const auto quantile = [](const Jobs& jobs, double q) -> std::optional<double> {
    if (jobs.response.count() < record::quantile_floor(q)) {
      return std::nullopt;
    }
    return *jobs.response.quantile(q) * 1e-9;
  };
  JobReadings out;
  const auto read = [&](const Jobs& jobs, auto&& put) {
    put(out.p50_s, quantile(jobs, 0.5));
    put(out.p95_s, quantile(jobs, 0.95));
    put(out.p99_s, quantile(jobs, 0.99));
    put(out.done_share, ratio(jobs.done, jobs.ended));
    put(out.cost_usd, ratio(jobs.cost_usd, jobs.ended));
  };
  read(jobs_without(probe, SIZE_MAX), [](ReplicatedValue& to, auto value) { to.all = value; });
  for (std::size_t i = 0; probe.runs.size() > 1 && i < probe.runs.size(); ++i) {
    read(jobs_without(probe, i),
         [](ReplicatedValue& to, auto value) { to.without.push_back(value); });
  }
  return out;
}

ReplicatedValue read_target(const Probe& probe, std::size_t target) {
  ReplicatedValue out;
  out.all = probe.values[target];
  for (const std::vector<std::optional<double>>& values : probe.without) {
    out.without.push_back(values[target]);
  }
  return out;
}

std::optional<stats::Interval> interval_of_whole(const ReplicatedValue& part,
                                                 const ReplicatedValue& half, double slice,
                                                 std::optional<double> at_rest) {
  const std::optional<double> part_half = part.half();
  if (!part.all || !half.all || !std::isfinite(*part.all) || !std::isfinite(*half.all)) {
    return std::nullopt;
  }
  // value(size) = whole + c (size^-1/2 - 1), size a share of the whole.
  const double reach = (1 - std::sqrt(slice)) / (std::sqrt(2.0) - 1);
  const double whole = *part.all - reach * (*half.all - *part.all);
  const double chance = part_half.value_or(0);
  const double chance_whole =
      std::hypot((1 + reach) * chance, reach * half.half().value_or(chance));
  stats::Interval out{std::min(*part.all - chance, whole - chance_whole),
                      std::max(*part.all + chance, whole + chance_whole)};
  if (at_rest && std::isfinite(*at_rest)) {
    out.low = std::max(out.low, std::min(*at_rest * (1 - kRestChance), *part.all - chance));
  }
  return out.high > out.low ? std::optional(out) : std::nullopt;
}

}  // namespace rehearse::study
