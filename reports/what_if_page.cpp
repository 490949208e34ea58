#include <algorithm>
#include <cmath>
#include <utility>

#include "reports/chart_bridge.hpp"
#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/pages.hpp"

namespace rehearse::reports {
namespace {

using record::PlayerWorth;
using record::SpeedUp;
using record::WhatIf;
using record::Worth;

constexpr std::size_t kMostSteps = 24;
constexpr std::size_t kMostSpeedUps = 6;

double at(const record::Worths& worths, Worth worth) {
  const auto place = static_cast<std::size_t>(worth);
  return place < worths.size() ? worths[place] : NAN;
}

// What takes the p50 from before to after: each variant's Shapley share, one after the other, so
// that the last step ends at what all of them leave.
std::optional<Chart> bridge_chart(const WhatIf& study, const Table& table) {
  const double before = at(study.before, Worth::P50);
  const double after = at(study.after, Worth::P50);
  if (study.players.empty() || !(before > 0)) {
    return std::nullopt;
  }
  Bridge bridge(std::max(before, after));
  bridge.pier("before", before, "plain");
  double rest = 0;
  std::size_t merged = 0;
  for (std::size_t i = 0; i < study.players.size(); ++i) {
    const double share = study.players[i].shapley[0].value;
    if (i >= kMostSteps || std::fabs(share) < before * 5e-4) {
      rest += share;
      ++merged;
      continue;
    }
    bridge.step(study.players[i].name, bridge.level_s() - share, share);
  }
  if (merged > 0) {
    bridge.step(plural(merged, "other"), bridge.level_s() - rest, rest,
                std::fabs(rest) < before * 5e-4 ? "about nothing" : "");
  }
  bridge.pier("after all", after, "main");
  Chart out;
  out.title = "From before to after";
  out.caption =
      "Each step: a variant's fair share of the saving (Shapley: its mean over all orders in "
      "which the variants could be built).";
  out.table = table;
  out.plots.push_back(std::move(bridge).plot("Bridge from " + seconds(before) + " before to " +
                                             seconds(after) + " after, one step a variant"));
  return out;
}

std::vector<const SpeedUp*> curves_of(const WhatIf& study, const std::string& kind) {
  std::vector<const SpeedUp*> out;
  for (const SpeedUp& curve : study.speed_ups) {
    if (curve.kind == kind && !curve.saved_s.empty()) {
      out.push_back(&curve);
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const SpeedUp* a, const SpeedUp* b) {
    return a->saved_s.back() > b->saved_s.back();
  });
  return out;
}

// What the p50 would lose were a stage, provider or resource faster or larger.
std::optional<Chart> speed_up_chart(const WhatIf& study, const std::string& kind,
                                    const Table& table) {
  std::vector<const SpeedUp*> curves = curves_of(study, kind);
  if (curves.empty() || !(curves.front()->saved_s.back() > 0)) {
    return std::nullopt;
  }
  const TimeUnit unit = time_unit(curves.front()->saved_s.back());
  const std::size_t all = curves.size();
  const double least = curves.front()->saved_s.back() * 0.02;
  curves.erase(std::find_if(curves.begin(), curves.end(),
                            [&](const SpeedUp* curve) { return curve->saved_s.back() < least; }),
               curves.end());
  curves.resize(std::min(curves.size(), kMostSpeedUps));
  json::Value data = json::Value::object();
  data.set("kind", "lines");
  const bool slots = kind == "resource";
  data.set("x", slots ? "times as many slots" : "how much faster the " + kind + " is");
  data.set("y", std::string("p50 saved, ") + unit.name);
  data.set("height", 240);
  if (!slots) {
    data.set("x_format", ".0%");
  }
  json::Value& series = data.set("series", json::Value::array());
  for (const SpeedUp* curve : curves) {
    json::Value& each = series.push(json::Value::object());
    each.set("name", curve->name);
    json::Value& points = each.set("points", json::Value::array());
    for (std::size_t i = 0; i < curve->steps.size() && i < curve->saved_s.size(); ++i) {
      points.push(numbers({curve->steps[i], unit.of(curve->saved_s[i])}));
    }
  }
  Chart out;
  out.title = table.title;
  out.caption = "Each line: the same jobs with the same luck, one " + kind +
                (slots ? " with more slots." : " faster by so much.") +
                " Where a line goes flat, something else holds the jobs up.";
  if (curves.size() < all) {
    out.caption += " Drawn: the " + count(curves.size()) + " of " + count(all) +
                   " that bring most; the table has the rest.";
  }
  out.table = table;
  out.table_open = true;
  out.plots.push_back({"Curves of the p50 saved by a faster " + kind, std::move(data)});
  return out;
}

KeyFigure figure_of(const WhatIf& study, Worth worth, const char* label) {
  const double before = at(study.before, worth);
  const double after = at(study.after, worth);
  const double ratio = before > 0 ? after / before - 1 : 0;
  KeyFigure out;
  out.label = label;
  out.value = before > 0 ? change(ratio) : in_worth_unit(worth, after);
  out.detail = in_worth_unit(worth, before) + " → " + in_worth_unit(worth, after);
  out.tone = std::fabs(ratio) < 5e-4 ? Tone::Plain : ratio < 0 ? Tone::Good : Tone::Bad;
  return out;
}

std::string headline(const WhatIf& study) {
  const double before = at(study.before, Worth::P50);
  const double after = at(study.after, Worth::P50);
  std::string out =
      "All variants together take the p50 from " + seconds(before) + " to " + seconds(after);
  for (const PlayerWorth& player : study.players) {
    const double share = player.shapley[0].value;
    if (before > after && share > 0) {
      return out + "; " + percent(share / (before - after)) + " of that is " + player.name + ".";
    }
  }
  return out + ".";
}

void add_section(std::vector<Section>& sections, const char* id, const std::string& title,
                 std::vector<PageBlock> blocks) {
  if (!blocks.empty()) {
    sections.push_back({id, title, std::move(blocks)});
  }
}

}  // namespace

Page what_if_page(const WhatIf& study) {
  WhatIf without_model = study;
  without_model.model.reset();
  Document document = what_if_document(without_model);
  Page out;
  out.kicker = "rehearse · what if";
  out.title = study.scenario;
  const double before = at(study.before, Worth::P50);
  const double ratio = before > 0 ? at(study.after, Worth::P50) / before - 1 : 0;
  out.verdict = {before > 0 ? change(ratio) + " IF ALL IS BUILT" : "NOTHING TO SAVE",
                 ratio < -5e-4  ? Tone::Good
                 : ratio > 5e-4 ? Tone::Bad
                                : Tone::Plain};
  out.headline = headline(study);
  for (const auto& [worth, label] :
       {std::pair{Worth::P50, "response p50"}, std::pair{Worth::P95, "response p95"},
        std::pair{Worth::Cost, "cost a job"}, std::pair{Worth::FirstJob, "first job"},
        std::pair{Worth::Makespan, "makespan"}}) {
    if (!std::isnan(at(study.before, worth)) && at(study.before, worth) > 0) {
      out.figures.push_back(figure_of(study, worth, label));
    }
  }
  std::vector<PageBlock> bridge, worth, faster, rest;
  for (Block& block : document.blocks) {
    if (auto* table = std::get_if<Table>(&block)) {
      const bool speeds =
          table->title.rfind("If a ", 0) == 0 || table->title.rfind("If there", 0) == 0;
      std::optional<Chart> chart;
      if (speeds) {
        chart = speed_up_chart(study, table->columns.front().title, *table);
      } else if (table->title.rfind("From before", 0) == 0) {
        chart = bridge_chart(study, *table);
      }
      std::vector<PageBlock>& section = speeds ? faster : chart ? bridge : worth;
      chart ? section.emplace_back(std::move(*chart)) : section.emplace_back(std::move(*table));
    } else if (auto* paragraph = std::get_if<Paragraph>(&block)) {
      if (&block == &document.blocks.front()) {
        paragraph->lines.resize(std::min<std::size_t>(1, paragraph->lines.size()));
        out.subtitle = without_title(std::move(*paragraph), out.title);
      } else {
        rest.emplace_back(std::move(*paragraph));
      }
    }
  }
  bridge.insert(bridge.end(), std::make_move_iterator(worth.begin()),
                std::make_move_iterator(worth.end()));
  add_section(out.sections, "worth", "What each variant is worth", std::move(bridge));
  add_section(out.sections, "faster", "What being faster would bring", std::move(faster));
  if (study.model) {
    add_model_check(*study.model, out);
  }
  add_section(out.sections, "notes", "Notes", std::move(rest));
  return out;
}

}  // namespace rehearse::reports
