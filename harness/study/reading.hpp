#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/record/objective.hpp"
#include "harness/study/replicate.hpp"

namespace rehearse::study {

// What is read off a point: a statistic of a metric, or a stage's share of the job's response.
struct Subject {
  record::Objective what;
  bool share = false;  // mean of `what` / mean of the job's
  std::string text;    // unique for it
};

// A statistic over all jobs of a point, and over each of its batches.
struct Reading {
  std::optional<double> whole;
  std::vector<double> batches;  // empty where one could not be read
  std::string why;              // why there is none
};

// Money that is spent whatever is done, a month.
struct FixedCosts {
  double monthly_usd = 0;
};

// `all`: the batches pooled.
Reading read(const Subject& subject, const std::vector<Batch>& batches, const Batch& all,
             FixedCosts fixed);

// More is better: throughput, goodput, cache hits.
bool more_is_better(record::Metric metric);

}  // namespace rehearse::study
