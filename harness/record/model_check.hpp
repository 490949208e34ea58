#pragma once

#include <cstdint>
#include <string>
#include <vector>

// How far a what-if's model is from a recording of the pipeline.
namespace rehearse::record {

// One quantile of the response that was predicted and seen.
struct ModelError {
  std::string point;      // of the recording: "the other half", "concurrency=4"
  std::string statistic;  // "p50", "p95", "p99"
  double predicted_s = 0;
  double observed_s = 0;
  double error() const { return observed_s > 0 ? predicted_s / observed_s - 1 : 0; }
};

struct FittedStage {
  std::string path;
  std::uint64_t values = 0;
  double median_s = 0;
};

struct ModelCheck {
  std::string recording;
  double bound = 0.09;            // of the size of an error
  std::uint64_t jobs_fitted = 0;  // the first half of the first point
  std::uint64_t jobs_held = 0;
  std::vector<ModelError> errors;
  std::vector<FittedStage> stages;  // whose times were taken from the recording
  std::vector<std::string> notes;

  double worst() const;                              // the largest size of an error
  bool withheld() const { return worst() > bound; }  // results of the model are not to be shown
};

}  // namespace rehearse::record
