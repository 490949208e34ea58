#include "harness/study/claim_model.hpp"

#include <algorithm>
#include <cmath>

#include "harness/stats/batch_means.hpp"
#include "harness/study/claim_range.hpp"

namespace rehearse::study {
namespace {

Estimate no_estimate(std::string why) { return {std::nullopt, std::nullopt, 0, std::move(why)}; }

using record::ClaimRange;
using record::ClaimVerdict;
using scenarios::Claim;
using scenarios::ClaimKind;

WhichJobs which_of(scenarios::ClaimJobs jobs) {
  return jobs == scenarios::ClaimJobs::First  ? WhichJobs::First
         : jobs == scenarios::ClaimJobs::Warm ? WhichJobs::Warm
                                              : WhichJobs::All;
}

bool has_two_sides(const Claim& claim) {
  return claim.kind == ClaimKind::Saves || claim.kind == ClaimKind::Adds ||
         claim.kind == ClaimKind::Times;
}

// The figure of a claim from those of its two sides.
double figure_of(const Claim& claim, bool more_is_better, double base, double with) {
  const bool relative = claim.unit == "%";
  switch (claim.kind) {
    case ClaimKind::Saves:
      return relative ? (base - with) / base : base - with;
    case ClaimKind::Adds:
      return relative ? (with - base) / base : with - base;
    case ClaimKind::Times:
      return more_is_better ? with / base : base / with;
    default:
      return with;
  }
}

std::optional<ClaimRange> interval_of(double found, const std::vector<double>& batches) {
  if (batches.size() < 2) {
    return std::nullopt;
  }
  const stats::Batches all{.values = batches, .whole = found};
  const double half = stats::batch_interval(all, 0.9).half_width();
  return ClaimRange{found - half, found + half};
}

}  // namespace

ClaimRange claimed_range(const Claim& claim) {
  const double factor = claim.unit == "B" ? 1e-6 : 1;
  return {claim.low * factor, claim.high * factor};
}

std::string claimed_unit(const Claim& claim) { return claim.unit == "B" ? "MB" : claim.unit; }

ClaimModel::ClaimModel(const std::vector<Claim>& claims, std::uint64_t jobs)
    : claims_(claims), jobs_(jobs) {}

PointKey ClaimModel::side(const Claim& claim, std::vector<std::string> variants) const {
  std::sort(variants.begin(), variants.end());
  PointKey out;
  out.variants = std::move(variants);
  out.workload = claim.on;
  out.which = which_of(claim.jobs);
  out.jobs = jobs_;
  return out;
}

PointKey ClaimModel::with(const Claim& claim) const { return side(claim, claim.with); }
PointKey ClaimModel::base(const Claim& claim) const { return side(claim, claim.base); }

Result<Subject> ClaimModel::subject(const Claim& claim) const {
  const std::string text = claim.metric + (claim.of.empty() ? "" : " of " + claim.of);
  Result<record::Objective> what = record::parse_subject(text);
  if (!what) {
    return what.errors();
  }
  const bool share = claim.kind == ClaimKind::Share;
  return Subject{*what, share, (share ? "share: " : "") + text};
}

Claim ClaimModel::part(const Claim& claim, const std::string& name) const {
  for (const Claim& other : claims_) {
    if (other.id == name) {
      return other;
    }
  }
  Claim stage = claim;
  stage.kind = ClaimKind::Is;
  stage.metric = "response";
  stage.of = name;
  stage.parts.clear();
  return stage;
}

void ClaimModel::want(const Claim& claim, const Move& move, Points& points) const {
  if (claim.kind == ClaimKind::SumsTo) {
    for (const std::string& name : claim.parts) {
      want(part(claim, name), move, points);
    }
    return;
  }
  const Result<Subject> what = subject(claim);
  if (!what) {
    return;
  }
  points.want(move(with(claim)), *what);
  if (has_two_sides(claim)) {
    points.want(move(base(claim)), *what);
  }
}

Estimate ClaimModel::estimate(const Claim& claim, const Move& move, const Points& points) const {
  Estimate out;
  if (claim.kind == ClaimKind::SumsTo) {
    out.found = 0;
    double square = 0;
    for (const std::string& name : claim.parts) {
      const Estimate one = estimate(part(claim, name), move, points);
      if (!one.found) {
        return no_estimate(name + ": " + one.why);
      }
      *out.found += *one.found;
      const double half = one.interval ? (one.interval->high - one.interval->low) / 2 : 0;
      square += half * half;
      out.scale = std::max(out.scale, one.scale);
    }
    const double half = std::sqrt(square);
    out.interval = ClaimRange{*out.found - half, *out.found + half};
    return out;
  }
  const Result<Subject> what = subject(claim);
  if (!what) {
    return no_estimate(what.error().text());
  }
  const bool more = more_is_better(what->what.metric);
  const Reading& after = points.at(move(with(claim)), *what);
  const Reading& before = has_two_sides(claim) ? points.at(move(base(claim)), *what) : after;
  if (!after.whole || !before.whole) {
    return no_estimate(after.whole ? before.why : after.why);
  }
  out.scale = claim.kind == ClaimKind::Share ? 1 : *before.whole;
  const double found = figure_of(claim, more, *before.whole, *after.whole);
  if (!std::isfinite(found)) {
    return no_estimate("there is nothing to compare it with: it is 0 before");
  }
  out.found = found;
  std::vector<double> batches;
  for (std::size_t i = 0; i < std::min(after.batches.size(), before.batches.size()); ++i) {
    batches.push_back(figure_of(claim, more, before.batches[i], after.batches[i]));
  }
  out.interval = interval_of(found, batches);
  return out;
}

ClaimVerdict judge_claim(const Claim& claim, const Estimate& estimate, bool more_is_better) {
  if (!estimate.found) {
    return ClaimVerdict::CannotBeJudged;
  }
  const ClaimRange found = estimate.interval.value_or(ClaimRange{*estimate.found, *estimate.found});
  ClaimRange wanted = claimed_range(claim);
  if (claim.kind != ClaimKind::Meets) {
    wanted = widened(wanted, estimate.scale);
  } else if (wanted.low == wanted.high) {
    wanted = more_is_better ? ClaimRange{wanted.low, HUGE_VAL} : ClaimRange{-HUGE_VAL, wanted.high};
  }
  if (wanted.low <= found.low && found.high <= wanted.high) {
    return ClaimVerdict::Holds;
  }
  return overlap(found, wanted) ? ClaimVerdict::CannotBeJudged : ClaimVerdict::Fails;
}

}  // namespace rehearse::study
