#include "harness/record/gate.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/record/delta.hpp"
#include "harness/record/metric_change.hpp"
#include "harness/record/objective.hpp"
#include "harness/record/objective_words.hpp"
#include "harness/record/pairing.hpp"
#include "harness/record/replications.hpp"
#include "harness/record/run_differences.hpp"

namespace rehearse::record {
namespace {

GateOutcome outcome_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Improved:
    case Verdict::Same:
      return GateOutcome::Pass;
    case Verdict::Regressed:
      return GateOutcome::Fail;
    case Verdict::Inconclusive:
      break;
  }
  return GateOutcome::Inconclusive;
}

class GateJudge {
 public:
  GateJudge(const ComparisonSide& baseline, const ComparisonSide& candidate,
            const GateOptions& options)
      : baseline_(baseline),
        candidate_(candidate),
        options_(options),
        choice_(choose_pairing(baseline, candidate)),
        luck_(options.seed, options.resamples) {}

  Result<GateReport> run() {
    out_.baseline = summarise(pooled(baseline_));
    const RunPoint whole = pooled(candidate_);
    out_.candidate = summarise(whole);
    out_.pairing = pairing_name(choice_.pairing);
    out_.pairing_why = choice_.why;
    label();
    for (const ObjectiveInfo& info : whole.header.objectives) {
      if (info.on.empty() || info.on == whole.header.workload) {
        add(info.text, info.level, whole);
      }
    }
    const std::vector<std::string>& own = whole.header.gate;
    const std::vector<std::string>& gate = !options_.gate.empty() ? options_.gate
                                           : !own.empty()         ? own
                                                                  : default_gate();
    for (const std::string& text : gate) {
      add(text, "fail", whole);
    }
    if (!errors_.empty()) {
      return errors_;
    }
    warn_of_errors();
    correct();
    decide();
    explain();
    say_next();
    return std::move(out_);
  }

 private:
  static RunPoint pooled(const ComparisonSide& side) {
    return side.seeds.size() > 1 ? pool(side.seeds) : side.point;
  }

  void label() {
    const RunHeader& b = baseline_.point.header;
    const RunHeader& c = candidate_.point.header;
    out_.labels = run_differences(b, c);
    const auto listed = [](const std::vector<std::string>& names) {
      std::string out;
      for (const std::string& name : names) {
        out += (out.empty() ? "" : "+") + name;
      }
      return out.empty() ? std::string("base") : out;
    };
    if (b.variants != c.variants) {
      out_.labels.push_back("the variant differs: " + quoted_excerpt(listed(b.variants), 60) +
                            " before, " + quoted_excerpt(listed(c.variants), 60) + " after");
    }
    const std::string parameters = parameter_differences(b.parameters, c.parameters);
    if (!parameters.empty()) {
      out_.labels.push_back("parameters differ: " + parameters);
    }
    const std::string lone = lone_jobs(choice_.pairing, out_.baseline.done, out_.candidate.done);
    if (!lone.empty()) {
      out_.labels.push_back(lone);
    }
    if (b.created_unix_ms > c.created_unix_ms) {
      out_.labels.push_back(
          "the baseline was made after the candidate: are they swapped, or is a clock wrong?");
    }
    for (const auto& [summary, name] :
         {std::pair(&out_.baseline, "baseline"), std::pair(&out_.candidate, "candidate")}) {
      for (const std::string& reason : summary->invalid_reasons) {
        out_.labels.push_back("the " + std::string(name) + " is invalid: " + reason);
      }
    }
  }

  void add(const std::string& text, const std::string& level, const RunPoint& whole) {
    const Result<Objective> objective = parse_objective(text);
    if (!objective) {
      errors_.insert(errors_.end(), objective.errors().begin(), objective.errors().end());
      return;
    }
    GateRow row;
    row.text = objective_text(*objective);
    row.level = level;
    row.delta = objective->delta;
    if (objective->delta) {
      ComparisonOptions how;
      how.confidence = 1 - options_.alpha;
      row.change = delta_change(*objective, baseline_, candidate_, choice_, luck_, how);
      row.value = row.change.after;
      Objective plain = *objective;
      plain.delta = false;
      row.unit = unit_suffix(plain.stat == Stat::Share ? ValueUnit::Ratio : unit_of(plain));
      row.outcome = outcome_of(row.change.verdict.value_or(Verdict::Inconclusive));
      row.why = row.change.why;
    } else {
      const Judgement found = judge(*objective, whole);
      row.value = found.value;
      row.unit = unit_suffix(objective->unit);
      row.outcome = !found.met   ? GateOutcome::Inconclusive
                    : *found.met ? GateOutcome::Pass
                                 : GateOutcome::Fail;
      row.why = found.why;
    }
    out_.rows.push_back(std::move(row));
  }

  void correct() {
    std::vector<MetricChange*> deciding;
    for (GateRow& row : out_.rows) {
      if (row.delta && row.level == "fail") {
        deciding.push_back(&row.change);
      }
    }
    correct_for_many(deciding, Correction::Holm, options_.alpha,
                     static_cast<double>(std::min(out_.baseline.done, out_.candidate.done)));
    for (GateRow& row : out_.rows) {
      if (row.delta) {
        row.outcome = outcome_of(row.change.verdict.value_or(Verdict::Inconclusive));
        row.why = row.change.why;
      }
    }
  }

  void decide() {
    for (const GateRow& row : out_.rows) {
      if (row.level != "fail" || row.outcome == GateOutcome::Pass) {
        continue;
      }
      if (row.outcome == GateOutcome::Fail) {
        out_.outcome = GateOutcome::Fail;
        break;
      }
      out_.outcome = GateOutcome::Inconclusive;
    }
    if (all_failed()) {
      out_.outcome = GateOutcome::Fail;
    }
    // Numbers of a run that the harness itself distorted prove nothing either way.
    if (!out_.candidate.valid || !out_.baseline.valid) {
      out_.outcome = GateOutcome::Inconclusive;
    }
  }

  // A candidate that did nothing has no time that could be too long.
  bool all_failed() const {
    const RunSummary& c = out_.candidate;
    return c.done == 0 && c.failed + c.timed_out > 0;
  }

  // Times are of done jobs alone: a candidate that fails more often may look as good as before.
  void warn_of_errors() {
    const auto rate = [](const RunSummary& side) {
      return stats::Rate{side.failed + side.timed_out, side.done + side.failed + side.timed_out};
    };
    const auto percent = [](stats::Rate failed) {
      return number_text(std::round(1000 * failed.value()) / 10) + "%";
    };
    const bool looks = std::any_of(out_.rows.begin(), out_.rows.end(), [](const GateRow& row) {
      return row.level == "fail" && row.text.find("errors") != std::string::npos;
    });
    const stats::Rate before = rate(out_.baseline);
    const stats::Rate after = rate(out_.candidate);
    if (!looks && change_of_rates("", before, after, {}).verdict == Verdict::Regressed) {
      out_.labels.push_back("more jobs fail, " + percent(after) + " against " + percent(before) +
                            ", and nothing here stops that: add \"delta(rate of errors)<1%\"");
    }
  }

  void explain() {
    if (!options_.explain || out_.outcome == GateOutcome::Pass) {
      return;
    }
    ComparisonOptions how;
    how.seed = options_.seed;
    how.resamples = options_.resamples;
    Result<Comparison> found = compare(baseline_, candidate_, how);
    if (found) {
      out_.comparison = std::move(found).value();
    }
  }

  void say_next() {
    if (!out_.candidate.valid || !out_.baseline.valid) {
      const bool candidate = !out_.candidate.valid;
      out_.next.push_back(
          std::string("make the ") + (candidate ? "candidate" : "baseline") +
          " again: " + (candidate ? out_.candidate : out_.baseline).invalid_reasons.front());
    }
    if (all_failed()) {
      out_.next.push_back(
          "no job of the candidate was done: rehearse report shows what they failed of");
    }
    const bool slower = std::any_of(out_.rows.begin(), out_.rows.end(), [](const GateRow& row) {
      return row.delta && row.level == "fail" && row.outcome == GateOutcome::Fail;
    });
    if (slower && out_.comparison && out_.comparison->culprit) {
      const Culprit& culprit = *out_.comparison->culprit;
      out_.next.push_back("look at stage " + culprit.stage + ", its " +
                          std::string(cause_name(culprit.cause)) + ": " + culprit.why);
    }
    if (slower) {
      out_.next.push_back("if the change is worth it, say so: --update-baseline --reason \"…\"");
    }
    for (const GateRow& row : out_.rows) {
      if (!row.delta && row.level == "fail" && row.outcome == GateOutcome::Fail) {
        out_.next.push_back("\"" + row.text +
                            "\" fails whatever the baseline: rehearse report shows where the time "
                            "and the money go");
      }
    }
    std::uint64_t more = 0;
    for (const GateRow& row : out_.rows) {
      if (row.level == "fail" && row.outcome == GateOutcome::Inconclusive) {
        more = std::max(more, row.change.more_jobs);
      }
    }
    if (more > 0 && more < stats::kMostSamples) {
      out_.next.push_back("make both runs again with about " + std::to_string(more) +
                          " more jobs each" + price(more));
    } else if (more > 0) {
      out_.next.push_back(
          "no affordable number of jobs decides this: allow a larger change, or "
          "gate a mean in place of a quantile");
    }
  }

  std::string price(std::uint64_t jobs) const {
    double time = 0;
    double money = 0;
    for (const RunSummary* const side : {&out_.baseline, &out_.candidate}) {
      const double done = static_cast<double>(
          std::max<std::uint64_t>(1, side->done + side->failed + side->timed_out));
      time += side->elapsed_s / done;
      money += side->cost_usd.total / done;
    }
    const double n = static_cast<double>(jobs);
    const std::string length = readable_duration(Duration::from_seconds(n * time));
    return " (" + length + (money > 0 ? ", " + readable_money(Money::from_usd(n * money)) : "") +
           ")";
  }

  const ComparisonSide& baseline_;
  const ComparisonSide& candidate_;
  const GateOptions& options_;
  PairingChoice choice_;
  stats::Resampling luck_;
  Errors errors_;
  GateReport out_;
};

}  // namespace

std::string_view gate_outcome_name(GateOutcome outcome) {
  return outcome == GateOutcome::Pass   ? "pass"
         : outcome == GateOutcome::Fail ? "fail"
                                        : "inconclusive";
}

const std::vector<std::string>& default_gate() {
  static const std::vector<std::string> kGate{"delta(p95)<10%", "delta(mean of cost)<5%"};
  return kGate;
}

Result<GateReport> judge_gate(const ComparisonSide& baseline, const ComparisonSide& candidate,
                              const GateOptions& options) {
  const std::string& b = baseline.point.header.scenario;
  const std::string& c = candidate.point.header.scenario;
  if (b != c) {
    return Error{"baseline", "is of the scenario " + quoted_excerpt(b) + ", the candidate of " +
                                 quoted_excerpt(c) + ": give a baseline of the same scenario"};
  }
  return GateJudge(baseline, candidate, options).run();
}

}  // namespace rehearse::record
