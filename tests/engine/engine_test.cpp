#include <catch2/catch.hpp>

#include <set>

#include "harness/engine/engine.hpp"
#include "tests/support/scenario_builder.hpp"

using namespace rehearse;
using namespace rehearse::test;
using namespace rehearse::literals;
using record::JobEnd;
using record::StageEnd;

namespace {

Distribution exactly(double s) { return Distribution::constant(s); }

SimRun run_sim(const scenarios::Scenario& scenario, const engine::Options& options = {}) {
  SimRun out;
  runtime::SimRuntime rt;
  ScriptedProvider provider(rt);
  out.outcome = engine::run(rt, scenario, {&provider}, out.sink, options);
  return out;
}

double response_s(const KeepingSink::Kept& kept) {
  return (kept.job.done - kept.job.intended).count_s();
}

}  // namespace

TEST_CASE("a sequential pipeline takes the sum of its stages, a parallel one the longest path") {
  ScenarioBuilder b;
  b.local("a", exactly(1));
  b.local("b", exactly(2), {"a"});
  b.local("c", exactly(4), {"b"});
  CHECK(response_s(run_sim(b.s).sink.jobs.at(0)) == Approx(7));
  b["c"].before = {b.index("a")};
  CHECK(response_s(run_sim(b.s).sink.jobs.at(0)) == Approx(5));
  b["b"].before.clear();
  b["c"].before.clear();
  CHECK(response_s(run_sim(b.s).sink.jobs.at(0)) == Approx(4));
}

TEST_CASE("a span knows which span released it") {
  ScenarioBuilder b;
  b.local("fast", exactly(1));
  b.local("slow", exactly(3));
  b.local("join", exactly(1), {"fast", "slow"});
  const SimRun run = run_sim(b.s);
  const auto& spans = run.sink.jobs.at(0).spans;
  REQUIRE(spans.size() == 3);
  CHECK(spans[2].stage == 2);
  CHECK(spans[spans[2].released_by].stage == 1);
}

TEST_CASE("a fan-out runs as many items at once as it may, under one whole span") {
  ScenarioBuilder b;
  scenarios::Stage& stage = b.local("image", exactly(2));
  stage.repeat = fixed(10);
  stage.parallel = 4;
  const SimRun run = run_sim(b.s);
  CHECK(response_s(run.sink.jobs.at(0)) == Approx(6));
  const auto& spans = run.sink.jobs.at(0).spans;
  REQUIRE(spans.size() == 11);
  CHECK(spans[0].item == record::kWhole);
  std::set<std::uint32_t> items;
  for (std::size_t i = 1; i < spans.size(); ++i) {
    CHECK(spans[i].parent == 0);
    items.insert(spans[i].item);
  }
  CHECK(items.size() == 10);
  stage.parallel = 0;
  CHECK(response_s(run_sim(b.s).sink.jobs.at(0)) == Approx(2));
  stage.repeat = fixed(0);
  const SimRun none = run_sim(b.s);
  CHECK(response_s(none.sink.jobs.at(0)) == Approx(0));
  CHECK(none.sink.jobs.at(0).spans.at(0).end == StageEnd::Skipped);
}

TEST_CASE("vary 1 gives all items of a job the same luck, vary 0 their own") {
  for (const double vary : {0.0, 0.5, 1.0}) {
    ScenarioBuilder b;
    scenarios::Stage& stage = b.local("image", Distribution::typical(2, 0.5));
    stage.repeat = fixed(5);
    stage.vary = vary;
    std::set<std::int64_t> times;
    const SimRun run = run_sim(b.s);
    for (const auto& span : run.sink.jobs.at(0).spans) {
      if (span.item != record::kWhole) {
        times.insert((span.done - span.started).count_ns());
      }
    }
    CHECK(times.size() == (vary == 1.0 ? 1u : 5u));
  }
}

TEST_CASE("a background stage and what follows it do not hold up the answer but are drained") {
  ScenarioBuilder b;
  b.local("answer", exactly(1));
  b.local("index", exactly(5), {"answer"}).background = true;
  b.local("notify", exactly(5), {"index"});
  b.s.workload.jobs = 3;
  const SimRun run = run_sim(b.s);
  REQUIRE(run.sink.jobs.size() == 3);
  CHECK(response_s(run.sink.jobs[0]) == Approx(1));
  CHECK((run.sink.jobs[0].job.drained - run.sink.jobs[0].job.intended).count_s() == Approx(11));
  // The place is free at the answer: the second job starts at 1 s, not at 11 s.
  CHECK(run.sink.jobs[1].job.intended == Instant::from_seconds(1));
  CHECK(run.sink.jobs[0].spans[2].background);
}

TEST_CASE("a failure ends the job and stops its siblings, continue and fallback absorb it") {
  ScenarioBuilder b;
  b.call("flaky");
  b.local("sibling", exactly(10));
  b.local("after", exactly(1), {"flaky"});
  const auto run = [&] {
    SimRun out;
    runtime::SimRuntime rt;
    ScriptedProvider provider(rt);
    provider.failure = [](const provider::Call&) { return provider::Failure::BadRequest; };
    out.outcome = engine::run(rt, b.s, {&provider}, out.sink, {});
    return out;
  };
  SimRun failed = run();
  CHECK(failed.sink.jobs.at(0).job.end == JobEnd::Failed);
  CHECK(response_s(failed.sink.jobs[0]) == Approx(1));
  CHECK(failed.sink.jobs[0].spans.size() == 2);
  CHECK(failed.sink.jobs[0].spans[1].end == StageEnd::Cancelled);

  b["flaky"].on_error = scenarios::OnError::Continue;
  SimRun continued = run();
  CHECK(continued.sink.jobs.at(0).job.end == JobEnd::Done);
  CHECK(continued.sink.jobs[0].spans.size() == 3);

  b["flaky"].on_error = scenarios::OnError::Fallback;
  b.local("template", exactly(0.5));
  b["flaky"].fallback = b.index("template");
  SimRun fallback = run();
  CHECK(fallback.sink.jobs.at(0).job.end == JobEnd::Done);
  CHECK(fallback.sink.jobs[0].spans.size() == 4);
}

TEST_CASE("a group that continues absorbs the failure of an inner stage") {
  ScenarioBuilder b;
  b.group("extras").on_error = scenarios::OnError::Continue;
  b.call("flaky");
  b.into("extras");
  b.local("after", exactly(2), {"extras"});
  SimRun out;
  runtime::SimRuntime rt;
  ScriptedProvider provider(rt);
  provider.failure = [](const provider::Call&) { return provider::Failure::ServerError; };
  out.outcome = engine::run(rt, b.s, {&provider}, out.sink, {});
  CHECK(out.sink.jobs.at(0).job.end == JobEnd::Done);
  CHECK(response_s(out.sink.jobs[0]) == Approx(3));
}

TEST_CASE("conditions and skips take no time and let what follows run") {
  ScenarioBuilder b;
  b.local("maybe", exactly(1)).probability = 0.25;
  b.local("never", exactly(100), {"maybe"}).skip = true;
  b.local("last", exactly(1), {"never"});
  b.s.workload.jobs = 4000;
  const SimRun run = run_sim(b.s);
  double wanted = 0;
  for (const auto& kept : run.sink.jobs) {
    wanted += kept.spans.at(0).end == StageEnd::Done ? 1 : 0;
    CHECK(kept.spans.at(1).end == StageEnd::Skipped);
  }
  CHECK(wanted / 4000 == Approx(0.25).margin(3.3 * 0.00685));
}

TEST_CASE("a batch starts its next job when a place is free, users think between jobs") {
  ScenarioBuilder b;
  b.local("work", exactly(2));
  b.s.workload.jobs = 5;
  b.s.workload.concurrency = 2;
  const SimRun batch = run_sim(b.s);
  CHECK(batch.outcome.end.elapsed == 6_s);
  CHECK(batch.outcome.end.issued == 5);
  CHECK(batch.outcome.end.max_in_flight == 2);

  b.s.workload.kind = scenarios::LoadKind::Closed;
  b.s.workload.users = 3;
  b.s.workload.think = fixed(3);
  b.s.workload.jobs.reset();
  b.s.workload.length = 10_s;
  const SimRun closed = run_sim(b.s);
  CHECK(closed.sink.jobs.size() == 6);  // each user at 0 and 5 s; 10 s is past the end
  CHECK(closed.outcome.end.elapsed >= 7_s);
}

TEST_CASE("an open loop never waits for slow jobs and counts from the intended start") {
  ScenarioBuilder b;
  b.slots("worker", 1);
  b.local("work", exactly(3)).uses = {{.resource = 0}};
  b.s.workload.kind = scenarios::LoadKind::Open;
  b.s.workload.arrivals = scenarios::Arrivals::Constant;
  b.s.workload.phases = {{.rate_from = 1, .rate_to = 1, .length = 1_s}};
  b.s.workload.jobs = 4;
  const SimRun run = run_sim(b.s);
  REQUIRE(run.sink.jobs.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(run.sink.jobs[i].job.intended == Instant::from_seconds(static_cast<double>(i)));
    CHECK(response_s(run.sink.jobs[i]) == Approx(3.0 + 2.0 * static_cast<double>(i)));
  }
}

TEST_CASE("overload without bound stops as saturated instead of eating the memory") {
  ScenarioBuilder b;
  b.slots("worker", 1);
  b.local("work", exactly(100)).uses = {{.resource = 0}};
  b.poisson(1000, 1'000'000);
  engine::Options options;
  options.max_in_flight = 500;
  const SimRun run = run_sim(b.s, options);
  CHECK(run.outcome.end.stop_reason == "saturated");
  CHECK(run.outcome.end.invalid_reasons.size() == 1);
  CHECK(run.sink.jobs.size() == run.outcome.end.issued);
}

TEST_CASE("resources held in a circle end as an invalid run, not as a hang") {
  ScenarioBuilder b;
  b.slots("a", 1);
  b.slots("b", 1);
  b.group("first").holds = {{.resource = 0}};
  b.local("w1", exactly(1));
  b.into("first");
  b["w1"].before.clear();
  b.local("x", exactly(1)).uses = {{.resource = 1}};
  b.into("first");
  b["x"].before = {b.index("w1")};
  b.group("second").holds = {{.resource = 1}};
  b.local("w2", exactly(1));
  b.into("second");
  b.local("y", exactly(1)).uses = {{.resource = 0}};
  b.into("second");
  b["y"].before = {b.index("w2")};
  const SimRun run = run_sim(b.s);
  CHECK(run.outcome.end.stop_reason == "deadlock");
  CHECK(run.sink.jobs.at(0).job.end == JobEnd::Cancelled);
}

TEST_CASE("a job that outlasts the time that is counted is called endless, not a deadlock") {
  ScenarioBuilder b;
  const double century = 3.1e9;
  b.local("one", exactly(century));
  b.local("two", exactly(century));
  b.local("three", exactly(century));
  b["two"].before = {b.index("one")};
  b["three"].before = {b.index("two")};
  const SimRun run = run_sim(b.s);
  CHECK(run.outcome.end.stop_reason == "endless");
  REQUIRE(run.outcome.end.invalid_reasons.size() == 1);
  CHECK(run.outcome.end.invalid_reasons[0].find("292 years") != std::string::npos);
}

TEST_CASE("users who lose patience leave, and the job counts as cancelled") {
  ScenarioBuilder b;
  b.local("work", exactly(5));
  b.s.workload.patience = fixed(2);
  const SimRun run = run_sim(b.s);
  CHECK(run.sink.jobs.at(0).job.end == JobEnd::Cancelled);
  CHECK(response_s(run.sink.jobs[0]) == Approx(2));
}

TEST_CASE("the first result is seen before the job is done where a stage shows one") {
  ScenarioBuilder b;
  b.local("preview", exactly(1)).first_result = scenarios::FirstResult::Done;
  b.local("rest", exactly(9), {"preview"});
  const SimRun run = run_sim(b.s);
  CHECK((run.sink.jobs.at(0).job.first_result - run.sink.jobs[0].job.intended) == 1_s);
  CHECK((run.sink.jobs[0].job.done - run.sink.jobs[0].job.intended) == 10_s);
}

TEST_CASE("the same seed gives the same run, another seed another one") {
  ScenarioBuilder b;
  b.slots("worker", 2);
  b.local("a", Distribution::typical(1, 0.5)).uses = {{.resource = 0}};
  b.local("b", Distribution::exponential(1), {"a"});
  b.poisson(1.2, 2000);
  engine::Options one;
  engine::Options two;
  two.seed = 2;
  CHECK(run_sim(b.s, one).outcome.hash == run_sim(b.s, one).outcome.hash);
  CHECK(run_sim(b.s, one).outcome.hash != run_sim(b.s, two).outcome.hash);
}

TEST_CASE("adding a stage changes no other stage's draws") {
  ScenarioBuilder b;
  b.local("a", Distribution::typical(1, 0.5));
  b.s.workload.jobs = 50;
  const SimRun before = run_sim(b.s);
  b.local("z", Distribution::typical(1, 0.5));
  const SimRun after = run_sim(b.s);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto& x = before.sink.jobs[i].spans[0];
    const auto& y = after.sink.jobs[i].spans[0];
    CHECK((x.done - x.started) == (y.done - y.started));
  }
}

TEST_CASE("a stop of arrivals drains what is inside, a stop of all cancels it") {
  ScenarioBuilder b;
  b.local("work", exactly(1));
  b.s.workload.jobs = 100'000;
  for (const engine::Command command : {engine::Command::StopArrivals, engine::Command::StopAll}) {
    engine::Options options;
    options.on_tick = [&](const engine::Progress& progress) {
      return progress.ended >= 1000 ? command : engine::Command::GoOn;
    };
    const SimRun run = run_sim(b.s, options);
    CHECK(run.outcome.end.stop_reason == "interrupted");
    CHECK(run.sink.jobs.size() < 2000);
    CHECK(run.sink.jobs.size() == run.outcome.end.issued);
  }
}

TEST_CASE("tasks are chosen by their weights and have graphs of their own") {
  ScenarioBuilder b;
  b.local("generate", exactly(1));
  scenarios::Stage page;
  page.name = "page";
  page.path = "homepage:page";
  page.key = hash_name(page.path);
  page.kind = scenarios::StageKind::Wait;
  page.wait = fixed(0.1);
  b.s.graphs.push_back({.name = "homepage", .top = {StageIndex{1}}});
  b.s.stages.push_back(page);
  b.s.workload.tasks = {{.name = "generate", .graph = 0, .weight = 1},
                        {.name = "homepage", .graph = 1, .weight = 3}};
  b.s.workload.jobs = 4000;
  double homepages = 0;
  const SimRun run = run_sim(b.s);
  for (const auto& kept : run.sink.jobs) {
    homepages += kept.job.task == 1 ? 1 : 0;
  }
  CHECK(homepages / 4000 == Approx(0.75).margin(3.3 * 0.00685));
}
