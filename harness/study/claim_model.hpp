#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/record/audit.hpp"
#include "harness/study/points.hpp"

namespace rehearse::study {

// What the model says a claim's figure is.
struct Estimate {
  std::optional<double> found;
  std::optional<record::ClaimRange> interval;  // 90%
  double scale = 0;                            // of the figures it was made from
  std::string why;                             // why there is none
};

// Changes a point before it is played: more jobs, moved inputs.
using Move = std::function<PointKey(PointKey)>;

// The claims of one file as questions to the model.
class ClaimModel {
 public:
  ClaimModel(const std::vector<scenarios::Claim>& claims, std::uint64_t jobs);

  // Asks for all that a claim's figure needs.
  void want(const scenarios::Claim& claim, const Move& move, Points& points) const;
  Estimate estimate(const scenarios::Claim& claim, const Move& move, const Points& points) const;
  // The point of the side that the claim speaks of, and of the side before.
  PointKey with(const scenarios::Claim& claim) const;
  PointKey base(const scenarios::Claim& claim) const;
  // What is read; an error where the claim's metric cannot be.
  Result<Subject> subject(const scenarios::Claim& claim) const;

 private:
  PointKey side(const scenarios::Claim& claim, std::vector<std::string> variants) const;
  // The claim or stage behind one part of a sum.
  scenarios::Claim part(const scenarios::Claim& claim, const std::string& name) const;

  const std::vector<scenarios::Claim>& claims_;
  std::uint64_t jobs_;
};

// Does the estimate lie inside the claim, a tenth wider? A target is met or not, without tolerance.
record::ClaimVerdict judge_claim(const scenarios::Claim& claim, const Estimate& estimate,
                                 bool more_is_better);

// A claim's figures in the units that runs are read in (bytes as MB).
record::ClaimRange claimed_range(const scenarios::Claim& claim);
std::string claimed_unit(const scenarios::Claim& claim);

}  // namespace rehearse::study
