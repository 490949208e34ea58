#include <algorithm>
#include <map>

#include "harness/inference/names.hpp"
#include "harness/inference/step.hpp"
#include "harness/stats/quantile.hpp"

namespace rehearse::inference {
namespace {

constexpr double kLeastShare = 0.01;  // of the job
constexpr double kLeastGap_s = 5e-3;

// Where a gap stands: before the step with this number.
constexpr std::size_t kFinish = SIZE_MAX;

struct Gap {
  std::vector<std::optional<Span>> spans;  // by job
  std::vector<double> seconds;
};

double median(const std::vector<double>& values) {
  return stats::unsorted_quantile(values, 0.5).value_or(0);
}

// The steps of a job's calls, by place.
std::vector<std::size_t> owners_of(const std::vector<Step>& steps, std::size_t job,
                                   std::size_t calls) {
  std::vector<std::size_t> out(calls, kFinish);
  for (std::size_t s = 0; s < steps.size(); ++s) {
    for (const std::size_t place : steps[s].calls[job]) {
      out[place] = s;
    }
  }
  return out;
}

double items_of(const Step& step) {
  std::vector<double> items;
  for (const std::vector<std::size_t>& calls : step.calls) {
    items.push_back(static_cast<double>(calls.size()));
  }
  return median(items);
}

class Gaps {
 public:
  Gaps(const std::vector<SeenJob>& jobs, const std::vector<Step>& steps)
      : jobs_(jobs), steps_(steps), inner_(steps.size(), std::vector<double>(jobs.size())) {
    for (std::size_t j = 0; j < jobs.size(); ++j) {
      read(j);
    }
  }

  double least_s() const {
    std::vector<double> took;
    for (const SeenJob& job : jobs_) {
      took.push_back(job.job->took.count_s());
    }
    return std::max(kLeastGap_s, kLeastShare * median(took));
  }
  Gap* find(std::size_t before) {
    const auto found = gaps_.find(before);
    return found == gaps_.end() ? nullptr : &found->second;
  }
  // Time inside a fan-out, for each of its items.
  double inner_s(std::size_t step) const {
    std::vector<double> each;
    for (std::size_t j = 0; j < jobs_.size(); ++j) {
      if (!steps_[step].calls[j].empty()) {
        each.push_back(inner_[step][j] * static_cast<double>(steps_[step].at_once) /
                       static_cast<double>(steps_[step].calls[j].size()));
      }
    }
    return median(each);
  }

 private:
  void read(std::size_t j) {
    const SeenJob& job = jobs_[j];
    const std::vector<std::size_t> owners = owners_of(steps_, j, job.calls.size());
    Instant covered;
    for (std::size_t i = 0; i < job.calls.size(); ++i) {
      if (job.calls[i].started > covered) {
        add(j, next_step(job, owners, i), {covered, job.calls[i].started});
      }
      covered = std::max(covered, job.calls[i].done);
    }
    const Instant end = Instant() + job.job->took;
    add(j, kFinish, {covered, std::max(covered, end)});
  }

  // The step that a gap stands before: where several begin together, always the same one.
  std::size_t next_step(const SeenJob& job, const std::vector<std::size_t>& owners,
                        std::size_t first) const {
    const Instant together =
        job.calls[first].started +
        Duration::from_seconds(std::max(kLeastGap_s, kLeastShare * job.job->took.count_s()));
    std::size_t step = owners[first];
    for (std::size_t i = first + 1; i < job.calls.size() && job.calls[i].started < together; ++i) {
      if (job.calls[i].started < job.calls[first].done) {
        step = std::min(step, owners[i]);
      }
    }
    return step;
  }

  void add(std::size_t j, std::size_t before, Span span) {
    const double seconds = (span.to - span.from).count_s();
    if (before != kFinish && steps_[before].spans[j] && steps_[before].spans[j]->from < span.from) {
      inner_[before][j] += seconds;
      return;
    }
    Gap& gap = gaps_[before];
    gap.spans.resize(jobs_.size());
    gap.seconds.resize(jobs_.size());
    gap.spans[j] = span;
    gap.seconds[j] += seconds;
  }

  const std::vector<SeenJob>& jobs_;
  const std::vector<Step>& steps_;
  std::map<std::size_t, Gap> gaps_;
  std::vector<std::vector<double>> inner_;
};

Step make_gap(std::string name, Gap gap) {
  Step step;
  step.name = std::move(name);
  step.is_call = false;
  step.calls.resize(gap.spans.size());
  step.spans = std::move(gap.spans);
  step.seconds = std::move(gap.seconds);
  return step;
}

// A job that has the step but no gap before it has one of no length.
void complete(const std::vector<SeenJob>& jobs, const Step* step, Gap& gap) {
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    const Instant at = step == nullptr  ? Instant() + jobs[j].job->took
                       : step->spans[j] ? step->spans[j]->from
                                        : Instant();
    if (!gap.spans[j] && (step == nullptr || step->spans[j])) {
      gap.spans[j] = Span{at, at};
    }
  }
}

}  // namespace

void add_gaps(const std::vector<SeenJob>& jobs, std::vector<Step>& steps) {
  Gaps gaps(jobs, steps);
  const double least = gaps.least_s();
  Names names;
  for (const Step& step : steps) {
    names.take(step.name);
  }
  std::vector<Step> found;
  std::vector<double> carried(jobs.size());
  const auto take = [&](std::size_t before, const std::string& wanted) {
    Gap* const gap = gaps.find(before);
    if (gap == nullptr) {
      return;
    }
    complete(jobs, before == kFinish ? nullptr : &steps[before], *gap);
    for (std::size_t j = 0; j < jobs.size(); ++j) {
      carried[j] += gap->seconds[j];
    }
    if (median(carried) >= least) {
      gap->seconds = std::exchange(carried, std::vector<double>(jobs.size()));
      found.push_back(make_gap(names.take(wanted), std::move(*gap)));
    }
  };
  for (std::size_t s = 0; s < steps.size(); ++s) {
    take(s, s == 0 ? "prepare" : "before-" + steps[s].name);
    const double inner = steps[s].fanned_out ? gaps.inner_s(s) : 0;
    steps[s].inner_s = inner * items_of(steps[s]) >= least ? inner : 0;
  }
  take(kFinish, "finish");
  steps.insert(steps.end(), std::make_move_iterator(found.begin()),
               std::make_move_iterator(found.end()));
  sort_by_start(steps);
}

}  // namespace rehearse::inference
