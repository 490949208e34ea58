#include <cmath>

#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/run_tables.hpp"

namespace rehearse::reports {
namespace {

using record::PlayerWorth;
using record::WhatIf;
using record::Worth;
using record::worth_of;

// A saving: what is lost is said so.
Text saving(Worth worth, double value) {
  if (std::isnan(value)) {
    return {"–"};
  }
  const double small = worth == Worth::Cost ? 5e-7 : 5e-4;
  if (std::abs(value) < small) {
    return {"0", Tone::Dim};
  }
  return {(value < 0 ? "+" : "-") + in_worth_unit(worth, std::abs(value)),
          value > 0 ? Tone::Good : Tone::Bad};
}

Paragraph head(const WhatIf& study) {
  const double before = worth_of(study.before, Worth::P50);
  const double after = worth_of(study.after, Worth::P50);
  const double costs[] = {worth_of(study.before, Worth::Cost), worth_of(study.after, Worth::Cost)};
  Paragraph out;
  out.lines.push_back(
      {{study.scenario, Tone::Strong},
       {" · what if · workload " + study.workload + " · " + plural(study.coalitions, "coalition") +
        " of " + count(study.jobs) + " jobs · seed " + std::to_string(study.seed)}});
  out.lines.push_back(
      {{"All of it: p50 " + seconds(before) + " → " + seconds(after), Tone::Strong},
       {" (" + change(before > 0 ? after / before - 1 : 0) + ")" +
        (costs[1] > 0 || costs[0] > 0 ? ", cost a job " + usd(costs[0]) + " → " + usd(costs[1])
                                      : "")}});
  for (const PlayerWorth& player : study.players) {
    const double share = player.shapley[0].value;
    if (before > after && share > 0) {
      out.lines.push_back({{"Most of it: " + player.name, Tone::Good},
                           {", " + percent(share / (before - after)) + " of the saving"}});
      break;
    }
  }
  return out;
}

std::string plus_minus(const record::Saving& saving) {
  return std::abs(saving.half_width) < 5e-4 ? "" : " ± " + seconds(saving.half_width);
}

Table player_table(const WhatIf& study) {
  Table out;
  out.title = "What each is worth, of the p50";
  out.columns = {{"variant", false, 0},   {"alone", true, 0},   {"last", true, 1},
                 {"share", true, 0},      {"of it", true, 2},   {"alone p95", true, 4},
                 {"cost a job", true, 3}, {"monthly", true, 5}, {"trade-off", false, 6}};
  const bool billed =
      worth_of(study.before, Worth::Cost) > 0 || worth_of(study.after, Worth::Cost) > 0;
  double sum = 0;
  for (const PlayerWorth& player : study.players) {
    sum += player.shapley[0].value;
  }
  for (const PlayerWorth& player : study.players) {
    const record::Saving& share = player.shapley[0];
    Text shown = saving(Worth::P50, share.value);
    shown.text += plus_minus(share);
    const std::string group = player.group.empty() ? "" : " (best of " + player.group + ")";
    out.rows.push_back({{player.name + group, Tone::Strong},
                        saving(Worth::P50, worth_of(player.alone, Worth::P50)),
                        saving(Worth::P50, worth_of(player.last, Worth::P50)),
                        shown,
                        {std::abs(sum) > 0 ? percent(share.value / sum) : "–"},
                        saving(Worth::P95, worth_of(player.alone, Worth::P95)),
                        billed ? saving(Worth::Cost, worth_of(player.alone, Worth::Cost)) : Text{},
                        {player.monthly_usd > 0 ? usd(player.monthly_usd) : ""},
                        {player.trade_off, Tone::Dim}});
  }
  drop_empty(out);
  const double total = worth_of(study.before, Worth::P50) - worth_of(study.after, Worth::P50);
  out.notes.push_back({{"Shares (Shapley" + std::string(study.sampled ? ", sampled" : "") +
                        ") add up to " + seconds(sum) + "; all together save " + seconds(total)}});
  return out;
}

Table worth_table(const WhatIf& study) {
  Table out;
  out.title = "Before and after all of it";
  out.columns = {{"", false, 0}, {"before", true, 0}, {"after", true, 0}, {"change", true, 1}};
  static constexpr const char* kTitles[] = {"p50 of the response",  "p95 of the response",
                                            "mean of the response", "first job",
                                            "jobs after the first", "makespan",
                                            "cost a job",           "first result"};
  for (std::size_t i = 0; i < record::kWorths; ++i) {
    const auto worth = static_cast<Worth>(i);
    const double before = worth_of(study.before, worth);
    const double after = worth_of(study.after, worth);
    if (std::isnan(before) || (worth == Worth::Cost && before <= 0 && after <= 0)) {
      continue;
    }
    out.rows.push_back({{kTitles[i], Tone::Strong},
                        {in_worth_unit(worth, before)},
                        {in_worth_unit(worth, after)},
                        {before > 0 ? change(after / before - 1) : "–"}});
  }
  return out;
}

// From before to after, a step for each player: its share, whatever the order of building.
Table waterfall_table(const WhatIf& study) {
  Table out;
  out.title = "From before to after, of the p50";
  out.columns = {{"", false, 0}, {"step", true, 0}, {"left", true, 0}};
  const double before = worth_of(study.before, Worth::P50);
  double left = before;
  const auto bar_of = [&](double value) { return before > 0 ? std::max(0.0, value / before) : 0; };
  out.rows.push_back({{"before", Tone::Strong}, {""}, {seconds(before), Tone::Plain, 1}});
  for (const PlayerWorth& player : study.players) {
    const double share = player.shapley[0].value;
    if (std::abs(share) >= 5e-4) {
      left -= share;
      out.rows.push_back(
          {{player.name}, saving(Worth::P50, share), {seconds(left), Tone::Plain, bar_of(left)}});
    }
  }
  const double after = worth_of(study.after, Worth::P50);
  out.rows.push_back({{"after", Tone::Strong}, {""}, {seconds(after), Tone::Plain, bar_of(after)}});
  return out;
}

Table interaction_table(const WhatIf& study) {
  Table out;
  out.title = "Pairs that help or hinder each other most, of the p50";
  out.columns = {{"variant", false, 0}, {"with", false, 0}, {"together", true, 0}};
  for (const record::Interaction& pair : study.interactions) {
    if (out.rows.size() == 8 || std::abs(pair.saved) < 5e-4) {
      break;
    }
    const std::string text = seconds(std::abs(pair.saved));
    out.rows.push_back({{pair.one, Tone::Strong},
                        {pair.other, Tone::Strong},
                        {pair.saved > 0 ? "save " + text + " more" : "save " + text + " less",
                         pair.saved > 0 ? Tone::Good : Tone::Warn}});
  }
  return out;
}

double at_step(const record::SpeedUp& curve, double step) {
  for (std::size_t i = 0; i < curve.steps.size(); ++i) {
    if (std::abs(curve.steps[i] - step) < 1e-9) {
      return curve.saved_s[i];
    }
  }
  return 0;
}

Table speed_up_table(const WhatIf& study, const std::string& kind, const std::string& title) {
  Table out;
  out.title = title;
  const bool slots = kind == "resource";
  out.columns = {{kind, false, 0},
                 {slots ? "x 1.5" : "25% faster", true, 1},
                 {slots ? "x 2" : "50% faster", true, 0},
                 {slots ? "x 8" : "gone", true, 0},
                 {"no more gain past", true, 2},
                 {"then", false, 3},
                 {"critical", true, 4},
                 {"slack", true, 5}};
  for (const record::SpeedUp& curve : study.speed_ups) {
    if (curve.kind != kind) {
      continue;
    }
    const double knee = curve.knee;
    const bool bends = knee < curve.steps.back();
    out.rows.push_back(
        {{curve.name, Tone::Strong},
         saving(Worth::P50, at_step(curve, slots ? 1.5 : 0.25)),
         saving(Worth::P50, at_step(curve, slots ? 2 : 0.5)),
         saving(Worth::P50, curve.saved_s.back()),
         {!bends  ? "–"
          : slots ? "x " + number(knee)
                  : percent(knee)},
         {bends && !curve.takes_over.empty() ? curve.takes_over + " takes over" : "", Tone::Dim},
         {kind == "stage" ? percent(curve.critical_share) : ""},
         {kind == "stage" ? seconds(curve.slack_s) : ""}});
  }
  drop_empty(out);
  return out;
}

}  // namespace

std::string in_worth_unit(Worth worth, double value) {
  if (std::isnan(value)) {
    return "–";
  }
  return worth == Worth::Cost ? usd(value) : seconds(value);
}

Document what_if_document(const WhatIf& study) {
  Document out;
  out.title = study.scenario + ": what if";
  if (study.model) {
    out.blocks = model_check_document(*study.model).blocks;
  }
  out.blocks.push_back(head(study));
  out.blocks.push_back(player_table(study));
  if (study.players.size() > 1) {
    out.blocks.push_back(waterfall_table(study));
  }
  out.blocks.push_back(worth_table(study));
  Table pairs = interaction_table(study);
  if (!pairs.rows.empty()) {
    out.blocks.push_back(std::move(pairs));
  }
  for (const auto& [kind, title] :
       {std::pair{"stage", "If a stage were faster, of the p50"},
        std::pair{"provider", "If a provider were faster, of the p50"},
        std::pair{"resource", "If there were more of a resource, of the p50"}}) {
    Table table = speed_up_table(study, kind, title);
    if (!table.rows.empty()) {
      out.blocks.push_back(std::move(table));
    }
  }
  Paragraph notes;
  for (const std::string& note : study.notes) {
    notes.lines.push_back({{note, Tone::Dim}});
  }
  if (!notes.lines.empty()) {
    out.blocks.push_back(std::move(notes));
  }
  return out;
}

}  // namespace rehearse::reports
