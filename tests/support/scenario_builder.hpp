#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/engine/engine.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "scenarios/model.hpp"

// Scenarios made in code, for tests of the engine that need no file.
namespace rehearse::test {

inline scenarios::Amount drawn(Distribution d) {
  return {.distribution = std::move(d), .expression = {}};
}
inline scenarios::Amount fixed(double value) { return drawn(Distribution::constant(value)); }

class ScenarioBuilder {
 public:
  ScenarioBuilder() {
    s.graphs.push_back({.name = "main", .top = {}});
    s.workload.tasks.push_back({.name = "main", .graph = 0, .weight = 1});
    s.workload.jobs = 1;
    s.providers.push_back({});
  }

  // A local stage whose wall time is drawn from `time`; after the stages named.
  scenarios::Stage& local(const std::string& name, Distribution time,
                          std::vector<std::string> after = {}) {
    scenarios::Stage& stage = add(name, scenarios::StageKind::Local, after);
    stage.local.io = drawn(std::move(time));
    return stage;
  }
  scenarios::Stage& call(const std::string& name, std::vector<std::string> after = {}) {
    scenarios::Stage& stage = add(name, scenarios::StageKind::Call, after);
    stage.call.spec.operation = "chat";
    stage.call.spec.n = fixed(1);
    return stage;
  }
  scenarios::Stage& group(const std::string& name, std::vector<std::string> after = {}) {
    return add(name, scenarios::StageKind::Group, after);
  }
  // Moves the last stage that was added into a group.
  void into(const std::string& group_name) {
    const StageIndex last{static_cast<std::uint32_t>(s.stages.size() - 1)};
    s.graphs[0].top.pop_back();
    s.stages.back().parent = index(group_name);
    s.stages[index(group_name).value].children.push_back(last);
  }
  scenarios::Resource& slots(const std::string& name, std::uint32_t count) {
    scenarios::Resource resource;
    resource.name = name;
    resource.slots = count;
    s.resources.push_back(resource);
    return s.resources.back();
  }
  StageIndex index(const std::string& name) const {
    for (std::uint32_t i = 0; i < s.stages.size(); ++i) {
      if (s.stages[i].name == name) {
        return {i};
      }
    }
    return {UINT32_MAX};
  }
  scenarios::Stage& operator[](const std::string& name) { return s.stages[index(name).value]; }

  // An open loop of Poisson arrivals.
  void poisson(double rate, std::uint64_t jobs) {
    s.workload.kind = scenarios::LoadKind::Open;
    s.workload.phases = {{.rate_from = rate, .rate_to = rate, .length = Duration::seconds(1)}};
    s.workload.jobs = jobs;
  }

  scenarios::Scenario s;

 private:
  scenarios::Stage& add(const std::string& name, scenarios::StageKind kind,
                        const std::vector<std::string>& after) {
    scenarios::Stage stage;
    stage.name = stage.path = name;
    stage.key = hash_name(name);
    stage.kind = kind;
    for (const std::string& before : after) {
      stage.before.push_back(index(before));
    }
    s.graphs[0].top.push_back({static_cast<std::uint32_t>(s.stages.size())});
    s.stages.push_back(std::move(stage));
    return s.stages.back();
  }
};

// Keeps every job and its spans.
struct KeepingSink : engine::JobSink {
  struct Kept {
    record::JobRecord job;
    std::vector<record::StageSpan> spans;
    std::vector<record::AttemptSpan> attempts;
  };
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan> attempts) override {
    jobs.push_back({job, {spans.begin(), spans.end()}, {attempts.begin(), attempts.end()}});
  }
  std::vector<Kept> jobs;
};

// A provider whose answers are a function of the call: times, failures and prices for tests.
class ScriptedProvider : public provider::Provider {
 public:
  explicit ScriptedProvider(runtime::Runtime& rt) : rt_(rt) {}
  runtime::Task<provider::Outcome> call(const provider::Call& call,
                                        runtime::StopToken stop) override {
    ++calls;
    provider::Outcome outcome;
    outcome.started = rt_.now();
    const Duration wait = time ? time(call) : Duration::seconds(1);
    const runtime::Wake wake = co_await rt_.sleep(wait, stop);
    outcome.done = rt_.now();
    outcome.first_chunk = outcome.done;
    outcome.cost = Money::nano_usd(1000);
    outcome.failure = wake == runtime::Wake::Stopped ? provider::Failure::Cancelled
                      : failure                      ? failure(call)
                                                     : provider::Failure::None;
    outcome.should_retry = outcome.failure == provider::Failure::RateLimited ||
                           outcome.failure == provider::Failure::ServerError;
    outcome.retry_after = retry_after;
    outcome.text = call.keep_text ? text : "";
    co_return outcome;
  }
  Duration typical(const CallFeatures& features) const override {
    return Duration::seconds(features.output_tokens + 1);
  }

  std::function<Duration(const provider::Call&)> time;
  std::function<provider::Failure(const provider::Call&)> failure;
  std::optional<Duration> retry_after;
  std::string text;
  std::uint64_t calls = 0;

 private:
  runtime::Runtime& rt_;
};

struct SimRun {
  KeepingSink sink;
  engine::RunOutcome outcome;
};

}  // namespace rehearse::test
