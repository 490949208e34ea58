#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/study/claim_model.hpp"
#include "harness/study/points.hpp"

namespace rehearse::study {

// A claim whose verdict an input turns.
struct Flip {
  const scenarios::Claim* claim = nullptr;
  std::string input;  // its pointer
  std::string text;   // "/stages/image/time (assumed): at 51 s it fails"
};

// Moves stated and assumed inputs over their ranges (5% to 95% of a distribution, a quarter up and
// down of an assumed constant; `vary` 0 and 1; what is stated as one value has no range) and looks
// which verdicts turn: all together first, since times move together, and one at a time where that
// turns something. Moved points have fewer jobs: what is taken from them is how far the figure
// moves, with the same luck.
class MovedInputs {
 public:
  MovedInputs(Points& points, const ClaimModel& model, std::uint64_t jobs)
      : points_(points), model_(model), jobs_(jobs) {}

  Result<std::vector<Flip>> find(const std::vector<const scenarios::Claim*>& claims);

 private:
  struct Input {
    std::string pointer;
    std::string basis;
    double low = 1, high = 1;  // factors; of `vary`: values
    double median = 0;
    bool constant = false;
  };
  struct Open {
    const scenarios::Claim* claim = nullptr;
    record::ClaimVerdict verdict = {};
    std::vector<Input> inputs;
    bool turns = false;
  };
  Result<std::vector<Input>> inputs_of(const scenarios::Claim& claim) const;
  Move moved(const std::map<std::string, double>& scaled) const;
  bool turns(const Open& open, const Move& move) const;
  Status screen(std::vector<Open>& open);

  Points& points_;
  const ClaimModel& model_;
  std::uint64_t jobs_;
};

}  // namespace rehearse::study
