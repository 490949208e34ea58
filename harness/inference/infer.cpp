#include "harness/inference/infer.hpp"

#include <algorithm>
#include <map>

#include "harness/inference/data_flow.hpp"
#include "harness/inference/names.hpp"
#include "harness/inference/stage.hpp"
#include "mocks/calibration/read_timed_calls.hpp"

namespace rehearse::inference {
namespace {

constexpr std::int64_t kSingleJobs = 200;

// What was said in each call, read once.
class Conversation {
 public:
  explicit Conversation(const std::vector<SeenJob>& jobs) {
    for (const SeenJob& job : jobs) {
      std::vector<CallTexts> texts;
      for (const SeenCall& call : job.calls) {
        texts.push_back(texts_of(*call.answer));
        known_ = known_ || !texts.back().asked.empty() || !texts.back().said.empty();
      }
      texts_.push_back(std::move(texts));
    }
  }
  bool is_known() const { return known_; }
  bool feeds(std::size_t job, std::size_t from, std::size_t to) const {
    return known_ && inference::feeds(texts_[job][from], texts_[job][to]);
  }

 private:
  std::vector<std::vector<CallTexts>> texts_;
  bool known_ = false;
};

std::string source_text(const std::vector<RecordedJob>& jobs) {
  std::string first = jobs.front().source;
  return jobs.size() == 1 ? first
                          : std::to_string(jobs.size()) + " recordings, from " + first + " to " +
                                jobs.back().source;
}

json::Value workload(std::int64_t jobs, std::int64_t concurrency) {
  json::Value out = json::Value::object();
  out.set("jobs", jobs);
  out.set("concurrency", concurrency);
  out.set("process", "per_job");
  return out;
}

json::Value workloads() {
  json::Value out = json::Value::object();
  out.set("single", workload(kSingleJobs, 1));
  out.set("batch", workload(10, 4));
  return out;
}

std::vector<std::vector<CallUse>> uses_of(const std::vector<SeenJob>& jobs,
                                          const Services& services) {
  std::vector<std::vector<CallUse>> out;
  for (const SeenJob& job : jobs) {
    std::vector<CallUse> uses;
    for (const SeenCall& seen : job.calls) {
      const record::RecordedCall& call = *seen.answer;
      const Service& service = services.of.at(kind_of(call));
      CallUse use{service.provider, service.operation, call.model,
                  call.size,        call.quality,      call.usage};
      use.usage.output_tokens = calibration::timed_call(call).output_tokens;
      uses.push_back(std::move(use));
    }
    out.push_back(std::move(uses));
  }
  return out;
}

void add_general_notes(const std::vector<SeenJob>& jobs, const Pipeline& pipeline,
                       bool bodies_known, std::vector<std::string>& notes) {
  std::size_t given_up = 0;
  for (const SeenJob& job : jobs) {
    given_up += job.given_up;
  }
  if (given_up > 0) {
    notes.push_back(std::to_string(given_up) +
                    " failed calls that were not made again are left out; their time counts as the "
                    "program's own");
  }
  if (!bodies_known && pipeline.steps.size() > 1) {
    notes.push_back(
        "without --bodies nobody can see what reads what: all order is program order, which a "
        "what-if may drop; write \"needs\" where a stage reads another's answer");
  }
  const bool local =
      std::any_of(pipeline.steps.begin(), pipeline.steps.end(),
                  [](const Step& step) { return !step.is_call || step.inner_s > 0; });
  if (local) {
    notes.push_back(
        "time that no call covers is written as local CPU; from outside it cannot be told from "
        "waiting: where it waits, write \"io\" or \"wait\"");
  }
}

json::Value scenario_of(const Pipeline& pipeline, const std::vector<RecordedJob>& jobs,
                        const std::string& name, std::vector<std::string>& notes) {
  json::Value out = json::Value::object();
  out.set("scenario", name);
  out.set("basis", "measured");
  out.set("source", source_text(jobs));
  out.set("note", "made by rehearse infer; a job is one run of the recorded program");
  out.set("providers", pipeline.services.providers);
  if (pipeline.order.is_chain) {
    out.set("order", "sequential");
  }
  json::Value stages = json::Value::object();
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    stages.set(pipeline.steps[i].name, stage_of(pipeline, i, notes));
  }
  out.set("stages", std::move(stages));
  out.set("workloads", workloads());
  json::Value variants = failing_variant(pipeline);
  if (!variants.is_null()) {
    out.set("variants", std::move(variants));
  }
  return out;
}

}  // namespace

Result<Inferred> infer(const std::vector<RecordedJob>& jobs, const std::string& name) {
  std::vector<SeenJob> seen;
  for (const RecordedJob& job : jobs) {
    seen.push_back(see_job(job));
    if (seen.back().calls.empty()) {
      return Error{job.source, "no call was answered: there is nothing to make a scenario of"};
    }
  }
  if (seen.empty()) {
    return Error{"", "expected at least one recording"};
  }
  const Conversation conversation(seen);
  const Feeds feeds = [&](std::size_t job, std::size_t from, std::size_t to) {
    return conversation.feeds(job, from, to);
  };
  std::vector<Step> steps = align(seen, feeds);
  add_gaps(seen, steps);
  const Order order = order_of(steps, feeds);
  Services services = name_services(seen);
  const Pipeline pipeline{seen, steps, order, services};
  Inferred out;
  out.notes = services.notes;
  out.scenario = scenario_of(pipeline, jobs, plain_name(name, "recorded"), out.notes);
  add_general_notes(seen, pipeline, conversation.is_known(), out.notes);
  out.calls = uses_of(seen, services);
  return out;
}

}  // namespace rehearse::inference
