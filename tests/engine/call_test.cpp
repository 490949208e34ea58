#include <catch2/catch.hpp>

#include "harness/engine/engine.hpp"
#include "tests/support/scenario_builder.hpp"

using namespace rehearse;
using namespace rehearse::test;
using namespace rehearse::literals;
using provider::Call;
using provider::Failure;
using record::JobEnd;
using record::StageEnd;

namespace {

struct CallRun {
  KeepingSink sink;
  engine::RunOutcome outcome;
  std::uint64_t calls = 0;
};

template <typename Configure>
CallRun run_calls(const scenarios::Scenario& scenario, Configure configure) {
  CallRun out;
  runtime::SimRuntime rt;
  ScriptedProvider provider(rt);
  configure(provider);
  out.outcome = engine::run(rt, scenario, {&provider}, out.sink, {});
  out.calls = provider.calls;
  return out;
}

}  // namespace

TEST_CASE("retries wait with backoff and keep every attempt's bill") {
  ScenarioBuilder b;
  scenarios::Stage& stage = b.call("chat");
  stage.retry.max_retries = 2;
  stage.retry.jitter = 0;
  const CallRun run = run_calls(b.s, [](ScriptedProvider& p) {
    p.failure = [](const Call& c) {
      return c.key.attempt < 2 ? Failure::ServerError : Failure::None;
    };
  });
  const auto& kept = run.sink.jobs.at(0);
  CHECK(kept.job.end == JobEnd::Done);
  CHECK((kept.job.done - kept.job.intended) == 3_s + 500_ms + 1_s);
  CHECK(kept.attempts.size() == 3);
  CHECK(kept.job.retries == 2);
  CHECK(kept.job.cost == Money::nano_usd(3000));
  CHECK(kept.spans[0].attempts == 3);
}

TEST_CASE("the provider's own hint beats the backoff, unless it is too long") {
  ScenarioBuilder b;
  scenarios::Stage& stage = b.call("chat");
  stage.retry.max_retries = 1;
  stage.retry.jitter = 0;
  const auto elapsed = [&](Duration hint) {
    return run_calls(b.s,
                     [&](ScriptedProvider& p) {
                       p.retry_after = hint;
                       p.failure = [](const Call& c) {
                         return c.key.attempt == 0 ? Failure::RateLimited : Failure::None;
                       };
                     })
        .outcome.end.elapsed;
  };
  CHECK(elapsed(7_s) == 9_s);
  CHECK(elapsed(70_s) == 2'500_ms);
}

TEST_CASE("what is not worth a retry is not retried") {
  ScenarioBuilder b;
  b.call("chat").retry.max_retries = 5;
  const CallRun run = run_calls(b.s, [](ScriptedProvider& p) {
    p.failure = [](const Call&) { return Failure::BadRequest; };
  });
  CHECK(run.calls == 1);
  CHECK(run.sink.jobs.at(0).job.end == JobEnd::Failed);
}

TEST_CASE("a timeout ends an attempt at its instant, without retries the job times out") {
  ScenarioBuilder b;
  scenarios::Stage& stage = b.call("chat");
  stage.timeout = 400_ms;
  const CallRun run = run_calls(b.s, [](ScriptedProvider&) {});
  CHECK(run.sink.jobs.at(0).job.end == JobEnd::TimedOut);
  CHECK(run.sink.jobs[0].spans[0].end == StageEnd::TimedOut);
  CHECK(run.outcome.end.elapsed == 400_ms);
  stage.retry.max_retries = 1;
  stage.retry.jitter = 0;
  CHECK(run_calls(b.s, [](ScriptedProvider&) {}).outcome.end.elapsed == 1'300_ms);
}

TEST_CASE("a hedge starts after its delay and the first success ends the other") {
  ScenarioBuilder b;
  scenarios::Stage& stage = b.call("chat");
  stage.hedge = scenarios::HedgeSpec{.after = 2_s, .max = 1};
  const CallRun run = run_calls(b.s, [](ScriptedProvider& p) {
    p.time = [](const Call& c) {
      return c.key.attempt == 0 ? Duration::seconds(10) : Duration::seconds(1);
    };
  });
  const auto& kept = run.sink.jobs.at(0);
  CHECK((kept.job.done - kept.job.intended) == 3_s);
  REQUIRE(kept.attempts.size() == 2);
  int hedges = 0;
  for (const auto& attempt : kept.attempts) {
    hedges += attempt.hedge ? 1 : 0;
  }
  CHECK(hedges == 1);
  const CallRun quick = run_calls(b.s, [](ScriptedProvider&) {});
  CHECK(quick.calls == 1);
}

TEST_CASE("a hedge whose attempts all fail fails the stage without waiting further") {
  ScenarioBuilder b;
  scenarios::Stage& stage = b.call("chat");
  stage.hedge = scenarios::HedgeSpec{.after = 2_s, .max = 1};
  const CallRun run = run_calls(b.s, [](ScriptedProvider& p) {
    p.failure = [](const Call&) { return Failure::BadRequest; };
  });
  CHECK(run.sink.jobs.at(0).job.end == JobEnd::Failed);
  CHECK(run.outcome.end.elapsed == 1_s);
}

TEST_CASE("an open breaker rejects at once and lets probes through later") {
  ScenarioBuilder b;
  scenarios::Stage& stage = b.call("chat");
  stage.on_error = scenarios::OnError::Continue;
  stage.breaker =
      scenarios::BreakerSpec{.failures = 2, .window = 60_s, .open_for = 10_s, .probes = 1};
  b.local("rest", Distribution::constant(1), {"chat"});
  b.s.workload.jobs = 15;
  const CallRun run = run_calls(b.s, [](ScriptedProvider& p) {
    p.failure = [](const Call&) { return Failure::ServerError; };
  });
  // Two failures at 1 and 3 s open it until 13 s; one job a second is rejected; a probe at 13 s
  // fails.
  CHECK(run.calls == 3);
  CHECK(run.sink.jobs.at(2).spans[0].end == StageEnd::Rejected);
}

TEST_CASE("a changed call carries the ratio of the two profiles, an unchanged one exactly 1") {
  ScenarioBuilder b;
  scenarios::Stage& stage = b.call("chat");
  stage.call.spec.output_tokens = fixed(9);
  std::vector<double> ratios;
  const auto note = [&](ScriptedProvider& p) {
    p.time = [&](const Call& c) {
      ratios.push_back(c.time_ratio);
      return Duration::seconds(1);
    };
  };
  run_calls(b.s, note);
  scenarios::CallSpec base = stage.call.spec;
  base.output_tokens = fixed(4);
  stage.call.base = std::make_shared<const scenarios::CallSpec>(base);
  run_calls(b.s, note);
  CHECK(ratios == std::vector<double>{1, 2});
}

TEST_CASE("a request is filled with the job's inputs and with what earlier stages answered") {
  ScenarioBuilder b;
  b.s.parameters = json::Value::object();
  b.s.parameters.set("tone", "calm");
  b.s.inputs.push_back({.name = "topic", .values = {std::string("bees")}, .cumulative = {1}});
  b.call("draft").request = json::Value("A ${tone} text on ${topic}, job ${job}");
  b.call("title", {"draft"}).request = json::Value("A title for: ${stages.draft.text}");
  std::vector<std::string> sent;
  const CallRun run = run_calls(b.s, [&](ScriptedProvider& p) {
    p.text = "Bees are busy.";
    p.time = [&](const Call& c) {
      sent.emplace_back(c.request);
      return Duration::seconds(1);
    };
  });
  CHECK(run.sink.jobs.at(0).job.end == JobEnd::Done);
  CHECK(sent == std::vector<std::string>{"\"A calm text on bees, job 0\"",
                                         "\"A title for: Bees are busy.\""});
}
