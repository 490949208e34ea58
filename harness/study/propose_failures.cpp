#include <cmath>

#include "harness/base/text.hpp"
#include "harness/study/candidate.hpp"

// Calls that are late or fail: a second one beside the first, another try after it.
namespace rehearse::study {
namespace {

using json::Value;
using scenarios::Stage;

double quantile_s(const stats::Histogram& histogram, double q) {
  return static_cast<double>(histogram.quantile(q).value_or(0)) * 1e-9;
}

// Service times of its items; a stage that is not fanned out is one item.
const stats::Histogram& service_of(const record::StageTally& tally) {
  return tally.each.count() > 0 ? tally.each : tally.service;
}

std::uint64_t failed_attempts(const record::StageTally& tally) {
  std::uint64_t all = 0;
  for (const std::uint64_t each : tally.errors) {
    all += each;
  }
  return all;
}

Candidate retry_candidate(const Ground& ground, const Stage& stage, Value keys) {
  Candidate one;
  one.kind = "retry";
  one.slot = "retries of " + stage.path;
  one.change = at_stage(ground, stage, std::move(keys));
  return one;
}

}  // namespace

void propose_hedges(const Ground& ground, std::vector<Candidate>& out) {
  constexpr double kHeavy = 1.3;  // p95 / p50: below it a second call brings nothing
  for (const Stage& stage : ground.scenario.stages) {
    const record::StageTally* const tally = tally_of(ground, stage);
    if (stage.kind != scenarios::StageKind::Call || stage.skip || stage.hedge || tally == nullptr ||
        service_of(*tally).count() < 20) {
      continue;
    }
    const double median = quantile_s(service_of(*tally), 0.5);
    if (!(quantile_s(service_of(*tally), 0.95) > kHeavy * median)) {
      continue;
    }
    for (const double q : {0.9, 0.95}) {
      const std::string after = round_duration(quantile_s(service_of(*tally), q));
      Value hedge = Value::object();
      hedge.set("after", after);
      hedge.set("max", 1);
      Value keys = Value::object();
      keys.set("hedge", std::move(hedge));
      Candidate one;
      one.name = "hedge_" + word_of(stage.path) + "_p" + std::to_string(std::lround(q * 100));
      one.kind = "hedge";
      one.slot = "hedge of " + stage.path;
      one.harm = 1 - q;
      one.change = at_stage(ground, stage, std::move(keys));
      one.what = "ask " + stage.path + " a second time where it has not answered after " + after;
      one.trade_off =
          "about " + std::to_string(std::lround((1 - q) * 100)) + "% of its calls are made twice";
      out.push_back(std::move(one));
    }
  }
}

void propose_retries(const Ground& ground, std::vector<Candidate>& out) {
  for (const Stage& stage : ground.scenario.stages) {
    const record::StageTally* const tally = tally_of(ground, stage);
    if (stage.kind != scenarios::StageKind::Call || stage.skip || tally == nullptr) {
      continue;
    }
    const bool fails = failed_attempts(*tally) > 0;
    if (fails && stage.retry.max_retries == 0) {
      Value keys = Value::object();
      keys.set("retry", "openai-sdk");
      Candidate one = retry_candidate(ground, stage, std::move(keys));
      one.name = "retry_" + word_of(stage.path);
      one.what = "try " + stage.path + " again where it fails: twice, with the waits of the SDKs";
      one.trade_off = "the work must bear being asked for twice";
      out.push_back(std::move(one));
    } else if (fails && stage.retry.base > Duration::seconds(1)) {
      Value retry = Value::object();
      retry.set("max_retries", std::int64_t{stage.retry.max_retries});
      retry.set("base", "500ms");
      retry.set("factor", 2);
      retry.set("cap", "8s");
      Value keys = Value::object();
      keys.set("retry", std::move(retry));
      Candidate one = retry_candidate(ground, stage, std::move(keys));
      one.name = "sooner_retry_" + word_of(stage.path);
      one.what = "wait 0.5 s before " + stage.path + " is tried again, then twice as long each, " +
                 "not " + round_duration(stage.retry.base.count_s());
      one.trade_off = "more calls are refused while a limit is used up";
      out.push_back(std::move(one));
    }
    // Calls that stall: the longest is far past all others.
    const double p95 = quantile_s(service_of(*tally), 0.95);
    const double longest = quantile_s(service_of(*tally), 1);
    if (service_of(*tally).count() >= 100 && longest > 6 * p95 && p95 > 0) {
      const std::string limit = round_duration(3 * p95);
      Value keys = Value::object();
      keys.set("timeout", limit);
      keys.set("retry", "openai-sdk");
      Candidate one = retry_candidate(ground, stage, std::move(keys));
      one.name = "give_up_" + word_of(stage.path);
      one.what = "give a call of " + stage.path + " up after " + limit + " and try it again";
      one.trade_off = "calls that are given up are billed where the provider bills them";
      out.push_back(std::move(one));
    }
  }
}

}  // namespace rehearse::study
