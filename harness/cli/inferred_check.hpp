#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/inference/infer.hpp"

namespace rehearse::cli {

// What a job took, called and cost: median time, means of the others.
struct JobFigures {
  double median_s = 0;
  double calls = 0;
  double cost_usd = 0;
};

// A scenario that was made of recordings, held against them.
struct InferredCheck {
  JobFigures recorded;  // priced by the scenario's profiles; without failed attempts
  JobFigures modelled;  // of 1,000 jobs (at least 20) in virtual time, one at a time

  std::string text() const;                   // one line
  std::vector<std::string> warnings() const;  // where both differ by more than 5%
};

// Loads the scenario's text as any is loaded and plays it. Errors are bugs of whoever made it.
Result<InferredCheck> check_inferred(const std::string& text, const inference::Inferred& inferred,
                                     const std::vector<inference::RecordedJob>& jobs);

}  // namespace rehearse::cli
