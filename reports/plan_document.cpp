#include <cmath>

#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/plan_tables.hpp"

namespace rehearse::reports {
namespace {

using record::CapacityKnee;
using record::CapacityPlan;

Line knee_line(const CapacityKnee& knee) {
  const bool rate = knee.axis == "rate";
  const std::string what = rate ? "Arrivals: " : "Users: ";
  if (knee.end == "found") {
    return {{what + load_text(knee.axis, knee.load), Tone::Strong},
            {" is the most inside all objectives (95% interval " + load_text(knee.axis, knee.low) +
             " … " + load_text(knee.axis, knee.high) + "; " + plural(knee.probes, "probe") + ")"}};
  }
  if (knee.end == "unbounded") {
    return {{what + "no largest load", Tone::Strong},
            {knee.note.empty() ? "; no objective breaks up to " + load_text(knee.axis, knee.load)
                               : ": " + knee.note}};
  }
  return {{what + "no load is inside the objectives", Tone::Bad},
          {knee.note.empty() ? "" : ": " + knee.note}};
}

void add_reasons(const CapacityKnee& knee, Paragraph& out) {
  if (knee.end != "found") {
    return;
  }
  out.lines.push_back({{"  beyond it breaks "}, {knee.objective, Tone::Strong}});
  if (knee.binds.empty()) {
    out.lines.push_back({{"  what binds: "}, {knee.evidence, Tone::Warn}});
  } else {
    out.lines.push_back({{"  what binds: "},
                         {knee.binds, Tone::Strong},
                         {", " + percent(knee.binds_share) + " used; " + knee.evidence}});
    if (const std::string next = next_binder(knee); !next.empty()) {
      out.lines.push_back({{"  with plenty of it, "},
                           {next, Tone::Strong},
                           {" binds next, at " + load_text(knee.axis, knee.ladder.front().load)}});
    }
  }
  if (!knee.note.empty()) {
    out.lines.push_back({{"  " + knee.note, Tone::Warn}});
  }
}

// The same knee over HTTP.
Line check_line(const record::CapacityCheck& check) {
  const std::string speed = "  over HTTP at speed " + number(check.speed) + ": ";
  const std::string note = check.note.empty() ? "" : "; " + check.note;
  if (!check.found) {
    return {{speed}, {"not found", Tone::Warn}, {note}};
  }
  const std::string knee = speed + load_text(check.axis, check.load) + " (" +
                           load_text(check.axis, check.low) + " … " +
                           load_text(check.axis, check.high) + "), ";
  const std::string runs = " in each of " + count(check.replications) + " replications";
  const std::string jobs = "the same " + count(check.jobs) + " jobs in virtual time" + note;
  if (!check.unsure && check.difference == 0) {
    return {{knee}, {"as large", Tone::Good}, {runs + " as with " + jobs}};
  }
  const std::string off = percent(std::abs(check.difference));
  const std::string sure = check.unsure ? " (± " + percent(*check.unsure) + ")" : runs;
  const bool close = std::abs(check.difference) <= 0.05;
  return {{knee},
          {off + (check.difference < 0 ? " less" : " more"), close ? Tone::Good : Tone::Warn},
          {sure + " than with " + jobs}};
}

Paragraph head(const CapacityPlan& plan) {
  Paragraph out;
  out.lines.push_back({{plan.scenario, Tone::Strong},
                       {" · plan · workload " + plan.workload + " · " +
                        (plan.variants.empty() ? std::string("base") : joined(plan.variants, "+")) +
                        " · " + plan.against + " · seed " + std::to_string(plan.seed)}});
  for (const CapacityKnee& knee : plan.knees) {
    out.lines.push_back(knee_line(knee));
    add_reasons(knee, out);
    for (const record::CapacityCheck& check : plan.checks) {
      if (check.axis == knee.axis) {
        out.lines.push_back(check_line(check));
      }
    }
    if (knee.axis == "rate" && plan.today_per_s && knee.end == "found") {
      const double room = knee.load / *plan.today_per_s - 1;
      out.lines.push_back({{"  today's load (" + plan.today_source + ") is " +
                            load_text("rate", *plan.today_per_s) + ": "},
                           {room >= 9   ? "room for " + number(room + 1) + " times as much"
                            : room >= 0 ? "room for " + percent(room) + " more"
                                        : "already " + percent(-room) + " too much",
                            room >= 0 ? Tone::Good : Tone::Bad}});
    }
  }
  for (Line& line : plan_notes(plan).lines) {
    out.lines.push_back(std::move(line));
  }
  return out;
}

// " (1.2 s … 1.4 s)"; nothing where it is not known.
template <typename Words>
std::string between(const std::optional<stats::Interval>& interval, Words&& words) {
  return interval ? " (" + words(interval->low) + " … " + words(interval->high) + ")" : "";
}

std::optional<stats::Interval> turned(std::optional<stats::Interval> interval) {
  if (interval) {
    std::swap(interval->low, interval->high);
  }
  return interval;
}

Paragraph span_head(const record::CapacitySpan& span) {
  Paragraph out;
  const bool inside = std::none_of(span.objectives.begin(), span.objectives.end(),
                                   [](const auto& each) { return each.role == "binds"; });
  out.lines.push_back({{load_text("rate", span.load) + " for " + seconds(span.length_s) + ", " +
                            count(static_cast<std::uint64_t>(span.jobs)) + " jobs: ",
                        Tone::Strong},
                       {span.point.growing ? "saturated, the backlog grows without bound"
                        : inside           ? "inside the objectives"
                                           : "outside the objectives",
                        span.point.growing || !inside ? Tone::Bad : Tone::Good}});
  const auto time = [](double s) { return seconds(s); };
  out.lines.push_back({{"  p50 " + seconds(span.p50_s) + between(span.p50_interval_s, time) +
                        "  p95 " + seconds(span.p95_s) + between(span.p95_interval_s, time) +
                        "  p99 " + seconds(span.p99_s) + between(span.p99_interval_s, time)}});
  const auto lost = [](double done) { return percent(1 - done); };
  const auto bill = [&](double each) { return usd(each * span.jobs); };
  out.lines.push_back({{"  lost " + percent(1 - span.point.done_share) +
                        between(turned(span.done_share_interval), lost) + "  cost " +
                        bill(span.point.cost_usd) + between(span.cost_interval_usd, bill)}});
  for (const record::CapacityObjective& each : span.objectives) {
    if (each.at_knee && each.role == "binds") {
      out.lines.push_back({{"  broken: ", Tone::Bad},
                           {each.text + " (" + in_unit(*each.at_knee, each.unit) + ")"}});
    }
  }
  out.lines.push_back({{"  " + span.method + ": ", Tone::Strong},
                       {span.explanation + " (" + count(span.jobs_played) + " jobs played)"}});
  return out;
}

}  // namespace

std::string load_text(const std::string& axis, double load) {
  if (axis == "users") {
    return count(static_cast<std::uint64_t>(std::max(load, 0.0))) + " users";
  }
  return per_time(load);
}

Paragraph plan_notes(const CapacityPlan& plan) {
  Paragraph out;
  if (!plan.knees.empty()) {
    for (const record::CapacityObjective& each : plan.knees.front().objectives) {
      if (each.role == "never_met") {
        out.lines.push_back({{"No load meets " + each.text, Tone::Bad},
                             {": it is " + in_unit(each.unloaded.value_or(0), each.unit) +
                              " even where nobody waits, and is left out of the above"}});
      }
    }
  }
  for (const std::string& note : plan.notes) {
    out.lines.push_back({{note, Tone::Dim}});
  }
  return out;
}

Document plan_document(const CapacityPlan& plan) {
  Document out;
  out.title = plan.scenario + ": plan";
  out.blocks.push_back(head(plan));
  if (plan.span) {
    out.blocks.push_back(span_head(*plan.span));
  }
  const auto add = [&](Table table) {
    if (!table.rows.empty()) {
      out.blocks.push_back(std::move(table));
    }
  };
  if (plan.target) {
    add(target_table(*plan.target));
  }
  add(headroom_table(plan));
  add(money_table(plan));
  for (const CapacityKnee& knee : plan.knees) {
    add(objective_table(knee));
    add(limit_table(knee));
    add(ladder_table(knee));
  }
  return out;
}

}  // namespace rehearse::reports
