#include "mocks/calibration/fidelity.hpp"

#include <algorithm>
#include <cmath>

#include "harness/stats/bootstrap.hpp"
#include "harness/stats/quantile.hpp"
#include "harness/stats/two_sample.hpp"
#include "mocks/calibration/cells.hpp"

namespace rehearse::calibration {
namespace {

constexpr double kTailTolerance = 0.10;

Cell judge_cell(const CellRule& rule, const std::vector<TimedCall>& fitted,
                const std::vector<TimedCall>& held, const std::vector<TimedCall>& mock,
                const stats::Resampling& luck) {
  const std::vector<double> fitted_values = rule.values_of(fitted);
  const std::vector<double> held_values = rule.values_of(held);
  const std::vector<double> mock_values = rule.values_of(mock);
  Cell cell;
  cell.name = rule.name;
  cell.metric = rule.metric;
  cell.fitted = fitted_values.size();
  cell.held = held_values.size();
  cell.drawn = mock_values.size();
  if (held_values.empty() || fitted_values.empty() || mock_values.empty()) {
    return cell;
  }
  const std::vector<double> a = stats::sorted(fitted_values);
  const std::vector<double> b = stats::sorted(held_values);
  const std::vector<double> m = stats::sorted(mock_values);
  cell.effective_held = stats::effective_size(held_values);
  // A mock knows no more than it was fitted to, and shows no more than it was asked.
  const double known =
      std::min(stats::effective_size(fitted_values), stats::effective_size(mock_values));
  cell.distance = stats::two_sample_distance(m, b);
  cell.floor = stats::two_sample_distance(a, b);
  cell.critical = stats::critical_distance(known, cell.effective_held);
  cell.enough = cell.held >= kEnoughCalls && cell.drawn >= cell.held;
  cell.passes = cell.distance <= cell.critical;
  for (std::size_t i = 0; i < kJudgedQuantiles.size(); ++i) {
    QuantileError& error = cell.errors[i];
    error.q = kJudgedQuantiles[i];
    if (b.size() < stats::min_samples(error.q) || m.size() < stats::min_samples(error.q)) {
      continue;
    }
    const stats::Effect effect = stats::quantile_ratio(b, m, error.q, luck);
    if (std::isfinite(effect.estimate)) {
      error.error = std::exp(effect.estimate) - 1;
      error.interval = {std::exp(effect.confidence.low) - 1, std::exp(effect.confidence.high) - 1};
    }
  }
  return cell;
}

double neighbours(std::vector<TimedCall> calls) {
  std::stable_sort(calls.begin(), calls.end(),
                   [](const TimedCall& a, const TimedCall& b) { return a.at_s < b.at_s; });
  std::vector<double> totals;
  for (const TimedCall& call : calls) {
    totals.push_back(call.total_s);
  }
  return stats::neighbour_correlation(totals);
}

bool has_tail(const Cell& cell) {
  return cell.enough && cell.held >= kEnoughForTail && cell.errors[3].error.has_value();
}

}  // namespace

std::size_t Fidelity::judged() const {
  return static_cast<std::size_t>(
      std::count_if(cells.begin(), cells.end(), [](const Cell& cell) { return cell.enough; }));
}

std::size_t Fidelity::passed() const {
  return static_cast<std::size_t>(std::count_if(
      cells.begin(), cells.end(), [](const Cell& cell) { return cell.enough && cell.passes; }));
}

std::size_t Fidelity::tails() const {
  return static_cast<std::size_t>(std::count_if(cells.begin(), cells.end(), has_tail));
}

std::size_t Fidelity::tails_passed() const {
  return static_cast<std::size_t>(std::count_if(cells.begin(), cells.end(), [](const Cell& cell) {
    return has_tail(cell) && std::fabs(*cell.errors[3].error) <= kTailTolerance;
  }));
}

Fidelity judge(const std::vector<TimedCall>& fitted, const std::vector<TimedCall>& held,
               const std::vector<TimedCall>& mock) {
  Fidelity out;
  out.how = "in virtual time";
  std::vector<TimedCall> all = fitted;
  all.insert(all.end(), held.begin(), held.end());
  const stats::Resampling luck(1, 2'000);
  for (const CellRule& rule : cells_of(all)) {
    out.cells.push_back(judge_cell(rule, fitted, held, mock, luck));
  }
  out.neighbours_recorded = neighbours(held);
  out.neighbours_mock = neighbours(mock);
  return out;
}

}  // namespace rehearse::calibration
