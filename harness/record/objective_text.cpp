#include <array>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/record/objective.hpp"
#include "harness/record/objective_words.hpp"

namespace rehearse::record {
namespace {

std::string value_text(double value, ValueUnit unit) {
  switch (unit) {
    case ValueUnit::Seconds:
      return number_text(value) + "s";
    case ValueUnit::Usd:
      return number_text(value) + " USD";
    case ValueUnit::Ratio:
      return number_text(value * 100) + "%";
    case ValueUnit::Megabytes:
      return number_text(value) + " MB";
    case ValueUnit::PerSecond:
      return number_text(value) + "/s";
    case ValueUnit::Number:
      break;
  }
  return number_text(value);
}

std::string stat_text(const Objective& objective) {
  switch (objective.stat) {
    case Stat::Quantile:
      return "p(" + number_text(std::round(objective.argument * 1e10) / 1e8) + ")";
    case Stat::Mean:
      return "mean";
    case Stat::Min:
      return "min";
    case Stat::Max:
      return "max";
    case Stat::Total:
      return "total";
    case Stat::Rate:
      return "rate";
    case Stat::Share: {
      Objective plain = objective;
      plain.stat = Stat::Mean;
      return "share(>" + value_text(objective.argument, unit_of(plain)) + ")";
    }
  }
  return "";
}

}  // namespace

std::string objective_text(const Objective& objective) {
  static constexpr std::array<std::string_view, 4> kOps{"<", "<=", ">", ">="};
  static constexpr std::array<std::string_view, 4> kScopes{"", "stage", "task", "resource"};
  std::string out = objective.delta ? "delta(" : "";
  const std::string metric(metric_name(objective.metric));
  const bool bare = is_scalar(objective.metric) && objective.stat == Stat::Rate;
  out += bare ? metric : stat_text(objective) + " of " + metric;
  if (objective.scope != Scope::Run) {
    out += " of ";
    out += kScopes[static_cast<std::size_t>(objective.scope)];
    out += " " + objective.name;
  }
  out += objective.delta ? ") " : " ";
  out += kOps[static_cast<std::size_t>(objective.op)];
  return out + " " + value_text(objective.value, objective.unit);
}

bool holds(double value, Op op, double limit) {
  switch (op) {
    case Op::Less:
      return value < limit;
    case Op::LessEqual:
      return value <= limit;
    case Op::Greater:
      return value > limit;
    case Op::GreaterEqual:
      return value >= limit;
  }
  return false;
}

}  // namespace rehearse::record
