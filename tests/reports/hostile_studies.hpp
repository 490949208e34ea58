#pragma once

#include <memory>
#include <string>

#include "harness/record/audit.hpp"
#include "harness/record/capacity.hpp"
#include "harness/record/gate.hpp"
#include "harness/record/history.hpp"
#include "harness/record/model_check.hpp"
#include "harness/record/noise.hpp"
#include "harness/record/run_detail.hpp"
#include "harness/record/suggestion.hpp"
#include "harness/record/what_if.hpp"
#include "tests/record/sample_run.hpp"

// Studies small enough to read, every text of which is `text`: a plain word, or the worst there is.
namespace rehearse::reports::hostile {

inline record::RunSummary run(const std::string& text, std::uint64_t jobs = 100) {
  record::RunPoint point = record::sample::run({jobs, 10, 1, {text}});
  point.header.scenario = point.header.workload = point.header.point = text;
  point.header.stages[0].path = point.header.environment.machine = text;
  record::RunSummary out = summarise(point);
  auto detail = std::make_shared<record::RunDetail>();
  detail->tally = point.tally;
  out.detail = detail;
  return out;
}

inline record::MetricChange change(const std::string& text) {
  record::MetricChange out;
  out.name = "response_s";
  out.statistic = "mean";
  out.before = 1;
  out.after = 1.12;
  out.change = 0.12;
  out.low = 0.1;
  out.high = 0.14;
  out.verdict = record::Verdict::Regressed;
  out.why = text;
  return out;
}

inline record::GateReport gate(const std::string& text, record::GateOutcome outcome) {
  record::GateReport out;
  out.baseline = out.candidate = run(text);
  out.pairing = out.pairing_why = text;
  out.labels = out.next = {text};
  out.outcome = outcome;
  record::GateRow row;
  row.text = row.why = text;
  row.level = "fail";
  row.unit = "s";
  row.delta = true;
  row.value = 1.12;
  row.change = change(text);
  row.outcome = outcome;
  out.rows = {row};
  record::Comparison comparison;
  comparison.before = comparison.after = out.candidate;
  comparison.verdict = record::Verdict::Regressed;
  comparison.headline = text;
  comparison.metrics = {row.change};
  comparison.stages = {{text, true, true, row.change, row.change}};
  out.comparison = comparison;
  return out;
}

inline record::NoiseReport noise(const std::string& text) {
  record::NoiseReport out;
  out.runs = run(text);
  out.seeds = 20;
  out.repeats_luck = true;
  out.runs_needed = 12;
  out.jobs_a_run = 100;
  out.run_s = 60;
  record::NoiseRow row;
  row.text = text;
  row.unit = "s";
  row.mean = 77;
  row.floor = 0.03;
  row.detectable = {{6, 0.05}, {20, 0.02}};
  row.runs_needed = 12;
  record::NoiseRow without = row;
  without.why = text;
  out.rows = {row, without};
  return out;
}

inline record::History history(const std::string& text, std::size_t runs = 8) {
  record::History out;
  out.scenario = out.branch = text;
  out.notes = {text};
  for (std::size_t i = 0; i < runs; ++i) {
    out.entries.push_back({text, text, text, run(text)});
  }
  if (runs >= 6) {
    out.series.push_back({"response_s p95", "", "s", {{4, 80, 90, 4}}});
    out.series.push_back({"response_s mean", text, "s", {{4, 4, 5, 4}}});
  }
  return out;
}

inline record::WhatIf what_if(const std::string& text) {
  record::WhatIf out;
  out.scenario = out.workload = text;
  out.before = {77, 86, 78, 80, 77, 78, 0.09, 60};
  out.after = {55, 62, 56, 60, 55, 56, 0.05, 40};
  record::PlayerWorth player;
  player.name = player.group = player.trade_off = text;
  player.alternatives = {text};
  player.alone = player.last = {15, 16, 15, 15, 15, 15, 0.04, 12};
  player.shapley.assign(record::kWorths, {15, 0.2});
  record::PlayerWorth second = player;
  second.name = text + "2";
  second.shapley.assign(record::kWorths, {7, 0.2});
  out.players = {player, second};
  out.interactions = {{text, text + "2", -3}};
  for (const char* kind : {"stage", "provider", "resource"}) {
    out.speed_ups.push_back({kind, text, 0.6, 0, {0, 0.25, 0.5, 1}, {0, 10, 20, 40}, 0.5, text});
  }
  out.notes = {text};
  return out;
}

inline record::ModelCheck model_check(const std::string& text, double bound = 0.09) {
  record::ModelCheck out;
  out.recording = text;
  out.bound = bound;
  out.jobs_fitted = out.jobs_held = 50;
  out.errors = {{text, "p50", 80, 77}, {text, "p95", 90, 86}};
  out.stages = {{text, 50, 51.5}};
  out.notes = {text};
  return out;
}

inline record::Suggestions suggestions(const std::string& text) {
  record::Suggestions out;
  out.scenario = out.workload = text;
  out.jobs = 100;
  out.tried = 40;
  out.before = {77, 86, 78, 80, 77, 78, 0.09, 60};
  const auto add = [&](const std::string& name, record::Quality quality, double p50, double cost) {
    record::Suggestion each;
    each.name = name;
    each.kind = each.what = each.trade_off = text;
    each.quality = quality;
    each.variant = json::Value::object();
    each.variant.set(text, text);
    each.saved.assign(record::kWorths, {p50, 0.5});
    each.saved[static_cast<std::size_t>(record::Worth::Cost)] = {cost, 0.001};
    out.found.push_back(each);
  };
  add(text, record::Quality::Same, 8, 0);
  add(text + "2", record::Quality::Lower, 20, 0.04);
  record::SuggestedSet set;
  set.same_quality = true;
  set.names = {text};
  set.p50_s = {69};
  set.cost_usd = {0.09};
  set.after = {69, 78, 70, 72, 69, 70, 0.09, 52};
  set.p50_saved = {8, 0.5};
  out.sets = {set};
  out.notes = {text};
  out.model = model_check(text);
  return out;
}

inline record::CapacityPlan plan(const std::string& text) {
  record::CapacityPlan out;
  out.scenario = out.workload = out.against = text;
  out.variants = out.notes = {text};
  out.today_per_s = 5;
  out.today_source = text;
  record::CapacityKnee knee;
  knee.axis = "rate";
  knee.end = "found";
  knee.load = 6.8;
  knee.low = 6.6;
  knee.high = 7;
  knee.objective = knee.binds = knee.evidence = knee.note = text;
  knee.binds_share = 0.9;
  knee.ladder.push_back({.lifted = text,
                         .end = "found",
                         .load = 20,
                         .low = 19,
                         .high = 21,
                         .objective = text,
                         .binds = text,
                         .binds_share = 0.9,
                         .evidence = text,
                         .needs = {{text, text, 1, 2, 1}}});
  knee.objectives = {{text, "fail", "s", "binds", 10, 14, 15, ""},
                     {text, "aim", "%", "never_met", 0.2, 0.3, 0.1, text}};
  knee.limits = {{text, "resource", text, 26, 2.7, 9.3, 0.95, 3}};
  for (const double load : {2.0, 4.0, 6.8, 8.0, 60.0}) {
    knee.curve.push_back({load, load, load, 1, 0.001, load > 7, {load * 2, 0.1}});
  }
  out.knees = {knee};
  out.headroom = {{1.25, 8.5, true, false, {text}, text, 1}};
  out.headroom_axis = out.money_axis = "rate";
  out.headroom_of = text;
  record::VariantMoney money;
  money.name = money.verdict = text;
  money.capacity_end = "found";
  out.money = {money, money};
  return out;
}

inline record::Audit audit(const std::string& text) {
  record::JudgedClaim claim;
  claim.id = claim.source = claim.text = claim.note = claim.unit = claim.flipped_by = text;
  claim.claimed = {1, 2};
  claim.range = record::ClaimRange{3, 4};
  claim.found = 3.5;
  claim.by_report.why = claim.by_model.why = text;
  record::ScenarioAudit audited;
  audited.scenario = audited.scenario_hash = text;
  for (const record::ClaimVerdict verdict :
       {record::ClaimVerdict::Holds, record::ClaimVerdict::Fails,
        record::ClaimVerdict::CannotBeJudged}) {
    claim.overall = {verdict, text};
    audited.claims.push_back(claim);
  }
  return {{audited, audited}};
}

}  // namespace rehearse::reports::hostile
