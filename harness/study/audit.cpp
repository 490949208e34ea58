#include "harness/study/audit.hpp"

#include <algorithm>
#include <cmath>

#include "harness/study/claim_model.hpp"
#include "harness/study/claim_range.hpp"
#include "harness/study/moved_inputs.hpp"
#include "harness/study/report_check.hpp"
#include "scenarios/describe_line.hpp"

namespace rehearse::study {
namespace {

using record::ClaimOpinion;
using record::ClaimRange;
using record::ClaimVerdict;
using record::JudgedClaim;
using scenarios::Claim;
using scenarios::ClaimKind;

PointKey unmoved(PointKey point) { return point; }

// Of the whole job: the critical path bounds what can be saved of it.
bool speaks_of_the_job(const Claim& claim) {
  return claim.of.empty() &&
         (claim.metric.find("response") != std::string::npos || claim.metric == "makespan");
}

bool is_saving(const Claim& claim) {
  return claim.kind == ClaimKind::Saves || claim.kind == ClaimKind::Times;
}

bool has_bound(const Claim& claim) {
  return is_saving(claim) && speaks_of_the_job(claim) && claim.low > 0 && !claim.with.empty();
}

PointKey all_free(PointKey point) {
  point.changed_stages_free = true;
  point.jobs /= 10;
  return point;
}

class Auditor {
 public:
  Auditor(const scenarios::ScenarioFile& file, const Player& player, const AuditOptions& options)
      : file_(file),
        options_(options),
        points_(file, player, options.seed),
        model_(file.claims(), options.jobs),
        moved_(points_, model_, options.moved_jobs) {}

  Result<record::ScenarioAudit> run() {
    for (const Claim& claim : file_.claims()) {
      model_.want(claim, unmoved, points_);
      if (has_bound(claim)) {
        points_.want(all_free(model_.with(claim)), *model_.subject(claim));
      }
    }
    const Status played = points_.play();
    if (!played) {
      return played.errors();
    }
    record::ScenarioAudit out;
    out.scenario = file_.name();
    out.seed = options_.seed;
    out.jobs = options_.jobs;
    const std::vector<ClaimOpinion> by_report = check_report(file_.claims());
    for (std::size_t i = 0; i < file_.claims().size(); ++i) {
      out.claims.push_back(judge(file_.claims()[i], by_report[i]));
    }
    const Status moved = move_inputs(out);
    if (!moved) {
      return moved.errors();
    }
    for (std::size_t i = 0; i < out.claims.size(); ++i) {
      out.claims[i].overall = overall(file_.claims()[i], out.claims[i]);
    }
    return out;
  }

 private:
  JudgedClaim judge(const Claim& claim, ClaimOpinion by_report) {
    JudgedClaim out;
    out.id = claim.id;
    out.source = claim.source;
    out.text = scenarios::claim_line(claim, false);
    out.note = claim.note;
    out.unit = claimed_unit(claim);
    out.claimed = claimed_range(claim);
    const Estimate estimate = model_.estimate(claim, unmoved, points_);
    out.found = estimate.found;
    out.range = estimate.interval;
    out.by_report = std::move(by_report);
    out.by_model.verdict = judge_claim(claim, estimate, more_is_better(claim));
    out.by_model.why = estimate.found ? found_text(claim, out) : estimate.why;
    bound(claim, out);
    prices(claim, out);
    return out;
  }

  bool more_is_better(const Claim& claim) const {
    const Result<Subject> what = model_.subject(claim);
    return what && study::more_is_better(what->what.metric);
  }

  static std::string found_text(const Claim& claim, const JudgedClaim& judged) {
    std::string out = "the model finds " + value_text(*judged.found, judged.unit);
    if (judged.range && judged.range->high > judged.range->low) {
      out += " (90%: " + range_text(*judged.range, judged.unit) + ")";
    }
    return out + (claim.kind == ClaimKind::Meets ? " for a limit of " : ", claimed ") +
           range_text(judged.claimed, judged.unit);
  }

  // What the graph allows to save where all that the variants change were free.
  void bound(const Claim& claim, JudgedClaim& out) {
    if (!has_bound(claim)) {
      return;
    }
    const Subject what = *model_.subject(claim);
    const Reading& before = points_.at(model_.base(claim), what);
    const Reading& least = points_.at(all_free(model_.with(claim)), what);
    if (!before.whole || !least.whole || !(*before.whole > 0) || !(*least.whole > 0)) {
      return;
    }
    const double most = claim.kind == ClaimKind::Times ? *before.whole / *least.whole
                        : claim.unit == "%" ? (*before.whole - *least.whole) / *before.whole
                                            : *before.whole - *least.whole;
    if (claim.low * (1 - kClaimTolerance) > most) {
      out.by_report = {ClaimVerdict::Fails,
                       "even if what it changes took no time, the critical path allows at most " +
                           value_text(most, out.unit)};
    }
  }

  // Prices are dated: what a stage costs by them needs no opinion on times.
  static void prices(const Claim& claim, JudgedClaim& out) {
    const bool money = claim.metric.find("cost") != std::string::npos && claim.unit == "USD";
    if (money && out.found && out.by_report.verdict == ClaimVerdict::CannotBeJudged &&
        claim.kind == ClaimKind::Is) {
      out.by_report = {out.by_model.verdict,
                       "by the dated list prices it is " + value_text(*out.found, out.unit)};
    }
  }

  Status move_inputs(record::ScenarioAudit& out) {
    std::vector<const Claim*> open;
    for (std::size_t i = 0; i < out.claims.size(); ++i) {
      if (out.claims[i].by_model.verdict != ClaimVerdict::CannotBeJudged) {
        open.push_back(&file_.claims()[i]);
      }
    }
    const Result<std::vector<Flip>> flips = moved_.find(open);
    if (!flips) {
      return flips.errors();
    }
    for (const Flip& flip : *flips) {
      const auto place = static_cast<std::size_t>(flip.claim - file_.claims().data());
      JudgedClaim& judged = out.claims[place];
      judged.flipped_by = flip.input;
      judged.by_model = {ClaimVerdict::CannotBeJudged,
                         judged.by_model.why + "; but it hangs on " + flip.text};
    }
    return Done{};
  }

  ClaimOpinion overall(const Claim& claim, const JudgedClaim& judged) const {
    if (judged.by_report.verdict == ClaimVerdict::Fails) {
      return {ClaimVerdict::Fails, judged.by_report.why};
    }
    if (claim.kind == ClaimKind::SumsTo && judged.by_report.verdict == ClaimVerdict::Holds) {
      return judged.by_report;  // of the report's figures, whatever the model makes of them
    }
    if (judged.by_model.verdict == ClaimVerdict::Fails) {
      std::string why = judged.by_model.why;
      const auto [stage, share] = points_.bottleneck(model_.with(claim));
      const bool time =
          speaks_of_the_job(claim) && (is_saving(claim) || claim.kind == ClaimKind::Meets);
      if (time && share > 0.3) {
        why += "; " + value_text(share, "%") + " of the time is " + stage;
      }
      return {ClaimVerdict::Fails, std::move(why)};
    }
    // What was measured needs no model.
    const bool firm = judged.by_report.verdict == ClaimVerdict::Holds && is_measured(claim);
    return judged.by_model.verdict == ClaimVerdict::CannotBeJudged && firm ? judged.by_report
                                                                           : judged.by_model;
  }

  const scenarios::ScenarioFile& file_;
  AuditOptions options_;
  Points points_;
  ClaimModel model_;
  MovedInputs moved_;
};

}  // namespace

Result<record::ScenarioAudit> audit(const scenarios::ScenarioFile& file, const Player& player,
                                    const AuditOptions& options) {
  return Auditor(file, player, options).run();
}

}  // namespace rehearse::study
