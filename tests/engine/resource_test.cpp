#include <catch2/catch.hpp>

#include "harness/engine/cache.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/processor_sharing.hpp"
#include "harness/runtime/task_group.hpp"
#include "tests/support/scenario_builder.hpp"

using namespace rehearse;
using namespace rehearse::test;
using namespace rehearse::literals;
using record::StageEnd;

namespace {

SimRun run_sim(const scenarios::Scenario& scenario) {
  SimRun out;
  runtime::SimRuntime rt;
  ScriptedProvider provider(rt);
  out.outcome = engine::run(rt, scenario, {&provider}, out.sink, {});
  return out;
}

runtime::Task<void> served(runtime::Runtime& rt, engine::ProcessorSharing& sharing, Duration after,
                           double work_s, std::vector<double>& ends) {
  co_await rt.sleep(after);
  co_await sharing.serve(work_s);
  ends.push_back(rt.now().count_s());
}

runtime::Task<void> two_items(runtime::Runtime& rt, engine::ProcessorSharing& sharing,
                              std::vector<double>& ends) {
  runtime::TaskGroup group(rt);
  group.spawn(served(rt, sharing, 0_s, 2, ends));
  group.spawn(served(rt, sharing, 1_s, 2, ends));
  co_await group.join();
}

}  // namespace

TEST_CASE("processor sharing halves the speed of two items and gives it back") {
  runtime::SimRuntime rt;
  engine::ProcessorSharing sharing(rt, {});
  std::vector<double> ends;
  rt.run(two_items(rt, sharing, ends));
  // Alone for 1 s, together until 3 s (each one second's work), the second alone for its last one.
  REQUIRE(ends.size() == 2);
  CHECK(ends[0] == Approx(3).margin(1e-6));
  CHECK(ends[1] == Approx(4).margin(1e-6));
  CHECK(static_cast<double>(sharing.busy_ns()) == Approx(4e9).margin(1e3));
}

TEST_CASE("a GPU that batches well serves two items nearly as fast as one") {
  runtime::SimRuntime rt;
  engine::ProcessorSharing sharing(rt, {{1, 1.0}, {2, 2.0}});
  std::vector<double> ends;
  rt.run(two_items(rt, sharing, ends));
  CHECK(ends.at(0) == Approx(2).margin(1e-6));
  CHECK(ends.at(1) == Approx(3).margin(1e-6));
}

TEST_CASE("a full queue rejects, and priority goes first") {
  ScenarioBuilder b;
  scenarios::Resource& worker = b.slots("worker", 1);
  worker.queue_max = 1;
  worker.on_full = scenarios::OnFull::Reject;
  b.local("work", Distribution::constant(10)).uses = {{.resource = 0}};
  b.s.workload.jobs = 3;
  b.s.workload.concurrency = 3;
  const SimRun run = run_sim(b.s);
  int rejected = 0;
  for (const auto& kept : run.sink.jobs) {
    rejected += kept.spans.at(0).end == StageEnd::Rejected ? 1 : 0;
  }
  CHECK(rejected == 1);
  CHECK(run.outcome.end.resources.at(0).rejected == 1);
}

TEST_CASE("the busy time of a resource is the slot time that stages held it") {
  ScenarioBuilder b;
  b.slots("worker", 2);
  b.local("work", Distribution::constant(3)).uses = {{.resource = 0}};
  b.s.workload.jobs = 4;
  b.s.workload.concurrency = 4;
  const SimRun run = run_sim(b.s);
  CHECK(run.outcome.end.elapsed == 6_s);
  CHECK(static_cast<double>(run.outcome.end.resources.at(0).busy_ns) == Approx(12e9));
  CHECK(run.outcome.end.resources[0].queue.count() == 4);
}

TEST_CASE("a cache makes the first job cold and later ones warm, until its time to live ends") {
  ScenarioBuilder b;
  scenarios::Stage& context = b.local("context", Distribution::constant(5));
  context.cache = scenarios::CacheSpec{};
  context.cache->ttl = 20_s;
  context.cache->hit_time = fixed(1);
  b.local("rest", Distribution::constant(4), {"context"});
  b.s.workload.jobs = 6;
  const SimRun run = run_sim(b.s);
  std::vector<StageEnd> ends;
  for (const auto& kept : run.sink.jobs) {
    ends.push_back(kept.spans[0].end);
  }
  // Put at 5 s, fresh until 25 s; looked up at 9, 14, 19, 24 s (hits) and at 29 s (expired).
  CHECK(ends == std::vector<StageEnd>{StageEnd::Done, StageEnd::CacheHit, StageEnd::CacheHit,
                                      StageEnd::CacheHit, StageEnd::CacheHit, StageEnd::Done});
  b.s.workload.process = scenarios::Process::PerJob;
  const SimRun per_job = run_sim(b.s);
  for (const auto& kept : per_job.sink.jobs) {
    CHECK(kept.spans[0].end == StageEnd::Done);
  }
  b["context"].cache->scope = scenarios::CacheScope::Shared;
  CHECK(run_sim(b.s).sink.jobs.at(1).spans[0].end == StageEnd::CacheHit);
}

TEST_CASE("coalesced misses of one key do the work once") {
  ScenarioBuilder b;
  scenarios::Stage& context = b.call("context");
  context.cache = scenarios::CacheSpec{};
  context.cache->coalesce = true;
  b.s.workload.jobs = 5;
  b.s.workload.concurrency = 5;
  SimRun out;
  runtime::SimRuntime rt;
  ScriptedProvider provider(rt);
  out.outcome = engine::run(rt, b.s, {&provider}, out.sink, {});
  CHECK(provider.calls == 1);
  context.cache->coalesce = false;
  runtime::SimRuntime other;
  ScriptedProvider plain(other);
  engine::run(other, b.s, {&plain}, out.sink, {});
  CHECK(plain.calls == 5);
}

TEST_CASE("a cache with a capacity forgets what was used least recently") {
  engine::Cache cache(std::nullopt, 2);
  cache.put(1, Instant());
  cache.put(2, Instant());
  CHECK(cache.hit(1, Instant()));
  cache.put(3, Instant());
  CHECK(cache.hit(1, Instant()));
  CHECK_FALSE(cache.hit(2, Instant()));
  CHECK(cache.hit(3, Instant()));
}

TEST_CASE("a pool pays for a connection once and again after it was idle too long") {
  ScenarioBuilder b;
  b.s.pools.push_back({.name = "db", .max = 2, .connect = fixed(0.5), .idle = 3_s, .origin = {}});
  scenarios::Stage& query = b.call("query");
  query.connection = scenarios::ConnectionSpec{.pool = 0, .connect = {}};
  b.local("pause", Distribution::constant(1), {"query"});
  b.s.workload.jobs = 2;
  CHECK(run_sim(b.s).outcome.end.elapsed == 4'500_ms);
  b["pause"].local.io = fixed(3);
  CHECK(run_sim(b.s).outcome.end.elapsed == 9_s);
  b["query"].connection = scenarios::ConnectionSpec{.pool = {}, .connect = fixed(0.5)};
  b["pause"].local.io = fixed(1);
  CHECK(run_sim(b.s).outcome.end.elapsed == 5_s);
}

TEST_CASE("a job that holds a worker queues for it, and a full queue turns it away") {
  ScenarioBuilder b;
  b.slots("worker", 1).queue_max = 1;
  b.s.resources[0].on_full = scenarios::OnFull::Reject;
  b.local("a", Distribution::constant(1));
  b.local("b", Distribution::constant(1), {"a"});
  b.s.workload.holds = {{.resource = 0}};
  b.s.workload.jobs = 3;
  b.s.workload.concurrency = 3;
  const SimRun run = run_sim(b.s);
  REQUIRE(run.sink.jobs.size() == 3);
  CHECK(run.sink.jobs[0].job.end == record::JobEnd::Failed);
  CHECK(run.sink.jobs[2].job.started == Instant::from_seconds(2));
  CHECK(run.outcome.end.elapsed == 4_s);
}

TEST_CASE("calls of a provider that runs on a shared machine slow each other down") {
  ScenarioBuilder b;
  scenarios::Resource gpu;
  gpu.name = "gpu";
  gpu.sharing = scenarios::Sharing::Processor;
  b.s.resources.push_back(gpu);
  b.s.providers[0].runs_on = 0;
  b.call("a");
  b.call("b");
  const SimRun run = run_sim(b.s);
  // Two calls of one second each, side by side on one GPU: both end after two.
  CHECK(run.outcome.end.elapsed.count_s() == Approx(2).margin(1e-6));
}
