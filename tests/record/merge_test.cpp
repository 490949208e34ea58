#include "harness/record/merge.hpp"

#include <catch2/catch.hpp>

#include "harness/record/recorder.hpp"
#include "harness/record/summary.hpp"
#include "tests/record/sample_run.hpp"

namespace rehearse::record {
namespace {

// A run file of the sample scenario with a seed and a number of jobs.
Run part(const sample::Folder& folder, std::uint64_t seed, std::uint64_t jobs,
         const std::string& workload = "single") {
  RunHeader header = sample::header();
  header.id = run_id_text(seed, jobs);
  header.seed = seed;
  header.workload = workload;
  const auto path = folder.path() / ("part-" + std::to_string(seed) + workload + ".rehearsal");
  auto writer = RunWriter::create(path);
  REQUIRE(writer);
  Recorder recorder(header, writer->get());
  sample::RunOptions options;
  options.jobs = jobs;
  REQUIRE(recorder.finish(sample::run_into(recorder, options)));
  REQUIRE((*writer)->close());
  auto run = load_run(path);
  REQUIRE(run);
  return *run;
}

Run merged(const sample::Folder& folder, const std::vector<Run>& runs) {
  auto writer = RunWriter::create(folder.path() / "all.rehearsal");
  REQUIRE(writer);
  REQUIRE(merge_runs(runs, **writer));
  REQUIRE((*writer)->close());
  auto run = load_run(folder.path() / "all.rehearsal");
  REQUIRE(run);
  return *run;
}

}  // namespace

TEST_CASE("parts merge into the run that all their jobs would have made") {
  const sample::Folder folder;
  const std::vector<Run> parts{part(folder, 1, 30), part(folder, 2, 50)};
  REQUIRE(check_mergeable(parts).empty());
  const Run all = merged(folder, parts);
  Tally expected = parts[0].points[0].tally;
  expected.merge(parts[1].points[0].tally);
  CHECK(all.points[0].tally.encode() == expected.encode());
  CHECK(all.points[0].header.id != parts[0].points[0].header.id);
  const RunSummary summary = summarise(all.points[0]);
  CHECK(summary.done == 80);
  CHECK(summary.issued == 80);
  CHECK(summary.valid);
  REQUIRE(summary.warnings.size() == 1);
  CHECK(summary.warnings[0].find("merged from 2 runs") == 0);
  CHECK(summary.warnings[0].find("exactly") != std::string::npos);
  // They ran side by side: twice the slots, the longer one's time.
  REQUIRE(summary.resources.size() == 1);
  CHECK(summary.resources[0].slots == 8);
  CHECK(summary.elapsed_s == summarise(parts[1].points[0]).elapsed_s);
  CHECK(summary.throughput_per_s == Approx(80 / summary.elapsed_s));
}

TEST_CASE("each job keeps its row and its trace, under an id of its own") {
  const sample::Folder folder;
  const std::vector<Run> parts{part(folder, 1, 8), part(folder, 2, 9)};
  const Run all = merged(folder, parts);
  const auto jobs = load_jobs(all, 0);
  const auto traces = load_traces(all, 0, 1000);
  REQUIRE(jobs);
  REQUIRE(traces);
  REQUIRE(jobs->size() == 17);
  CHECK(traces->size() == 17);
  CHECK((*jobs)[7].id.value == 7);
  CHECK((*jobs)[8].id.value == (1ULL << 40));
  const auto second = load_jobs(parts[1], 0);
  REQUIRE(second);
  CHECK((*jobs)[8].done == (*second)[0].done);
  CHECK((*jobs)[8].cost == (*second)[0].cost);
}

TEST_CASE("a job that shares something is in a cell of its own, and the report says so") {
  const sample::Folder folder;
  std::vector<Run> parts{part(folder, 1, 8), part(folder, 2, 9)};
  for (Run& run : parts) {
    run.points[0].header.isolated = false;
  }
  const Run all = merged(folder, parts);
  CHECK(summarise(all.points[0]).warnings[0].find("independent cells") != std::string::npos);
}

TEST_CASE("what is no part of the same run is refused, each with its file and reason") {
  const sample::Folder folder;
  const Run first = part(folder, 1, 8);
  const auto trouble = [&](const Run& other) {
    const Errors errors = check_mergeable({first, other});
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].where == other.path.string());
    return errors[0].what;
  };
  CHECK(trouble(first).find("given twice") != std::string::npos);
  CHECK(trouble(part(folder, 2, 8, "batch")).find("workload") != std::string::npos);
  Run other = part(folder, 3, 8);
  other.points[0].header.seed = 1;
  CHECK(trouble(other).find("--seed") != std::string::npos);
  other.points[0].header.seed = 3;
  other.points[0].header.scenario_hash = "1";
  CHECK(trouble(other).find("scenario text") != std::string::npos);
  other.points.push_back(other.points[0]);
  CHECK(trouble(other).find("points") != std::string::npos);
}

TEST_CASE("a part that was killed makes the merged run invalid, and keeps its jobs") {
  const sample::Folder folder;
  std::vector<Run> parts{part(folder, 1, 8), part(folder, 2, 9)};
  parts[1].points[0].end.reset();
  const RunSummary summary = summarise(merged(folder, parts).points[0]);
  CHECK_FALSE(summary.valid);
  CHECK(summary.done == 17);
  CHECK(summary.invalid_reasons[0].find("did not end") != std::string::npos);
}

}  // namespace rehearse::record
