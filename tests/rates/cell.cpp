#include "tests/rates/cell.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/record/metric_change.hpp"
#include "harness/stats/change.hpp"
#include "harness/stats/moments.hpp"
#include "harness/stats/quantile.hpp"

namespace rehearse::rates {
namespace {

using record::MetricChange;
using record::Pairing;
using record::Verdict;

constexpr std::uint32_t kResamples = 1000;  // the program uses 10,000: finer, no other in the mean

record::PairingChoice choice_of(const Cell& cell) {
  return {cell.unit, cell.unit != Pairing::Batches && cell.process.independent(), ""};
}

std::vector<stats::Statistic> statistics_of(const Cell& cell) {
  std::vector<stats::Statistic> out{stats::Statistic::mean()};
  const bool whole =
      cell.unit == Pairing::Jobs || (cell.unit == Pairing::Unpaired && cell.process.independent());
  if (whole) {
    out.push_back(stats::Statistic::location());
  }
  const std::size_t carried = record::of_whole_runs(cell.unit) ? kJobsARun
                              : whole                          ? cell.n
                                                               : cell.n / 10;
  for (const double q : {0.5, 0.95, 0.99}) {
    if (carried >= stats::min_samples(q)) {
      out.push_back(stats::Statistic::quantile(q));
    }
  }
  return out;
}

double read_off(const std::vector<double>& values, const stats::Statistic& statistic) {
  if (statistic.is_mean()) {
    return stats::moments_of(values).mean();
  }
  return *stats::sorted_quantile(stats::sorted(values), statistic.q());
}

// The rows of one comparison, as the program makes them.
std::vector<MetricChange> compare(const Cell& cell, std::uint64_t seed,
                                  const std::shared_ptr<stats::OrderTables>& tables) {
  record::ComparisonOptions options;
  options.tolerance = cell.tolerance;
  const stats::Resampling luck(seed, kResamples, tables);
  const Tie tie{cell.correlation, cell.factor};
  const std::vector<stats::Statistic> statistics = statistics_of(cell);
  const record::PairingChoice choice = choice_of(cell);
  if (!record::of_whole_runs(cell.unit)) {
    Pair pair = draw_pair(cell.process, cell.n, seed, tie);
    const record::Samples samples{std::move(pair.before), std::move(pair.after)};
    return record::change_of("value", samples, statistics, choice, luck, options);
  }
  std::vector<record::Samples> samples(statistics.size());
  for (std::uint64_t run = 0; run < cell.n; ++run) {
    const Pair pair = draw_pair(cell.process, kJobsARun, mix64(seed * 1'000'003 + run), tie);
    for (std::size_t i = 0; i < statistics.size(); ++i) {
      samples[i].before.push_back(read_off(pair.before, statistics[i]));
      samples[i].after.push_back(read_off(pair.after, statistics[i]));
    }
  }
  std::vector<MetricChange> out;
  for (std::size_t i = 0; i < statistics.size(); ++i) {
    record::RunFigures figures;
    figures.statistic = statistics[i].text();
    figures.mean = statistics[i].is_mean();
    out.push_back(record::change_of_runs("value", samples[i], figures, choice, luck, options));
  }
  return out;
}

}  // namespace

std::string Cell::name() const {
  std::string unit_name = record::pairing_name(unit);
  unit_name = unit == Pairing::Unpaired && !process.independent() ? "batches, unpaired"
              : unit == Pairing::Batches                          ? "batches, paired"
              : unit == Pairing::Jobs                             ? "pairs"
                                                                  : unit_name;
  const double percent = std::round(100 * (factor - 1));
  return process.text() + ", n " + std::to_string(n) + ", " + unit_name +
         (percent == 0 ? "" : ", +" + number_text(percent) + "%");
}

std::vector<Outcome> run_cell(const Cell& cell, std::uint64_t pairs, std::uint64_t first) {
  std::vector<Outcome> out;
  const auto tables = std::make_shared<stats::OrderTables>();
  const std::uint64_t own = hash_name(cell.name());  // cells draw independently of each other
  for (std::uint64_t i = 0; i < pairs; ++i) {
    const std::vector<MetricChange> rows = compare(cell, mix64(own ^ mix64(first + i)), tables);
    out.resize(rows.size());
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const MetricChange& row = rows[k];
      Outcome& of = out[k];
      of.statistic = row.statistic;
      ++of.pairs;
      if (!row.low || !row.high) {
        ++of.refused;
        continue;
      }
      const double truth = cell.factor - 1;
      of.missed += *row.low <= truth && truth <= *row.high ? 0U : 1U;
      of.regressed += row.verdict == Verdict::Regressed ? 1U : 0U;
      of.alarms += row.verdict == Verdict::Regressed || row.verdict == Verdict::Improved ? 1U : 0U;
      of.same += row.verdict == Verdict::Same ? 1U : 0U;
    }
  }
  return out;
}

namespace {

constexpr Process kIndependent[] = {{Law::Lognormal, 0.2}, {Law::Lognormal, 0.5},
                                    {Law::Lognormal, 1},   {Law::SlowMode, 0},
                                    {Law::Pareto, 0},      {Law::Bimodal, 0}};

}  // namespace

std::vector<Cell> changed_cells() {
  std::vector<Cell> out;
  for (const Process& process : kIndependent) {
    for (const std::size_t n : std::initializer_list<std::size_t>{10, 30, 100, 10'000}) {
      out.push_back({process, n, Pairing::Jobs, 0.9, 1.1});
      out.push_back({process, n, Pairing::Unpaired, 0, 1.1});
    }
  }
  return out;
}

std::vector<Cell> null_cells() {
  std::vector<Cell> out;
  for (const Process& process : kIndependent) {
    for (const std::size_t n : std::initializer_list<std::size_t>{5, 10, 20, 30, 100, 10'000}) {
      out.push_back({process, n, Pairing::Jobs, 0.9});
      out.push_back({process, n, Pairing::Unpaired, 0});
    }
  }
  const Process dependent[] = {
      {Law::Ar1, 0.7}, {Law::Mm1, 0.5}, {Law::Mm1, 0.7}, {Law::Mm1, 0.8}, {Law::Mm1, 0.9}};
  for (const Process& process : dependent) {
    for (const std::size_t n : std::initializer_list<std::size_t>{100, 10'000, 50'000}) {
      out.push_back({process, n, Pairing::Unpaired, 0});
      out.push_back({process, n, Pairing::Batches, 0.9});
    }
  }
  for (const std::size_t n : std::initializer_list<std::size_t>{100, 1000, 10'000}) {
    out.push_back({{Law::Bursts, 0.98}, n, Pairing::Batches, 0});
  }
  for (const std::size_t n : std::initializer_list<std::size_t>{5, 10, 20, 30, 100}) {
    for (const double load : {0.5, 0.7, 0.9}) {
      out.push_back({{Law::Mm1, load}, n, Pairing::Seeds, 0.9});
    }
    out.push_back({{Law::Mm1, 0.9}, n, Pairing::Runs, 0});
    out.push_back({{Law::Drift, 0.03}, n, Pairing::Seeds, 0.9});
    out.push_back({{Law::Drift, 0.03}, n, Pairing::Runs, 0});
  }
  return out;
}

MoreNeeded try_more(const Cell& cell, std::uint64_t pairs, std::uint64_t first_seed) {
  MoreNeeded out;
  const auto tables = std::make_shared<stats::OrderTables>();
  for (std::uint64_t i = first_seed; i < first_seed + pairs; ++i) {
    const MetricChange first = compare(cell, mix64(i), tables).front();
    if (first.verdict != Verdict::Inconclusive || first.more_jobs > 100'000) {
      continue;
    }
    ++out.inconclusive;
    Cell larger = cell;
    larger.n += static_cast<std::size_t>(first.more_jobs);
    out.decided +=
        compare(larger, mix64(i), tables).front().verdict != Verdict::Inconclusive ? 1U : 0U;
  }
  return out;
}

}  // namespace rehearse::rates
