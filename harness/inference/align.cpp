#include <algorithm>
#include <map>

#include "harness/base/text.hpp"
#include "harness/inference/names.hpp"
#include "harness/inference/step.hpp"

namespace rehearse::inference {
namespace {

constexpr std::size_t kFanOut = 3;

// What calls of one kind ask for; steps of a loop ask alike.
struct Asked {
  std::int64_t max_tokens = 0;
  std::string size;
  std::string quality;
  bool stream = false;
  auto operator<=>(const Asked&) const = default;
};

Asked asked_by(const record::RecordedCall& call) {
  return {call.max_tokens, call.size, call.quality, call.stream};
}

struct Key {
  CallKind kind;
  Asked asked;
  auto operator<=>(const Key&) const = default;
};

using Places = std::vector<std::size_t>;
using JobKeys = std::map<Key, Places>;

// Steps of one kind that ask for different things are told apart by that, where every job asks for
// the same things; else only by their order.
std::vector<JobKeys> keys_of(const std::vector<SeenJob>& jobs) {
  std::map<CallKind, std::map<Asked, std::size_t>> found;  // in how many jobs
  for (const SeenJob& job : jobs) {
    std::map<Key, bool> here;
    for (const SeenCall& call : job.calls) {
      here[{kind_of(*call.answer), asked_by(*call.answer)}] = true;
    }
    for (const auto& [key, unused] : here) {
      ++found[key.kind][key.asked];
    }
  }
  std::vector<JobKeys> out(jobs.size());
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    for (std::size_t i = 0; i < jobs[j].calls.size(); ++i) {
      const record::RecordedCall& call = *jobs[j].calls[i].answer;
      const auto& ways = found[kind_of(call)];
      const bool steady = std::all_of(ways.begin(), ways.end(),
                                      [&](const auto& way) { return way.second == jobs.size(); });
      out[j][{kind_of(call), steady ? asked_by(call) : Asked()}].push_back(i);
    }
  }
  return out;
}

// Whether another call began and ended between two calls of a kind.
bool is_between(const SeenJob& job, std::size_t first, std::size_t second) {
  for (std::size_t i = first + 1; i < second; ++i) {
    if (job.calls[i].started >= job.calls[first].done &&
        job.calls[i].done <= job.calls[second].started) {
      return true;
    }
  }
  return false;
}

// Calls of one kind in a row.
std::vector<Places> runs_of(const SeenJob& job, const Places& places) {
  std::vector<Places> runs;
  for (const std::size_t place : places) {
    if (runs.empty() || is_between(job, runs.back().back(), place)) {
      runs.emplace_back();
    }
    runs.back().push_back(place);
  }
  return runs;
}

struct Runs {
  std::vector<std::vector<Places>> by_job;
  std::size_t most = 0;  // runs in a job
};

bool is_chain(const Runs& runs, std::size_t number, const Feeds& feeds) {
  for (std::size_t j = 0; j < runs.by_job.size(); ++j) {
    if (number >= runs.by_job[j].size()) {
      continue;
    }
    const Places& run = runs.by_job[j][number];
    for (std::size_t i = 1; i < run.size(); ++i) {
      if (feeds(j, run[i - 1], run[i])) {
        return true;
      }
    }
  }
  return false;
}

bool is_fan_out(const Runs& runs, std::size_t number, const Feeds& feeds) {
  const bool many = std::any_of(runs.by_job.begin(), runs.by_job.end(), [&](const auto& job) {
    return number < job.size() && job[number].size() >= kFanOut;
  });
  return many && !is_chain(runs, number, feeds);
}

Step make_step(const CallKind& kind, std::size_t jobs) {
  Step step;
  step.name = kind.operation;
  step.calls.resize(jobs);
  return step;
}

void add_steps(const CallKind& kind, const Runs& runs, const Feeds& feeds,
               std::vector<Step>& steps) {
  const std::size_t jobs = runs.by_job.size();
  std::vector<Places> single(jobs);  // what belongs to no fan-out, by job
  for (std::size_t number = 0; number < runs.most; ++number) {
    if (is_fan_out(runs, number, feeds)) {
      Step step = make_step(kind, jobs);
      step.fanned_out = true;
      for (std::size_t j = 0; j < jobs; ++j) {
        if (number < runs.by_job[j].size()) {
          step.calls[j] = runs.by_job[j][number];
        }
      }
      steps.push_back(std::move(step));
      continue;
    }
    for (std::size_t j = 0; j < jobs; ++j) {
      if (number < runs.by_job[j].size()) {
        const Places& run = runs.by_job[j][number];
        single[j].insert(single[j].end(), run.begin(), run.end());
      }
    }
  }
  std::size_t most = 0;
  for (const Places& places : single) {
    most = std::max(most, places.size());
  }
  for (std::size_t ordinal = 0; ordinal < most; ++ordinal) {
    Step step = make_step(kind, jobs);
    for (std::size_t j = 0; j < jobs; ++j) {
      if (ordinal < single[j].size()) {
        step.calls[j] = {single[j][ordinal]};
      }
    }
    steps.push_back(std::move(step));
  }
}

void set_spans(const std::vector<SeenJob>& jobs, Step& step) {
  step.spans.resize(jobs.size());
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    for (const std::size_t place : step.calls[j]) {
      const SeenCall& call = jobs[j].calls[place];
      std::optional<Span>& span = step.spans[j];
      span = span ? Span{std::min(span->from, call.started), std::max(span->to, call.done)}
                  : Span{call.started, call.done};
      std::size_t beside = 0;  // calls under way when this one began
      for (const std::size_t other : step.calls[j]) {
        const SeenCall& each = jobs[j].calls[other];
        beside += each.started <= call.started && call.started < each.done ? 1U : 0U;
      }
      step.at_once = std::max(step.at_once, beside);
    }
  }
}

}  // namespace

std::size_t Step::jobs() const {
  return static_cast<std::size_t>(
      std::count_if(spans.begin(), spans.end(), [](const auto& span) { return span.has_value(); }));
}

void sort_by_start(std::vector<Step>& steps) {
  const auto mean_start = [](const Step& step) {
    double sum = 0;
    for (const std::optional<Span>& span : step.spans) {
      sum += span ? (span->from.count_s() + span->to.count_s() * 1e-6) : 0;
    }
    return sum / static_cast<double>(std::max<std::size_t>(step.jobs(), 1));
  };
  std::sort(steps.begin(), steps.end(), [&](const Step& a, const Step& b) {
    const double first = mean_start(a);
    const double second = mean_start(b);
    return first != second ? first < second : a.name < b.name;
  });
}

std::vector<Step> align(const std::vector<SeenJob>& jobs, const Feeds& feeds) {
  const std::vector<JobKeys> keys = keys_of(jobs);
  std::map<Key, Runs> all;
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    for (const auto& [key, places] : keys[j]) {
      Runs& runs = all[key];
      runs.by_job.resize(jobs.size());
      runs.by_job[j] = runs_of(jobs[j], places);
      runs.most = std::max(runs.most, runs.by_job[j].size());
    }
  }
  std::vector<Step> steps;
  for (auto& [key, runs] : all) {
    add_steps(key.kind, runs, feeds, steps);
  }
  for (Step& step : steps) {
    set_spans(jobs, step);
  }
  sort_by_start(steps);
  Names names;
  for (Step& step : steps) {
    step.name = names.take(step.name);
  }
  return steps;
}

}  // namespace rehearse::inference
