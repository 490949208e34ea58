#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "harness/json/read.hpp"
#include "tests/cli/program.hpp"

// Google Benchmark as a front end: its own flags over scenarios, variants and sweep points.

using namespace rehearse::test;
using rehearse::json::Value;

namespace {

const char* const kSwept = R"({
  "scenario": "swept",
  "parameters": { "typical": "2s" },
  "stages": { "draft": { "call": "openai.chat", "model": "gpt-4o-mini",
                         "input_tokens": 100, "output_tokens": 50,
                         "time": { "typical": "${typical}", "spread": 0.2 } } },
  "variants": { "free": { "change": { "stages": { "draft": { "output_tokens": 0 } } } } },
  "sweep": { "typical": ["1s", "2s"] },
  "workloads": { "batch": { "jobs": 100, "concurrency": 4 } } })";

Value json_of(const std::string& text) {
  CAPTURE(text);
  const auto value = rehearse::json::parse(text);
  REQUIRE(value);
  return *value;
}

std::vector<Value> rows_of(const Said& said) {
  CAPTURE(said.err);
  const Value report = json_of(said.out);
  const Value* rows = report.find("benchmarks");
  REQUIRE(rows != nullptr);
  std::vector<Value> out;
  for (const Value& row : rows->items()) {
    out.push_back(row);
  }
  return out;
}

double number(const Value& row, const char* name) {
  CAPTURE(name);
  REQUIRE(row.find(name) != nullptr);
  return row.find(name)->as_double();
}

TEST_CASE("every variant at every sweep point of every scenario is a benchmark") {
  const Folder folder;
  folder.file("swept.json", kSwept);
  folder.file("small.json", kSmall);
  const Said said = rehearse_in(folder, "bench swept.json small.json --benchmark_list_tests=true");
  CAPTURE(said.err);
  CHECK(said.code == 0);
  CHECK(said.out ==
        "swept/base/batch/typical=1s/manual_time\n"
        "swept/base/batch/typical=2s/manual_time\n"
        "swept/free/batch/typical=1s/manual_time\n"
        "swept/free/batch/typical=2s/manual_time\n"
        "small/base/single/manual_time\n"
        "small/fast/single/manual_time\n"
        "small/slow/single/manual_time\n");
  const Said fewer = rehearse_in(
      folder, "bench swept.json --variant base --sweep typical=3s --benchmark_list_tests");
  CHECK(fewer.out == "swept/base/batch/typical=3s/manual_time\n");
}

TEST_CASE("a filter chooses, and the figures are those of the run of the same seed") {
  const Folder folder;
  folder.file("swept.json", kSwept);
  const Said said = rehearse_in(
      folder, "bench swept.json --seed 7 --benchmark_filter=/base/.*=2s --benchmark_format=json");
  REQUIRE(said.code == 0);
  const std::vector<Value> rows = rows_of(said);
  REQUIRE(rows.size() == 1);
  const Said ran =
      rehearse_in(folder, "run swept.json --seed 7 --out a.rehearsal --format json --quiet");
  const Value run = json_of(ran.out);
  const Value& response = *run.find("response_s");
  CHECK(number(rows[0], "real_time") == Approx(1e3 * number(response, "mean")));
  CHECK(number(rows[0], "p50_s") == Approx(number(response, "p50")));
  CHECK(number(rows[0], "p95_s") == Approx(number(response, "p95")));
  CHECK(number(rows[0], "cost_usd") == Approx(number(*run.find("cost_usd"), "mean")));
  CHECK(number(rows[0], "tokens") == 150);
  CHECK(number(rows[0], "jobs_per_second") == Approx(number(run, "throughput_per_s")));
}

TEST_CASE("repetitions have a seed each, and the library's aggregates") {
  const Folder folder;
  folder.file("swept.json", kSwept);
  const std::string words =
      "bench swept.json --benchmark_filter=base.*=1s --benchmark_repetitions=4 "
      "--benchmark_format=json";
  const std::vector<Value> rows = rows_of(rehearse_in(folder, words));
  REQUIRE(rows.size() == 8);  // and mean, median, stddev, cv
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    sum += number(rows[i], "p95_s");
    CHECK((i == 0 || number(rows[i], "real_time") != number(rows[i - 1], "real_time")));
  }
  CHECK(rows[4].find("aggregate_name")->as_string() == "mean");
  CHECK(number(rows[4], "p95_s") == Approx(sum / 4));
  CHECK(number(rows[6], "real_time") > 0);  // stddev
  // The third repetition is the run of the third seed.
  const std::vector<Value> third = rows_of(rehearse_in(
      folder, "bench swept.json --seed 3 --benchmark_filter=base.*=1s --benchmark_format=json"));
  CHECK(number(third.at(0), "real_time") == number(rows[2], "real_time"));
  // Scenario time decides how many runs a measurement has, so it is the same everywhere.
  const std::vector<Value> longer =
      rows_of(rehearse_in(folder,
                          "bench swept.json --benchmark_filter=base.*=1s --benchmark_min_time=5 "
                          "--benchmark_format=json"));
  CHECK(number(longer.at(0), "iterations") > 4);
  CHECK(number(longer.at(0), "real_time") != number(rows[0], "real_time"));
}

TEST_CASE("reports go to a file, and a figure that the jobs cannot carry is left out") {
  const Folder folder;
  folder.file("small.json", kSmall);
  const Said said = rehearse_in(folder,
                                "bench small.json --jobs 10 --benchmark_out=out.json "
                                "--benchmark_out_format=json");
  CHECK(said.code == 0);
  CHECK(said.out.find("small/slow/single/manual_time") != std::string::npos);
  const Value report = json_of(read_file(folder.path / "out.json"));
  REQUIRE(report.find("benchmarks")->items().size() == 3);
  // Ten jobs carry a median, and no 95th percentile.
  for (const Value& row : report.find("benchmarks")->items()) {
    CHECK(row.find("p50_s") != nullptr);
    CHECK(row.find("p95_s") == nullptr);
  }
}

TEST_CASE("what the library does not take is one line, and nothing runs") {
  const Folder folder;
  folder.file("small.json", kSmall);
  for (const char* flag :
       {"--benchmark_filtre=x", "--benchmark_repetitions=many", "--benchmark_format=xml",
        "--benchmark_time_unit=weeks", "--benchmark_filter", "--benchmark_\x1b[31m=1"}) {
    refused(folder, "bench small.json '" + std::string(flag) + "'", {"bench: \"--benchmark_"});
  }
  refused(folder, "bench small.json --benchmark_out=none/out.json", {"none/out.json"});
  refused(folder, "bench small.json --benchmark_filter=nothing", {"nothing"});
  refused(folder, "bench small.json --repetitions 3", {"has no flag", "repetitions"});
  refused(folder, "bench none.json --benchmark_list_tests", {"none.json"});
  refused(folder, "bench small.json --variant unknown", {"unknown"});
}

TEST_CASE("a benchmark without a figure is an error of its row and of the exit code") {
  const Folder folder;
  folder.file("never.json", R"({
    "scenario": "never",
    "stages": { "draft": { "call": "openai.chat", "model": "gpt-4o-mini",
                           "input_tokens": 1, "output_tokens": 1,
                           "time": "5s", "timeout": "1s" } },
    "workloads": { "few": { "jobs": 3 } } })");
  const Said said = rehearse_in(folder, "bench never.json --benchmark_format=json");
  CAPTURE(said.out, said.err);
  CHECK(said.code == 96);
  CHECK(said.out.find("no job was done") != std::string::npos);
  // The library's CSV cannot have rows of errors before others; its words are a label there.
  folder.file("small.json", kSmall);
  const Said table = rehearse_in(folder, "bench never.json small.json --benchmark_format=csv");
  CHECK(table.code == 96);
  CHECK(table.out.find("error: no job was done") != std::string::npos);
  CHECK(table.out.find("\"small/slow/single/manual_time\",1,") != std::string::npos);
}

}  // namespace
