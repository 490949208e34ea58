#include "harness/study/moved_inputs.hpp"

#include <algorithm>
#include <optional>

namespace rehearse::study {
namespace {

using record::ClaimVerdict;
using scenarios::Basis;
using scenarios::Claim;

constexpr double kConstantMoves = 1.25;
const std::string kVary = "vary";

const char* basis_word(Basis basis) {
  return basis == Basis::Stated ? "stated" : basis == Basis::Assumed ? "assumed" : "of no basis";
}

std::map<std::string, double> one(const std::string& pointer, double factor) {
  return {{pointer, factor}};
}

// A claim that states an input is not judged by moving it.
bool says_itself(const Claim& claim, const std::string& pointer) {
  return claim.kind == scenarios::ClaimKind::Is && claim.with.empty() &&
         claim.of.starts_with("stage ") &&
         pointer.starts_with("/stages/" + claim.of.substr(6) + "/");
}

}  // namespace

Result<std::vector<MovedInputs::Input>> MovedInputs::inputs_of(const Claim& claim) const {
  const Result<scenarios::Scenario> scenario = points_.make(model_.with(claim));
  if (!scenario) {
    return scenario.errors();
  }
  std::vector<Input> out;
  for (const scenarios::Figure& figure : scenario->figures) {
    const double median = figure.distribution.quantile(0.5);
    const bool firm =
        figure.origin.basis == Basis::Measured || figure.origin.basis == Basis::Published;
    const bool one_value = figure.distribution.is_constant();
    if (firm || !(median > 0) || (one_value && figure.origin.basis == Basis::Stated) ||
        says_itself(claim, figure.pointer)) {
      continue;
    }
    Input input{.pointer = figure.pointer,
                .basis = basis_word(figure.origin.basis),
                .low = figure.distribution.quantile(0.05) / median,
                .high = figure.distribution.quantile(0.95) / median,
                .median = median,
                .constant = one_value};
    if (input.constant || !(input.low > 0)) {
      input.low = 1 / kConstantMoves;
      input.high = kConstantMoves;
    }
    out.push_back(std::move(input));
  }
  const auto fanned = [](const scenarios::Stage& stage) { return stage.repeat.has_value(); };
  if (std::any_of(scenario->stages.begin(), scenario->stages.end(), fanned)) {
    out.push_back({.pointer = kVary, .basis = "assumed", .low = 0, .high = 1});
  }
  return out;
}

Move MovedInputs::moved(const std::map<std::string, double>& scaled) const {
  return [scaled, jobs = jobs_](PointKey point) {
    point.scaled = scaled;
    point.jobs = jobs;
    return point;
  };
}

// The claim's figure as it stands, moved as far as the moved point is from the unmoved one.
bool MovedInputs::turns(const Open& open, const Move& move) const {
  const Claim& claim = *open.claim;
  Estimate estimate = model_.estimate(claim, [](PointKey point) { return point; }, points_);
  const Estimate before = model_.estimate(claim, moved({}), points_);
  const Estimate after = model_.estimate(claim, move, points_);
  if (!estimate.found || !before.found || !after.found) {
    return false;
  }
  const double shift = *after.found - *before.found;
  *estimate.found += shift;
  if (estimate.interval) {
    estimate.interval =
        record::ClaimRange{estimate.interval->low + shift, estimate.interval->high + shift};
  }
  const Result<Subject> what = model_.subject(claim);
  const ClaimVerdict verdict =
      judge_claim(claim, estimate, what && more_is_better(what->what.metric));
  return verdict != ClaimVerdict::CannotBeJudged && verdict != open.verdict;
}

// Everything low, everything high.
Status MovedInputs::screen(std::vector<Open>& open) {
  std::vector<std::pair<Move, Move>> ends;
  for (const Open& each : open) {
    std::map<std::string, double> low;
    std::map<std::string, double> high;
    for (const Input& input : each.inputs) {
      low[input.pointer] = input.low;
      high[input.pointer] = input.high;
    }
    ends.emplace_back(moved(low), moved(high));
    for (const Move& move : {moved({}), ends.back().first, ends.back().second}) {
      model_.want(*each.claim, move, points_);
    }
  }
  const Status played = points_.play();
  if (!played) {
    return played;
  }
  for (std::size_t i = 0; i < open.size(); ++i) {
    open[i].turns = turns(open[i], ends[i].first) || turns(open[i], ends[i].second);
  }
  return Done{};
}

Result<std::vector<Flip>> MovedInputs::find(const std::vector<const Claim*>& claims) {
  std::vector<Open> open;
  for (const Claim* const claim : claims) {
    Result<std::vector<Input>> inputs = inputs_of(*claim);
    if (!inputs) {
      return inputs.errors();
    }
    const Result<Subject> what = model_.subject(*claim);
    const Estimate estimate =
        model_.estimate(*claim, [](PointKey point) { return point; }, points_);
    const ClaimVerdict verdict =
        judge_claim(*claim, estimate, what && more_is_better(what->what.metric));
    open.push_back({claim, verdict, std::move(inputs).value()});
  }
  const Status screened = screen(open);
  if (!screened) {
    return screened.errors();
  }
  std::erase_if(open, [](const Open& each) { return !each.turns; });
  for (const Open& each : open) {
    for (const Input& input : each.inputs) {
      model_.want(*each.claim, moved(one(input.pointer, input.low)), points_);
      model_.want(*each.claim, moved(one(input.pointer, input.high)), points_);
    }
  }
  const Status played = points_.play();
  if (!played) {
    return played.errors();
  }
  std::vector<Flip> out;
  for (const Open& each : open) {
    for (const Input& input : each.inputs) {
      const bool low = turns(each, moved(one(input.pointer, input.low)));
      if (!low && !turns(each, moved(one(input.pointer, input.high)))) {
        continue;
      }
      out.push_back({each.claim, input.pointer,
                     input.pointer + " (" + input.basis + "): at the " + (low ? "low" : "high") +
                         " end of its range the verdict turns"});
      break;
    }
  }
  return out;
}

}  // namespace rehearse::study
