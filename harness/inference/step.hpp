#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/inference/seen_job.hpp"

namespace rehearse::inference {

// From when to when a step was under way in one job.
struct Span {
  Instant from;
  Instant to;
};

// What becomes a stage: calls that stand in the same place of every job, or time between calls.
struct Step {
  std::string name;
  bool is_call = true;
  bool fanned_out = false;                      // many calls of one kind, as one step
  std::vector<std::vector<std::size_t>> calls;  // by job: places in SeenJob::calls
  std::vector<std::optional<Span>> spans;       // by job; none where the job had no such step
  std::vector<double> seconds;                  // of time between calls, a value for each job
  double inner_s = 0;       // of a fan-out: median time that no call covered, for each item
  std::size_t at_once = 1;  // of a fan-out: the most items at once

  std::size_t jobs() const;  // in which it was
};

// Whether the answer of one call stands in the request of a later one, by places in the job's
// calls.
using Feeds = std::function<bool(std::size_t job, std::size_t from, std::size_t to)>;

// Calls of all jobs in their places: by kind and ordinal, in the order in which jobs come to them.
// Three and more of a kind in a row that ask alike are one step, unless one feeds the next.
std::vector<Step> align(const std::vector<SeenJob>& jobs, const Feeds& feeds);

// Adds steps for the time that no call covers ("prepare", "before-image", "finish") where it is
// above 1% of the job and 5 ms in the median, and orders all by their start; what is below is added
// to the next. Sets `inner_s`.
void add_gaps(const std::vector<SeenJob>& jobs, std::vector<Step>& steps);

// Sorts steps by when jobs come to them.
void sort_by_start(std::vector<Step>& steps);

}  // namespace rehearse::inference
