#include "reports/plan_tables.hpp"

#include <cmath>

#include "reports/figures.hpp"

namespace rehearse::reports {
namespace {

std::string times(double factor) {
  return factor < 2 ? "+" + percent(factor - 1) : "× " + number(factor);
}

std::string amount(double value, const std::string& unit) {
  return (value < 1e15 && value == std::floor(value) ? count(static_cast<std::uint64_t>(value))
                                                     : number(value)) +
         " " + unit;
}

Text share(double value) {
  return {percent(value), value >= 0.9 ? Tone::Bad : value >= 0.7 ? Tone::Warn : Tone::Plain};
}

std::string optional_usd(const std::optional<double>& value) { return value ? usd(*value) : "–"; }

}  // namespace

Table headroom_table(const record::CapacityPlan& plan) {
  Table out;
  out.title = "Headroom over " + plan.headroom_of;
  out.columns = {{"load", false, 0},
                 {"", true, 0},
                 {"objectives", false, 0},
                 {"fullest", false, 1},
                 {"used", true, 1}};
  for (const record::HeadroomRow& row : plan.headroom) {
    Text state{"inside", Tone::Good};
    if (row.growing) {
      state = {"saturated" + std::string(row.broken.empty() ? "" : "; ") + joined(row.broken, "; "),
               Tone::Bad};
    } else if (!row.broken.empty()) {
      state = {"breaks " + joined(row.broken, "; "), Tone::Bad};
    }
    out.rows.push_back({{times(row.factor), Tone::Strong},
                        {load_text(plan.headroom_axis, row.load)},
                        state,
                        {row.binds},
                        row.binds.empty() ? Text{""} : share(row.binds_share)});
  }
  return out;
}

Table target_table(const record::CapacityTarget& target) {
  Table out;
  out.title = "What " + load_text(target.axis, target.load) + " takes";
  out.columns = {{"", false, 0}, {"has", true, 0}, {"needs", true, 0}, {"used then", true, 1}};
  for (const record::CapacityNeed& need : target.needs) {
    const bool more = need.needs > need.has;
    out.rows.push_back(
        {{need.name, Tone::Strong},
         {amount(need.has, need.unit)},
         {more ? amount(need.needs, need.unit) : "enough", more ? Tone::Warn : Tone::Good},
         share(need.utilisation)});
  }
  if (!target.met) {
    out.rows.push_back({{target.why, Tone::Bad}, {""}, {""}, {""}});
    return out;
  }
  out.notes.push_back({{target.already ? "It is carried as it is. "
                                       : "With that, a play of it is inside all objectives. "},
                       {"Provider calls cost " + usd(target.calls_usd_a_month) + " a month" +
                        (target.machines_usd_a_month > 0
                             ? ", machines " + usd(target.machines_usd_a_month) + " a month"
                             : "")}});
  return out;
}

Table money_table(const record::CapacityPlan& plan) {
  Table out;
  out.title = "What variants cost, and when they pay";
  const std::string axis = plan.money_axis.empty() ? "rate" : plan.money_axis;
  out.columns = {{"variant", false, 0},      {"once", true, 3},        {"a month", true, 0},
                 {"calls a job", true, 2},   {"carries", true, 0},     {"lost", true, 4},
                 {"calls a month", true, 3}, {"net a month", true, 1}, {"", false, 0}};
  for (const record::VariantMoney& row : plan.money) {
    const bool base = &row == &plan.money.front();
    out.rows.push_back({{row.name, Tone::Strong},
                        {row.once_usd > 0 ? usd(row.once_usd) : ""},
                        {row.monthly_usd > 0 ? usd(row.monthly_usd) : ""},
                        {usd(row.cost_usd)},
                        {row.capacity_end == "found"       ? load_text(axis, row.capacity)
                         : row.capacity_end == "unbounded" ? "any load"
                                                           : "no load",
                         row.capacity_end == "none" ? Tone::Bad : Tone::Plain},
                        {percent(1 - row.done_share)},
                        {optional_usd(row.calls_usd_a_month)},
                        {optional_usd(row.net_usd_a_month)},
                        {base ? "" : row.verdict, Tone::Dim}});
  }
  if (plan.volume_a_month) {
    out.notes.push_back({{"At " + count(static_cast<std::uint64_t>(*plan.volume_a_month)) +
                          " jobs a month, a finished one worth " + usd(plan.value_per_job_usd) +
                          "; net is against the base"}});
  } else if (!plan.money.empty()) {
    out.notes.push_back(
        {{"The scenario says no volume: --volume 1000/day and --value-per-job say what "
          "a month brings"}});
  }
  return out;
}

Table objective_table(const record::CapacityKnee& knee) {
  Table out;
  out.title = "Objectives at the largest " +
              std::string(knee.axis == "users" ? "number of users" : "arrival rate");
  out.columns = {
      {"objective", false, 0}, {"nobody waits", true, 1}, {"there", true, 0}, {"", false, 0}};
  for (const record::CapacityObjective& each : knee.objectives) {
    const auto value = [&](const std::optional<double>& read) {
      return read ? in_unit(*read, each.unit) : std::string("–");
    };
    const bool never = each.role == "never_met";
    out.rows.push_back({{each.text + (each.level == "implied" ? " (implied)" : ""), Tone::Strong},
                        {value(each.unloaded)},
                        {value(each.at_knee)},
                        {each.role == "binds"   ? "breaks first"
                         : each.role == "holds" ? "holds"
                         : each.role == "asked" ? "asks for more load: no bound"
                         : never                ? "met by no load"
                                                : "not judged: " + each.why,
                         each.role == "binds" ? Tone::Warn
                         : never              ? Tone::Bad
                                              : Tone::Dim}});
  }
  return out;
}

std::string next_binder(const record::CapacityKnee& knee) {
  return knee.ladder.empty() ? "" : knee.ladder.front().binds;
}

Table ladder_table(const record::CapacityKnee& knee) {
  Table out;
  out.title = "What binds next, " + std::string(knee.axis == "users" ? "users" : "arrivals");
  out.columns = {{"with plenty of", false, 0},
                 {"carries", true, 0},
                 {"95%", true, 2},
                 {"breaks then", false, 1},
                 {"by", false, 0},
                 {"used", true, 1},
                 {"takes, of what was lifted", false, 1}};
  for (const record::CapacityRung& rung : knee.ladder) {
    std::vector<std::string> needs;
    for (const record::CapacityNeed& need : rung.needs) {
      needs.push_back(amount(need.has, "") + "→ " + amount(need.needs, need.unit));
    }
    const bool found = rung.end == "found";
    const bool law = rung.end == "law";
    out.rows.push_back(
        {{(out.rows.empty() ? "" : "… and of ") + rung.lifted, Tone::Strong},
         {found || rung.load > 0 ? load_text(knee.axis, rung.load) : "any load"},
         {found ? load_text(knee.axis, rung.low) + " … " + load_text(knee.axis, rung.high)
          : law ? "not played"
                : ""},
         {found ? rung.objective
          : law ? "full"
                : "nothing up to there"},
         {found && rung.binds.empty() ? rung.evidence : rung.binds,
          rung.binds.empty() ? Tone::Warn : Tone::Strong},
         rung.binds.empty() ? Text{""} : share(rung.binds_share),
         {joined(needs, "; ")}});
  }
  const bool any_law = std::any_of(knee.ladder.begin(), knee.ladder.end(),
                                   [](const auto& rung) { return rung.end == "law"; });
  if (any_law) {
    out.notes.push_back(
        {{"not played: by the utilisation law, where too many jobs are inside at once"}});
  }
  return out;
}

Table limit_table(const record::CapacityKnee& knee) {
  Table out;
  out.title = "What runs out, fullest first, at the largest " +
              std::string(knee.axis == "users" ? "number of users" : "arrival rate");
  out.columns = {{"", false, 0},           {"has", true, 0},     {"used", true, 0},
                 {"a job needs", true, 2}, {"full at", true, 1}, {"refused", true, 3}};
  for (const record::CapacityLimit& limit : knee.limits) {
    if (out.rows.size() == 12) {
      out.notes.push_back({{plural(knee.limits.size() - 12, "more") + " are less full"}});
      break;
    }
    const bool time = limit.kind != "limit" || limit.unit == "calls at once";
    out.rows.push_back(
        {{limit.name, Tone::Strong},
         {amount(limit.has, limit.unit)},
         share(limit.utilisation),
         {time ? seconds(limit.demand) : number(limit.demand)},
         {std::isfinite(limit.bound_per_s) ? number(limit.bound_per_s) + " jobs/s" : "–"},
         {limit.refused > 0 ? count(limit.refused) : ""}});
  }
  return out;
}

}  // namespace rehearse::reports
