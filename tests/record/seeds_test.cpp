#include <catch2/catch.hpp>

#include "harness/record/comparison.hpp"
#include "harness/record/noise.hpp"
#include "harness/record/replications.hpp"
#include "tests/record/judged_runs.hpp"

namespace rehearse::record {
namespace {

using sample::SeededSide;

const MetricChange& row(const Comparison& comparison, std::string_view name,
                        std::string_view statistic) {
  for (const MetricChange& change : comparison.metrics) {
    if (change.name == name && change.statistic == statistic) {
      return change;
    }
  }
  FAIL("no row");
  return comparison.metrics.front();
}

TEST_CASE("runs of several seeds that are identical are the same, never a number that is none") {
  const SeededSide a(20, {.jobs = 80});
  const auto comparison = compare(a.side(), a.side(), {});
  REQUIRE(comparison);
  REQUIRE(comparison->pairing == "seeds");
  REQUIRE(comparison->units == 20);
  REQUIRE(comparison->verdict == Verdict::Same);
  REQUIRE(row(*comparison, "response_s", "p95").change == 0.0);
  REQUIRE_FALSE(comparison->culprit);
}

TEST_CASE("a slower stage is found over 20 seeds, and named with its cause") {
  const SeededSide a(20, {.jobs = 80, .noise = 0.05});
  const SeededSide b(20, {.jobs = 80, .image = 1.2, .noise = 0.05});
  const auto comparison = compare(a.side(), b.side(), {});
  REQUIRE(comparison->verdict == Verdict::Regressed);
  REQUIRE(row(*comparison, "response_s", "p95").verdict == Verdict::Regressed);
  REQUIRE(comparison->culprit);
  REQUIRE(comparison->culprit->stage == "image");
  REQUIRE(comparison->culprit->cause == Cause::Code);
  REQUIRE(comparison->culprit->share == Approx(1).margin(0.02));
}

TEST_CASE("a run's quantile below its floor says what it needs and gives no verdict") {
  const SeededSide a(20, {.jobs = 80, .noise = 0.05});
  const SeededSide b(20, {.jobs = 80, .image = 1.2, .noise = 0.05});
  const auto comparison = compare(a.side(), b.side(), {});
  const MetricChange& p99 = row(*comparison, "response_s", "p99");
  REQUIRE(p99.verdict == Verdict::Inconclusive);
  REQUIRE(p99.why == "needs 368 jobs, found 80 in each run");
}

TEST_CASE("five pairs of runs are too few, and the report says how many are needed") {
  const SeededSide a(5, {.noise = 0.05});
  const SeededSide b(5, {.image = 1.2, .noise = 0.05});
  const auto comparison = compare(a.side(), b.side(), {});
  const MetricChange& mean = row(*comparison, "response_s", "mean");
  REQUIRE(mean.verdict == Verdict::Inconclusive);
  REQUIRE(mean.why == "needs 6 seeds a side that can carry it, found 5");
  REQUIRE(mean.more_jobs == 100);
}

TEST_CASE("other seeds on the other side are compared unpaired, run by run") {
  const SeededSide a(20, {.noise = 0.02});
  const SeededSide b(20, {.image = 1.3, .noise = 0.02}, 1001);
  const auto comparison = compare(a.side(), b.side(), {});
  REQUIRE(comparison->pairing == "runs");
  REQUIRE(comparison->verdict == Verdict::Regressed);
}

TEST_CASE("an inconclusive verdict is priced in jobs, time and money") {
  const SeededSide a(20, {.noise = 0.3, .other = 1});
  const SeededSide b(20, {.image = 1.02, .noise = 0.3, .other = 2});
  const auto comparison = compare(a.side(), b.side(), {});
  const MetricChange& mean = row(*comparison, "response_s", "mean");
  REQUIRE(mean.verdict == Verdict::Inconclusive);
  REQUIRE(mean.more_jobs > 0);
  REQUIRE(comparison->more_job_s == Approx(2 * 75).epsilon(0.1));
  REQUIRE(comparison->more_job_usd == Approx(2 * 0.0861).epsilon(0.02));
}

TEST_CASE("the cause of a change is told from what else changed in the stage") {
  const sample::Kind slower{.jobs = 80, .image = 1.2, .noise = 0.05};
  const SeededSide a(20, {.jobs = 80, .noise = 0.05});
  SeededSide b(20, slower);
  const auto cause = [&] { return compare(a.side(), b.side(), {})->culprit.value(); };
  constexpr std::size_t kImage = 3;
  SECTION("another model") {
    for (RunPoint& run : b.runs()) {
      run.header.stages[kImage].detail = "openai.image gpt-image-1";
    }
    REQUIRE(cause().cause == Cause::Model);
    REQUIRE(cause().why == "openai.image dall-e-3 → openai.image gpt-image-1");
  }
  SECTION("more retries") {
    for (RunPoint& run : b.runs()) {
      run.tally.stages[kImage].retries += 40;
      run.tally.stages[kImage].calls += 40;
    }
    REQUIRE(cause().cause == Cause::Retries);
  }
  SECTION("a longer queue") {
    for (RunPoint& run : b.runs()) {
      StageTally& stage = run.tally.stages[kImage];
      const std::uint64_t n = stage.queue.count();
      stage.queue = {};
      stage.queue.record(10'000'000'000, n);
      stage.service = a.points().front()->tally.stages[kImage].service;
    }
    REQUIRE(cause().cause == Cause::Queue);
    REQUIRE(cause().why == "queue 0 s → 10 s");
  }
  SECTION("more images a call") {
    for (RunPoint& run : b.runs()) {
      run.tally.stages[kImage].usage.images = 2 * 80;
    }
    for (RunPoint& run : const_cast<SeededSide&>(a).runs()) {
      run.tally.stages[kImage].usage.images = 80;
    }
    REQUIRE(cause().cause == Cause::Tokens);
  }
  SECTION("a cache that is gone") {
    for (RunPoint& run : const_cast<SeededSide&>(a).runs()) {
      run.tally.stages[kImage].cache_hits = 20;
    }
    REQUIRE(cause().cause == Cause::Cache);
  }
}

TEST_CASE("a queue that grew with the stage's own time is not blamed for it") {
  const SeededSide a(20, {.jobs = 80, .noise = 0.05});
  SeededSide b(20, {.jobs = 80, .image = 1.2, .noise = 0.05});
  for (RunPoint& run : b.runs()) {
    StageTally& stage = run.tally.stages[3];
    const std::uint64_t n = stage.queue.count();
    stage.queue = {};
    stage.queue.record(8'000'000'000, n);
  }
  REQUIRE(compare(a.side(), b.side(), {})->culprit.value().cause == Cause::Code);
}

TEST_CASE("one run against several takes the one of the same seed") {
  const sample::Folder folder;
  const auto save = [&](const std::string& name, std::uint64_t first, std::uint64_t seeds) {
    auto writer = RunWriter::create(folder / name);
    for (std::uint64_t i = 0; i < seeds; ++i) {
      RunHeader head = sample::header();
      head.seed = first + i;
      head.isolated = false;
      Recorder recorder(head, writer->get());
      REQUIRE(recorder.finish(sample::run_into(recorder, {100, 0, 1, {}})).ok());
    }
    REQUIRE((*writer)->close().ok());
    return load_run(folder / name).value();
  };
  const Run one = save("one.rehearsal", 3, 1);
  const Run several = save("several.rehearsal", 1, 4);
  REQUIRE(are_replications(several, std::vector<std::size_t>{0, 1, 2, 3}));
  const auto sides = load_sides({one, {0}}, {several, {0, 1, 2, 3}});
  REQUIRE(sides);
  REQUIRE(sides->after.point.header.seed == 3);
  REQUIRE(sides->after.jobs.size() == 100);
}

TEST_CASE("points that differ in more than their seed are refused as one side") {
  Run grid;
  grid.path = "grid.rehearsal";
  for (const char* model : {"a", "b"}) {
    RunPoint point = sample::run({10, 0, 1, {}});
    point.header.parameters.set("chat_model", model);
    grid.points.push_back(std::move(point));
  }
  const auto sides = load_sides({grid, {0, 1}}, {grid, {0, 1}});
  REQUIRE_FALSE(sides);
  REQUIRE(sides.error().what.find("differ in more than their seed") != std::string::npos);
}

TEST_CASE("seeds that are pooled keep every count, and rates are those of the average run") {
  const SeededSide a(4, {.jobs = 50});
  const RunPoint whole = pool(a.points());
  const RunPoint& one = *a.points().front();
  REQUIRE(whole.tally.jobs.done == 200);
  REQUIRE(whole.end->issued == 200);
  const RunSummary pooled = summarise(whole);
  const RunSummary single = summarise(one);
  REQUIRE(pooled.throughput_per_s == Approx(single.throughput_per_s));
  REQUIRE(pooled.resources.front().utilisation == Approx(single.resources.front().utilisation));
}

TEST_CASE(
    "the noise of a pipeline against itself is its spread, and pairs of equal luck have none") {
  const SeededSide a(20, {.noise = 0.05});
  const auto noise = measure_noise(a.points(), a.points(), {"delta(p95)<10%", "delta(errors)<1%"});
  REQUIRE(noise);
  const NoiseRow& p95 = noise->rows.front();
  REQUIRE(noise->repeats_luck);
  REQUIRE(p95.between == Approx(0.035).margin(0.015));  // the image stage is 70% of a job
  REQUIRE(p95.paired == 0);
  REQUIRE(p95.runs_needed == 6);
  const auto other = SeededSide(20, {.noise = 0.05, .other = 7});
  const auto unlike = measure_noise(a.points(), other.points(), {"delta(p95)<1%"});
  REQUIRE(unlike->rows.front().floor == Approx(1.96 * unlike->rows.front().paired).epsilon(0.1));
  REQUIRE(unlike->rows.front().runs_needed > 100);
  REQUIRE_FALSE(measure_noise(a.points(), a.points(), {"p(95)<10s"}));
}

}  // namespace
}  // namespace rehearse::record
