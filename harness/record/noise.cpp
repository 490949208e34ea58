#include "harness/record/noise.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/check.hpp"
#include "harness/record/objective_words.hpp"
#include "harness/record/pairing.hpp"
#include "harness/record/replications.hpp"
#include "harness/record/side_values.hpp"
#include "harness/stats/moments.hpp"
#include "harness/stats/verdict.hpp"

namespace rehearse::record {
namespace {

constexpr double kHalfWidth = 1.96;         // standard errors in half a 95% interval
constexpr double kToDetect = 1.96 + 0.842;  // power 80%
constexpr std::uint64_t kFewestPairs = 6;   // no 95% interval of fewer
constexpr std::uint64_t kSizes[] = {6, 10, 20, 50, 100};

// The deviation of one job's value, for a metric whose histogram is kept of all jobs.
double spread_within(const Objective& what, const RunPoint& point, double mean) {
  const bool money = what.metric == Metric::Cost;
  if (what.stat != Stat::Mean || what.scope != Scope::Run ||
      (what.metric != Metric::Response && !money) || mean <= 0) {
    return 0;
  }
  const stats::Histogram& histogram = money ? point.tally.jobs.cost : point.tally.jobs.response;
  double squares = 0;
  histogram.for_each_bucket([&](const stats::Histogram::Bucket& bucket) {
    const double away = static_cast<double>(bucket.value) * 1e-9 - mean;
    squares += away * away * static_cast<double>(bucket.count);
  });
  const double n = static_cast<double>(std::max<std::uint64_t>(2, histogram.count()));
  return std::sqrt(squares / (n - 1) / n) / mean;
}

struct Pairs {
  std::vector<double> first, second;
};

Pairs pairs_of(const Objective& what, const std::vector<const RunPoint*>& runs,
               const std::vector<const RunPoint*>& again) {
  Pairs out;
  for (const RunPoint* const run : runs) {
    const auto same = [&](const RunPoint* other) { return other->header.seed == run->header.seed; };
    const auto other = std::find_if(again.begin(), again.end(), same);
    const std::optional<double> x = run_value(what, *run);
    const std::optional<double> y = other == again.end() ? x : run_value(what, **other);
    if (x && y) {
      out.first.push_back(*x);
      out.second.push_back(*y);
    }
  }
  return out;
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const stats::Moments a = stats::moments_of(x);
  const stats::Moments b = stats::moments_of(y);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += (x[i] - a.mean()) * (y[i] - b.mean());
  }
  const double scale = static_cast<double>(x.size() - 1) * a.deviation() * b.deviation();
  return scale > 0 ? sum / scale : 1;
}

void fill(NoiseRow& row, const Pairs& pairs, bool logarithms, bool repeats_luck) {
  const auto scaled = [&](const std::vector<double>& values) {
    std::vector<double> out = values;
    for (double& value : out) {
      value = logarithms ? std::log(value) : value;
    }
    return out;
  };
  const std::vector<double> x = scaled(pairs.first);
  const std::vector<double> y = scaled(pairs.second);
  std::vector<double> differences;
  for (std::size_t i = 0; i < x.size(); ++i) {
    differences.push_back(y[i] - x[i]);
  }
  row.between = stats::moments_of(x).deviation();
  row.paired = stats::moments_of(differences).deviation();
  row.correlation = correlation(x, y);
  // One change is the difference of two runs: of the same luck where there is such a thing.
  const double change = repeats_luck ? row.paired : std::sqrt(2.0) * row.between;
  const auto shown = [&](double size) { return logarithms ? std::expm1(size) : size; };
  row.floor = shown(kHalfWidth * change);
  for (const std::uint64_t runs : kSizes) {
    row.detectable.push_back(
        {runs, shown(kToDetect * change / std::sqrt(static_cast<double>(runs)))});
  }
  const double wanted = logarithms ? stats::log_tolerance(row.limit) : row.limit;
  const double runs = wanted > 0 ? std::ceil(std::pow(kToDetect * change / wanted, 2)) : 1e9;
  row.runs_needed = std::max(kFewestPairs, static_cast<std::uint64_t>(std::min(1e9, runs)));
}

}  // namespace

Result<NoiseReport> measure_noise(const std::vector<const RunPoint*>& runs,
                                  const std::vector<const RunPoint*>& again,
                                  const std::vector<std::string>& gate) {
  REHEARSE_CHECK(runs.size() >= 2);
  NoiseReport out;
  const RunPoint whole = pool(runs);
  out.runs = summarise(whole);
  out.seeds = runs.size();
  out.repeats_luck = draws_its_luck(whole.header) && !again.empty();
  out.isolated = shares_nothing(whole);
  const double n = static_cast<double>(runs.size());
  out.jobs_a_run = static_cast<double>(whole.tally.jobs.ended()) / n;
  out.run_s = out.runs.elapsed_s / n;
  out.run_usd = out.runs.cost_usd.total / n;
  for (const std::string& text : gate) {
    Result<Objective> objective = parse_objective(text);
    if (!objective) {
      return objective.errors();
    }
    if (!objective->delta) {
      return Error{text, "speaks of no change: expected a delta, such as delta(p95)<10%"};
    }
    const bool ratio = objective->unit == ValueUnit::Ratio;
    objective->delta = false;
    const bool share = objective->stat == Stat::Share || unit_of(*objective) == ValueUnit::Ratio;
    NoiseRow row;
    row.text = text;
    row.unit = unit_suffix(share ? ValueUnit::Ratio : unit_of(*objective));
    const Pairs pairs = pairs_of(*objective, runs, again);
    row.mean = stats::moments_of(pairs.first).mean();
    row.limit = std::abs(objective->value);
    if (!ratio && !share && row.mean > 0) {
      row.limit /= row.mean;
    }
    const bool positive =
        std::all_of(pairs.first.begin(), pairs.first.end(), [](double v) { return v > 0; }) &&
        std::all_of(pairs.second.begin(), pairs.second.end(), [](double v) { return v > 0; });
    if (pairs.first.size() < 2 || (!share && !positive)) {
      const Judgement why = judge(*objective, *runs.front());
      row.why = why.why.empty() ? "it is zero" : why.why + " in each run";
    } else {
      fill(row, pairs, !share, out.repeats_luck);
      row.within = spread_within(*objective, *runs.front(), row.mean);
      out.runs_needed = std::max(out.runs_needed, row.runs_needed);
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

}  // namespace rehearse::record
