#include <algorithm>
#include <cmath>

#include "harness/record/objective.hpp"
#include "harness/stats/quantile.hpp"
#include "reports/charts.hpp"
#include "reports/figures.hpp"

namespace rehearse::reports {
namespace {

using stats::Histogram;

constexpr std::uint64_t kSteps = 200;  // points of a curve
constexpr double kNs = 1e-9;

const Histogram* response_of(const ChartSide& side) {
  const auto& detail = side.run->detail;
  return detail && !detail->tally.jobs.response.empty() ? &detail->tally.jobs.response : nullptr;
}

// (value, share of jobs at or below it).
json::Value curve(const Histogram& histogram, const TimeUnit& unit) {
  json::Value out = json::Value::array();
  const std::uint64_t n = histogram.count();
  const auto point = [&](std::uint64_t rank) {
    const double value = unit.of(static_cast<double>(histogram.value_at_rank(rank)) * kNs);
    out.push(numbers({value, static_cast<double>(rank + 1) / static_cast<double>(n)}));
  };
  if (n <= kSteps) {
    for (std::uint64_t rank = 0; rank < n; ++rank) {
      point(rank);
    }
    return out;
  }
  for (std::uint64_t step = 0; step < kSteps; ++step) {
    point(step * (n - 1) / kSteps);
  }
  // The tail is what people look for.
  for (const double share : {0.996, 0.997, 0.998, 0.999, 0.9995, 1.0}) {
    point(static_cast<std::uint64_t>(share * static_cast<double>(n - 1)));
  }
  return out;
}

// (share, low, high): order statistics that enclose each quantile with 95% confidence.
json::Value band(const Histogram& histogram, const TimeUnit& unit) {
  json::Value out = json::Value::array();
  const auto value = [&](std::uint64_t rank) {
    return unit.of(static_cast<double>(histogram.value_at_rank(rank)) * kNs);
  };
  for (int step = 2; step <= 98; step += 2) {
    const double q = step / 100.0;
    if (const auto ranks = stats::quantile_ranks(histogram.count(), q)) {
      out.push(numbers({q, value(ranks->low), value(ranks->high)}));
    }
  }
  return out;
}

std::string quantile_cell(const Histogram& histogram, double q) {
  const std::uint64_t floor = stats::min_samples(q);
  if (histogram.count() < floor) {
    return "needs " + count(floor) + " jobs";
  }
  return seconds(histogram.quantile(q).value_or(0) * kNs);
}

std::string interval_cell(const Histogram& histogram, double q) {
  const auto ranks = stats::quantile_ranks(histogram.count(), q);
  const auto at = [&](std::uint64_t rank) {
    return seconds(static_cast<double>(histogram.value_at_rank(rank)) * kNs);
  };
  return ranks ? at(ranks->low) + " … " + at(ranks->high) : "–";
}

Table quantile_table(std::span<const ChartSide> sides) {
  Table out;
  out.title = "Response time by quantile";
  out.columns.push_back({"quantile", false, 0});
  for (const ChartSide& side : sides) {
    const std::string prefix = sides.size() > 1 ? side.name + " " : "";
    out.columns.push_back({prefix + "response", true, 0});
    if (side.run->header.isolated) {
      out.columns.push_back({prefix + "95% interval", true, 1});
    }
  }
  for (const double q : {0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999}) {
    std::vector<Text> row{{"p" + number(q * 100)}};
    for (const ChartSide& side : sides) {
      row.push_back({quantile_cell(*response_of(side), q)});
      if (side.run->header.isolated) {
        row.push_back({interval_cell(*response_of(side), q)});
      }
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

json::Value quantile_marks(const record::Spread& spread, const TimeUnit& unit) {
  json::Value out = json::Value::array();
  const std::pair<const char*, std::optional<double>> all[] = {
      {"p50", spread.p50}, {"p95", spread.p95}, {"p99", spread.p99}};
  for (const auto& [name, value] : all) {
    if (value) {
      json::Value& mark = out.push(numbers({unit.of(*value)}));
      mark.push(std::string(name) + "  " + seconds(*value));
    }
  }
  return out;
}

// A place on the curve that a limit asks for: by `at_s`, at least that share of jobs.
struct CurveLimit {
  double at_s = 0;
  double share = 1;
};

// Of limits that do not speak of the shape of this curve: nullopt.
std::optional<CurveLimit> curve_limit(const std::string& text, std::span<const ChartSide> sides) {
  const Result<record::Objective> read = record::parse_objective(text);
  const bool upper = read && (read->op == record::Op::Less || read->op == record::Op::LessEqual) &&
                     read->metric == record::Metric::Response && read->scope == record::Scope::Run;
  if (!upper) {
    return std::nullopt;
  }
  if (read->stat == record::Stat::Share) {
    return read->delta ? std::nullopt
                       : std::optional<CurveLimit>({read->argument, 1 - read->value});
  }
  if (read->stat != record::Stat::Quantile && read->stat != record::Stat::Max) {
    return std::nullopt;
  }
  const double share = read->stat == record::Stat::Max ? 1 : read->argument;
  if (!read->delta) {
    return CurveLimit{read->value, share};
  }
  // A delta allows so much more than the first side took.
  const std::optional<double> before =
      sides.size() > 1 ? response_of(sides[0])->quantile(share) : std::nullopt;
  if (!before) {
    return std::nullopt;
  }
  const double before_s = *before * kNs;
  return CurveLimit{read->unit == record::ValueUnit::Ratio ? before_s * (1 + read->value)
                                                           : before_s + read->value,
                    share};
}

// Limits inside what is drawn, as [x, share, text, tone]; texts of those outside go to `outside`.
json::Value curve_limits(std::span<const ChartLimit> limits, std::span<const ChartSide> sides,
                         double least_s, double most_s, const TimeUnit& unit,
                         std::vector<std::string>& outside) {
  json::Value out = json::Value::array();
  for (const ChartLimit& limit : limits) {
    const std::optional<CurveLimit> at = curve_limit(limit.text, sides);
    if (!at) {
      continue;
    }
    if (at->at_s > most_s * 1.5 || at->at_s < least_s * 0.5) {
      outside.push_back(limit.text);
      continue;
    }
    json::Value& row = out.push(numbers({unit.of(at->at_s), at->share}));
    row.push(limit.text);
    row.push(limit.tone == Tone::Good ? "good" : limit.tone == Tone::Bad ? "bad" : "warn");
  }
  return out;
}

std::string band_caption(std::span<const ChartSide> sides, bool any) {
  std::string out = "Each point: the share of jobs that were answered within that time.";
  if (any) {
    out += " The band holds each quantile with 95% confidence (order statistics).";
  }
  if (std::any_of(sides.begin(), sides.end(),
                  [](const ChartSide& side) { return !side.run->header.isolated; })) {
    out += " Jobs that share queues or limits depend on each other: no band is drawn for them.";
  }
  return out;
}

}  // namespace

TimeUnit time_unit(double most_s) {
  return most_s < 1e-3    ? TimeUnit{1e-6, "us"}
         : most_s < 1     ? TimeUnit{1e-3, "ms"}
         : most_s < 180   ? TimeUnit{1, "s"}
         : most_s < 10800 ? TimeUnit{60, "min"}
                          : TimeUnit{3600, "h"};
}

json::Value numbers(std::initializer_list<std::optional<double>> values) {
  json::Value out = json::Value::array();
  push_numbers(out, values);
  return out;
}

void push_numbers(json::Value& out, std::initializer_list<std::optional<double>> values) {
  for (const std::optional<double>& value : values) {
    if (!value || !std::isfinite(*value)) {
      out.push(json::Value());
      continue;
    }
    // Six digits are more than a drawing shows.
    const double size = std::fabs(*value);
    const double scale = size > 0 ? std::pow(10.0, 5 - std::floor(std::log10(size))) : 1;
    const double rounded = std::round(*value * scale) / scale;
    out.push(std::isfinite(rounded) ? rounded : *value);
  }
}

std::optional<Chart> distribution_chart(std::span<const ChartSide> all,
                                        std::span<const ChartLimit> limits) {
  std::vector<ChartSide> sides;
  double most = 0;
  double least = 1e300;
  for (const ChartSide& side : all) {
    if (const Histogram* histogram = response_of(side)) {
      sides.push_back(side);
      most = std::max(most, static_cast<double>(histogram->max()) * kNs);
      least = std::min(least, static_cast<double>(histogram->min()) * kNs);
    }
  }
  if (sides.empty()) {
    return std::nullopt;
  }
  const TimeUnit unit = time_unit(most);
  const bool log = least > 0 && most / least > 50;
  json::Value data = json::Value::object();
  data.set("kind", "distribution");
  data.set("x", std::string("response time, ") + unit.name);
  data.set("log", log);
  json::Value& series = data.set("series", json::Value::array());
  bool step = false;
  bool banded = false;
  for (const ChartSide& side : sides) {
    const Histogram& histogram = *response_of(side);
    json::Value each = json::Value::object();
    each.set("name", side.name);
    each.set("tone", side.tone);
    each.set("points", curve(histogram, unit));
    json::Value& ranges = each.set("band", json::Value::array());
    if (side.run->header.isolated) {
      ranges = band(histogram, unit);
      banded = banded || !ranges.items().empty();
    }
    step = step || histogram.count() <= kSteps;
    series.push(std::move(each));
  }
  data.set("step", step);
  if (sides.size() == 1) {
    data.set("marks", quantile_marks(sides[0].run->response_s, unit));
  }
  Chart out;
  out.title = sides.size() > 1 ? "Response times, before and after" : "Response times of all jobs";
  out.caption = band_caption(sides, banded);
  std::vector<std::string> outside;
  json::Value& walls = data.set("limits", curve_limits(limits, sides, least, most, unit, outside));
  if (!walls.items().empty()) {
    out.caption += " An upright line is an objective: the curve must pass over its top.";
  }
  if (!outside.empty()) {
    out.caption += " Too far off to be drawn: " + joined(outside, "; ") + ".";
  }
  out.table = quantile_table(sides);
  out.plots.push_back({"Line chart of the cumulative share of jobs by response time, from " +
                           seconds(least) + " to " + seconds(most),
                       std::move(data)});
  return out;
}

std::optional<Chart> difference_chart(const record::PairedDifferences& differences) {
  const std::vector<double>& values = differences.quantiles_s;
  if (values.size() < 6) {
    return std::nullopt;
  }
  const double most = std::max(std::fabs(values.front()), std::fabs(values.back()));
  if (most <= 0) {
    return std::nullopt;
  }
  const TimeUnit unit = time_unit(most);
  // Bins of one width, with an edge at zero, so that none is faster and slower.
  const int bins_wanted = std::clamp(
      static_cast<int>(std::lround(2 * std::cbrt(static_cast<double>(values.size())))), 8, 32);
  const double span = values.back() - values.front();
  const double width = std::max(span, most * 0.02) / bins_wanted;
  const auto bin_of = [&](double value) { return static_cast<int>(std::floor(value / width)); };
  const int first = bin_of(values.front());
  std::vector<std::size_t> bins(static_cast<std::size_t>(bin_of(values.back()) - first + 1));
  for (const double value : values) {
    ++bins[static_cast<std::size_t>(bin_of(value) - first)];
  }
  json::Value data = json::Value::object();
  data.set("kind", "differences");
  data.set("x", std::string("change of one job's response, ") + unit.name);
  json::Value& rows = data.set("bins", json::Value::array());
  Chart out;
  out.table.title = "Pairs of jobs by the change of their response";
  out.table.columns = {{"change from", true, 0}, {"to", true, 0}, {"share of pairs", true, 0}};
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const double from = (first + static_cast<int>(i)) * width;
    const double share = static_cast<double>(bins[i]) / static_cast<double>(values.size());
    json::Value& row = rows.push(numbers({unit.of(from), unit.of(from + width), share}));
    row.push(first + static_cast<int>(i) < 0 ? "faster" : "slower");
    if (bins[i] > 0) {
      out.table.rows.push_back(
          {{seconds(from)}, {seconds(from + width)}, {percent(share), Tone::Plain, share}});
    }
  }
  out.title = "The same job, after − before";
  out.caption = count(differences.pairs) +
                " pairs of jobs with the same luck: " + count(differences.faster) + " faster, " +
                count(differences.slower) + " slower, " +
                count(differences.pairs - differences.faster - differences.slower) + " equal.";
  out.plots.push_back({"Histogram of the change of response time from pair to pair: " + out.caption,
                       std::move(data)});
  return out;
}

}  // namespace rehearse::reports
