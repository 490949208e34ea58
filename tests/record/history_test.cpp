#include "harness/record/history.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "harness/record/append_run.hpp"
#include "harness/record/replications.hpp"
#include "tests/record/judged_runs.hpp"

namespace rehearse::record {
namespace {

namespace fs = std::filesystem;

Run saved(const sample::Folder& folder, const std::string& name, double image = 1) {
  auto writer = RunWriter::create(folder / name);
  Recorder recorder(sample::header(), writer->get());
  REQUIRE(recorder.finish(sample::run_into(recorder, {40, 0, image, {}})).ok());
  REQUIRE((*writer)->close().ok());
  return load_run(folder / name).value();
}

TEST_CASE("runs are added to a history with all their rows, and found by their label") {
  const sample::Folder folder;
  const fs::path history = folder / "history.rehearsal";
  const Run first = saved(folder, "first.rehearsal");
  const Run second = saved(folder, "second.rehearsal", 1.2);
  REQUIRE(append_points(first, {0}, history, {"1", "v1", "main", "first"}));
  REQUIRE(append_points(second, {0}, history, {"2", "v2", "main", ""}));
  REQUIRE(append_points(first, {0}, history, {"3", "v1", "main", "again"}));
  const Result<Run> run = load_run(history);
  REQUIRE(run);
  REQUIRE(entries_of(*run).size() == 3);
  REQUIRE(find_entry(*run, "v1")->points == std::vector<std::size_t>{2});  // the newest
  REQUIRE(find_entry(*run, "v2")->points == std::vector<std::size_t>{1});
  REQUIRE(find_entry(*run, "")->reason == "again");
  REQUIRE(load_jobs(*run, 1)->size() == 40);
  REQUIRE(load_traces(*run, 1, 100)->size() == 40);
  REQUIRE(run->points[1].tally.encode() == second.points[0].tally.encode());
  const auto missing = find_entry(*run, "v3");
  REQUIRE_FALSE(missing);
  REQUIRE(missing.error().what.find("its labels are \"v1\", \"v2\"") != std::string::npos);
}

TEST_CASE("what cannot be added to is refused and stays as it is") {
  const sample::Folder folder;
  const Run run = saved(folder, "run.rehearsal");
  std::ofstream(folder / "text.rehearsal") << "no run file";
  REQUIRE_FALSE(append_points(run, {0}, folder / "text.rehearsal", {"1", "", "", ""}));
  REQUIRE(fs::file_size(folder / "text.rehearsal") == 11);
  REQUIRE_FALSE(append_points(run, {0}, run.path, {"1", "", "", ""}));
  REQUIRE_FALSE(append_points(run, {0}, folder.path(), {"1", "", "", ""}));
  // A point that the source does not hold leaves nothing behind.
  Run foreign = run;
  foreign.points.push_back(run.points[0]);
  REQUIRE_FALSE(append_points(foreign, {0, 1}, folder / "new.rehearsal", {"1", "", "", ""}));
  REQUIRE_FALSE(fs::exists(folder / "new.rehearsal"));
}

Run history_of(const std::vector<double>& factors) {
  Run run;
  std::size_t i = 0;
  for (const double factor : factors) {
    RunPoint point = sample::run({100, 0, factor, {}});
    point.header.entry = point.header.label = "r" + std::to_string(i++);
    point.header.branch = "main";
    run.points.push_back(std::move(point));
  }
  return run;
}

TEST_CASE("a step in the history is found, with its stage and the run that made it") {
  std::vector<double> factors(8, 1.0);
  factors.insert(factors.end(), 6, 1.05);
  const History history = read_history({history_of(factors)}, {});
  REQUIRE(history.entries.size() == 14);
  REQUIRE_FALSE(history.series.empty());
  REQUIRE(history.series.front().name == "response_s mean");
  for (const HistorySeries& series : history.series) {
    INFO(series.name << " " << series.stage);
    REQUIRE((series.stage.empty() || series.stage == "image"));
    REQUIRE(series.changes.size() == 1);
    REQUIRE(series.changes[0].entry == 8);
    REQUIRE(series.changes[0].settled());
  }
}

TEST_CASE("a history that is empty, short, of other branches or scenarios says so and is calm") {
  REQUIRE(read_history({}, {}).entries.empty());
  const Run run = history_of({1, 1, 1.5});
  REQUIRE(read_history({run}, {}).series.empty());
  HistoryOptions options;
  options.branch = "other";
  REQUIRE(read_history({run}, options).entries.empty());
  Run mixed = run;
  mixed.points[0].header.scenario = "storyboard";
  const History history = read_history({mixed}, {});
  REQUIRE(history.entries.size() == 2);
  REQUIRE(history.notes.front().find("1 of other scenarios") == 0);
}

}  // namespace
}  // namespace rehearse::record
