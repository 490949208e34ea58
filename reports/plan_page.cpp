#include <algorithm>
#include <cmath>

#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"
#include "reports/plan_tables.hpp"

namespace rehearse::reports {
namespace {

using record::CapacityKnee;
using record::CapacityPlan;
using record::CapacitySpan;
using record::CapacityTarget;

bool found(const CapacityKnee& knee) { return knee.end == "found"; }

// The room above today's load, as a share of it.
std::optional<double> room_of(const CapacityPlan& plan) {
  for (const CapacityKnee& knee : plan.knees) {
    if (knee.axis == "rate" && found(knee) && plan.today_per_s && *plan.today_per_s > 0) {
      return knee.load / *plan.today_per_s - 1;
    }
  }
  return std::nullopt;
}

bool is_inside(const CapacitySpan& span) {
  return !span.point.growing &&
         std::none_of(span.objectives.begin(), span.objectives.end(),
                      [](const record::CapacityObjective& each) { return each.role == "binds"; });
}

// The load that was asked about decides, else the target, else the room above today's load.
Text plan_verdict(const CapacityPlan& plan) {
  if (plan.span) {
    return plan.span->point.growing ? Text{"SATURATED", Tone::Bad}
           : is_inside(*plan.span)  ? Text{"INSIDE THE OBJECTIVES", Tone::Good}
                                    : Text{"OUTSIDE THE OBJECTIVES", Tone::Bad};
  }
  if (plan.target) {
    return !plan.target->met      ? Text{"OUT OF REACH", Tone::Bad}
           : plan.target->already ? Text{"CARRIED AS IT IS", Tone::Good}
                                  : Text{"NEEDS MORE", Tone::Warn};
  }
  if (const auto room = room_of(plan)) {
    return *room >= 0 ? Text{"ROOM FOR " + percent(*room) + " MORE", Tone::Good}
                      : Text{percent(-*room) + " TOO MUCH LOAD TODAY", Tone::Bad};
  }
  if (plan.knees.empty()) {
    return {"NO LOAD WAS LOOKED FOR", Tone::Warn};
  }
  const CapacityKnee& knee = plan.knees.front();
  return found(knee)               ? Text{"LARGEST LOAD FOUND", Tone::Strong}
         : knee.end == "unbounded" ? Text{"NO LARGEST LOAD", Tone::Strong}
                                   : Text{"NO LOAD IS INSIDE", Tone::Bad};
}

std::string needs_text(const CapacityTarget& target) {
  std::vector<std::string> out;
  for (const record::CapacityNeed& need : target.needs) {
    if (need.needs > need.has) {
      out.push_back(need.name + " " + number(need.has) + " → " + number(need.needs) + " " +
                    need.unit);
    }
  }
  return joined(out, "; ");
}

std::string knee_headline(const CapacityKnee& knee) {
  if (!found(knee)) {
    return knee.end == "unbounded" ? sentence(knee.note.empty() ? "no objective breaks" : knee.note)
                                   : sentence(knee.note.empty() ? "no load is inside" : knee.note);
  }
  std::string out = "Up to " + load_text(knee.axis, knee.load) +
                    " stays inside all objectives; beyond it " + knee.objective + " breaks";
  return out + (knee.binds.empty()
                    ? "."
                    : " (" + knee.binds + ": " + percent(knee.binds_share) + " used).");
}

std::string plan_headline(const CapacityPlan& plan) {
  if (plan.span) {
    const CapacitySpan& span = *plan.span;
    return load_text("rate", span.load) + " for " + seconds(span.length_s) +
           (span.point.growing
                ? ": the backlog grows without bound."
                : ": p95 " + seconds(span.p95_s) + ", " + percent(1 - span.point.done_share) +
                      " lost, " + usd(span.point.cost_usd * span.jobs) + ".");
  }
  if (plan.target) {
    const std::string load = load_text(plan.target->axis, plan.target->load);
    return !plan.target->met      ? load + ": " + plan.target->why + "."
           : plan.target->already ? load + " is carried as it is."
                                  : load + " takes " + needs_text(*plan.target) + ".";
  }
  return plan.knees.empty() ? "" : knee_headline(plan.knees.front());
}

std::vector<KeyFigure> plan_figures(const CapacityPlan& plan) {
  std::vector<KeyFigure> out;
  for (const CapacityKnee& knee : plan.knees) {
    if (found(knee)) {
      out.push_back({knee.axis == "users" ? "users, at most" : "arrivals, at most",
                     load_text(knee.axis, knee.load),
                     knee.low < knee.high ? "95%: " + load_text(knee.axis, knee.low) + " … " +
                                                load_text(knee.axis, knee.high)
                                          : "exactly, in " + plural(knee.probes, "probe")});
    }
  }
  if (const auto room = room_of(plan)) {
    out.push_back(
        {"today's load", load_text("rate", *plan.today_per_s),
         *room >= 0 ? "room for " + percent(*room) + " more" : percent(-*room) + " too much",
         *room >= 0 ? Tone::Good : Tone::Bad});
  }
  for (const CapacityKnee& knee : plan.knees) {
    if (found(knee) && &knee == &plan.knees.front()) {
      if (!knee.binds.empty()) {
        out.push_back({"what binds", knee.binds, percent(knee.binds_share) + " used there"});
      }
      if (const std::string next = next_binder(knee); !next.empty()) {
        out.push_back(
            {"what binds next", next, "at " + load_text(knee.axis, knee.ladder.front().load)});
      }
    }
  }
  if (plan.target && plan.target->met && plan.target->calls_usd_a_month > 0) {
    out.push_back({"calls at the target", usd(plan.target->calls_usd_a_month), "a month"});
  }
  return out;
}

void add_plan_section(Page& page, const char* id, const char* title,
                      std::vector<PageBlock> blocks) {
  if (!blocks.empty()) {
    page.sections.push_back({id, title, std::move(blocks)});
  }
}

void add_table(std::vector<PageBlock>& blocks, Table table) {
  if (!table.rows.empty()) {
    blocks.emplace_back(std::move(table));
  }
}

}  // namespace

Page plan_page(const CapacityPlan& plan) {
  const Document document = plan_document(plan);
  Page out;
  out.kicker = "rehearse · capacity plan";
  out.title = plan.scenario;
  out.verdict = plan_verdict(plan);
  out.headline = plan_headline(plan);
  out.figures = plan_figures(plan);
  auto head = std::get<Paragraph>(document.blocks.front());
  head.lines.resize(1);
  for (const CapacityKnee& knee : plan.knees) {
    const bool said = &knee == &plan.knees.front() && !plan.span && !plan.target;
    if (!said) {
      out.more.lines.push_back({{knee_headline(knee)}});
    }
    if (found(knee) && !knee.evidence.empty()) {
      out.more.lines.push_back(
          {{(knee.axis == "users" ? "users: " : "arrivals: "), Tone::Strong}, {knee.evidence}});
    }
  }
  for (Line& line : plan_notes(plan).lines) {
    out.more.lines.push_back(std::move(line));
  }
  out.subtitle = without_title(std::move(head), out.title);
  std::vector<PageBlock> asked, load, limits, ladder, headroom, money;
  if (plan.span) {
    asked.emplace_back(std::get<Paragraph>(document.blocks[1]));
  }
  if (plan.target) {
    add_table(asked, target_table(*plan.target));
  }
  for (const CapacityKnee& knee : plan.knees) {
    if (auto chart = load_chart(knee, plan.today_per_s)) {
      load.emplace_back(std::move(*chart));
    }
    add_table(load, objective_table(knee));
    Table table = limit_table(knee);
    auto chart = table.rows.empty() ? std::optional<Chart>() : limits_chart(knee, table);
    if (chart) {
      limits.emplace_back(std::move(*chart));
    } else {
      add_table(limits, std::move(table));
    }
    add_table(ladder, ladder_table(knee));
  }
  add_table(headroom, headroom_table(plan));
  add_table(money, money_table(plan));
  add_plan_section(out, "asked", "What was asked", std::move(asked));
  add_plan_section(out, "load", "Load against objectives", std::move(load));
  add_plan_section(out, "limits", "What runs out", std::move(limits));
  add_plan_section(out, "next", "What binds next", std::move(ladder));
  add_plan_section(out, "headroom", "Headroom", std::move(headroom));
  add_plan_section(out, "money", "Money", std::move(money));
  return out;
}

}  // namespace rehearse::reports
