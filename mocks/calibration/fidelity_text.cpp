#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "mocks/calibration/fidelity.hpp"

namespace rehearse::calibration {
namespace {

std::string percent(double ratio) { return fmt::format("{:+.1f}%", 100 * ratio); }

std::string error_text(const QuantileError& error) {
  return error.error ? fmt::format("{} ({}, {})", percent(*error.error),
                                   percent(error.interval.low), percent(error.interval.high))
                     : "-";
}

std::string verdict_of(const Cell& cell) {
  return !cell.enough ? "not enough calls" : cell.passes ? "fits" : "DIFFERS";
}

}  // namespace

std::string fidelity_text(const Fidelity& fidelity, std::size_t width) {
  std::size_t longest = 4;
  for (const Cell& cell : fidelity.cells) {
    longest = std::max(longest, terminal_safe(cell.name).size());
  }
  longest = std::min(longest, width > 90 ? width - 70 : 20);
  std::string out = fmt::format(
      "Fidelity {}: the mock's calls against held-out ones\n"
      "{:<{}}  {:<11} {:>6} {:>6} {:>8} {:>6} {:>8}  verdict\n",
      fidelity.how, "cell", longest, "metric", "held", "mock", "distance", "floor", "critical");
  for (const Cell& cell : fidelity.cells) {
    out += fmt::format("{:<{}}  {:<11} {:>6} {:>6} {:>8.3f} {:>6.3f} {:>8.3f}  {}\n",
                       terminal_safe(cell.name).substr(0, longest), longest, cell.metric, cell.held,
                       cell.drawn, cell.distance, cell.floor, cell.critical, verdict_of(cell));
  }
  out += fmt::format(
      "\nQuantiles of the mock over those held out, minus one (95% interval)\n"
      "{:<{}}  {:<11} {:<24} {:<24} {:<24} {}\n",
      "cell", longest, "metric", "p50", "p90", "p95", "p99");
  for (const Cell& cell : fidelity.cells) {
    if (cell.enough) {
      out += fmt::format("{:<{}}  {:<11} {:<24} {:<24} {:<24} {}\n",
                         terminal_safe(cell.name).substr(0, longest), longest, cell.metric,
                         error_text(cell.errors[0]), error_text(cell.errors[1]),
                         error_text(cell.errors[2]), error_text(cell.errors[3]));
    }
  }
  out += "\n";
  if (fidelity.judged() == 0) {
    return out + fmt::format(
                     "no cell has enough calls to be judged: {} held out of one are "
                     "needed\n",
                     kEnoughCalls);
  }
  out += fmt::format(
      "{} of {} cells with enough calls fit ({:.1f}%), {} have too few\n", fidelity.passed(),
      fidelity.judged(),
      100.0 * static_cast<double>(fidelity.passed()) / static_cast<double>(fidelity.judged()),
      fidelity.cells.size() - fidelity.judged());
  if (fidelity.tails() > 0) {
    out += fmt::format("{} of {} cells with at least {} calls have their p99 within 10%\n",
                       fidelity.tails_passed(), fidelity.tails(), kEnoughForTail);
  } else {
    out += fmt::format("no cell has the {} held-out calls that a p99 within 10% needs\n",
                       kEnoughForTail);
  }
  out += fmt::format("neighbouring calls correlate by {:.2f} as recorded, by {:.2f} as mocked\n",
                     fidelity.neighbours_recorded, fidelity.neighbours_mock);
  if (fidelity.wire_s > 0) {
    out += "the wire's own " + readable_duration(Duration::from_seconds(fidelity.wire_s)) +
           " of scenario time were taken off the mock's times\n";
  }
  return out;
}

json::Value fidelity_json(const Fidelity& fidelity) {
  json::Value out = json::Value::object();
  out.set("schema_version", 1);
  out.set("how", fidelity.how);
  out.set("wire_s", fidelity.wire_s);
  const auto count = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  out.set("cells_judged", count(fidelity.judged()));
  out.set("cells_passed", count(fidelity.passed()));
  out.set("tails_judged", count(fidelity.tails()));
  out.set("tails_passed", count(fidelity.tails_passed()));
  out.set("neighbours_recorded", fidelity.neighbours_recorded);
  out.set("neighbours_mock", fidelity.neighbours_mock);
  json::Value cells = json::Value::array();
  for (const Cell& cell : fidelity.cells) {
    json::Value one = json::Value::object();
    one.set("cell", cell.name);
    one.set("metric", cell.metric);
    one.set("fitted", count(cell.fitted));
    one.set("held_out", count(cell.held));
    one.set("mocked", count(cell.drawn));
    one.set("effective_held_out", cell.effective_held);
    one.set("distance", cell.distance);
    one.set("floor", cell.floor);
    one.set("critical", cell.critical);
    one.set("verdict", cell.enough ? cell.passes ? "fits" : "differs" : "not_enough_calls");
    json::Value errors = json::Value::object();
    for (const QuantileError& error : cell.errors) {
      json::Value figure;
      if (error.error) {
        figure = json::Value::object();
        figure.set("error", *error.error);
        figure.set("interval", std::vector<json::Value>{error.interval.low, error.interval.high});
      }
      errors.set(fmt::format("p{:.0f}", 100 * error.q), std::move(figure));
    }
    one.set("quantiles", std::move(errors));
    cells.push(std::move(one));
  }
  out.set("cells", std::move(cells));
  return out;
}

}  // namespace rehearse::calibration
