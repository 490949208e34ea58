#include "harness/study/target.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/record/objective_words.hpp"

namespace rehearse::study {
namespace {

using record::Metric;
using record::Op;

bool wants_more(const record::Objective& what) {
  return what.op == Op::Greater || what.op == Op::GreaterEqual;
}

// Grows with the load as long as jobs are done at all.
bool is_asked(const record::Objective& what) {
  return wants_more(what) &&
         (what.metric == Metric::Throughput || what.metric == Metric::Goodput ||
          what.metric == Metric::Utilisation || what.stat == record::Stat::Total);
}

bool is_time(const record::Objective& what) {
  return record::unit_of(what) == record::ValueUnit::Seconds && what.stat != record::Stat::Share;
}

std::string unreadable(const record::Objective& what) {
  switch (what.metric) {
    case Metric::Makespan:
      return "of a batch: a steady load has no end";
    case Metric::MemoryPeak:
    case Metric::MemorySlope:
      return "memory is measured of a real program alone";
    case Metric::MonthlyCost:
      return "a month's money is in the table of variants";
    default:
      return what.delta ? "speaks of a change" : "";
  }
}

Target make_target(const record::Objective& what, std::string level) {
  Target out;
  out.what = what;
  out.text = record::objective_text(what);
  out.level = std::move(level);
  out.why = unreadable(what);
  out.role = !out.why.empty() ? Target::Role::Unread
             : is_asked(what) ? Target::Role::Asked
                              : Target::Role::Bound;
  return out;
}

// Its value is the busy share of the fullest slots that jobs wait for (Probe::saturation).
Target backlog_target() {
  Target out;
  out.what.stat = record::Stat::Mean;
  out.what.metric = Metric::Utilisation;
  out.what.op = Op::LessEqual;
  out.what.value = 1;
  out.text = "a backlog that does not grow";
  out.level = "implied";
  out.implied = out.backlog = true;
  return out;
}

}  // namespace

Result<std::vector<Target>> targets_of(const scenarios::Scenario& scenario,
                                       const std::vector<std::string>& given, double errors) {
  std::vector<Target> out;
  const auto add = [&](Target target) {
    const auto same = [&](const Target& other) { return other.text == target.text; };
    if (std::none_of(out.begin(), out.end(), same)) {
      out.push_back(std::move(target));
    }
  };
  for (const std::string& text : given) {
    const Result<record::Objective> read = record::parse_objective(text);
    if (!read) {
      return Error{"--objective", read.error().text()};
    }
    add(make_target(*read, "given"));
  }
  for (const scenarios::Objective& objective : scenario.objectives) {
    if (!objective.on.empty() && objective.on != scenario.workload.name) {
      continue;
    }
    const Result<record::Objective> read = record::parse_objective(objective.text);
    if (!read) {
      return read.errors();
    }
    add(make_target(*read, objective.level));
  }
  const bool spoken = std::any_of(out.begin(), out.end(), [](const Target& target) {
    return target.what.metric == Metric::Errors && target.what.scope == record::Scope::Run;
  });
  if (!spoken) {
    const Result<record::Objective> implied =
        record::parse_objective("errors < " + number_text(errors * 100) + "%");
    Target target = make_target(implied.value(), "implied");
    target.implied = true;
    add(std::move(target));
  }
  out.push_back(backlog_target());
  return out;
}

double margin(const Target& target, double value) {
  const double limit = target.what.value;
  if (std::isnan(value)) {
    return kFarMargin;
  }
  if (std::isinf(value)) {
    return wants_more(target.what) ? kFarMargin : -1;
  }
  if (wants_more(target.what)) {
    return std::clamp(limit > 0 ? value / limit - 1 : kFarMargin, -kFarMargin, kFarMargin);
  }
  if (!(value > 0)) {
    return limit > 0 ? kFarMargin : 0;
  }
  if (!(limit > 0)) {
    return -kFarMargin;
  }
  if (is_time(target.what)) {
    return std::clamp(limit / value - 1, -1.0, kFarMargin);
  }
  return std::clamp(std::log(limit / value), -kFarMargin, kFarMargin);
}

double linear_margin(const Target& target, double value) {
  const double limit = target.what.value;
  if (wants_more(target.what) || is_time(target.what) || !(limit > 0) || !std::isfinite(value)) {
    return margin(target, value);
  }
  return 1 - std::max(value, 0.0) / limit;
}

std::optional<double> value_of(const Target& target, const record::RunPoint& point) {
  if (target.role == Target::Role::Unread || target.backlog) {
    return std::nullopt;
  }
  // Spread: searches tell runs apart that differ by less than a bucket.
  return record::judge(target.what, point, record::QuantileRead::Spread).value;
}

Tightest tightest(std::span<const Target> targets, std::span<const std::optional<double>> values) {
  Tightest out;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (targets[i].role == Target::Role::Bound && values[i]) {
      const double found = margin(targets[i], *values[i]);
      if (found < out.margin) {
        out = {found, i};
      }
    }
  }
  return out;
}

}  // namespace rehearse::study
