#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "harness/record/comparison.hpp"
#include "harness/record/run_file.hpp"
#include "reports/writer.hpp"
#include "tests/record/sample_run.hpp"

// Reports held against tests/golden/reports; UPDATE_GOLDEN=1 rewrites them, to be read before they
// are committed.
namespace rehearse::reports {
namespace {

using record::RunSummary;
namespace sample = record::sample;

void hold_against(const std::string& name, const std::string& found) {
  const auto path = std::filesystem::path(REHEARSE_SOURCE_DIR) / "tests/golden/reports" / name;
  if (const char* update = std::getenv("UPDATE_GOLDEN"); update != nullptr && *update == '1') {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << found;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  INFO(path << "\n" << found);
  REQUIRE((expected == found));
}

template <typename Write>
void every_format(const std::string& name, Write write) {
  for (const unsigned width : {60u, 80u, 120u}) {
    const Writers writers = Writers::standard({width, false});
    const std::string text = write(**writers.by_name("terminal"));
    hold_against(name + "-" + std::to_string(width) + ".txt", text);
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
      INFO(rest.substr(0, end));
      CHECK(display_width(rest.substr(0, end)) <= width);
      rest.remove_prefix(end + 1);
    }
  }
  const Writers writers = Writers::standard({});
  hold_against(name + ".md", write(**writers.by_name("markdown")));
  hold_against(name + ".json", write(**writers.by_name("json")));
}

void every_format_of(const std::string& name, const RunSummary& run) {
  every_format(name, [&](const Writer& writer) { return writer.run(run); });
}

record::RunPoint compared(double factor, std::vector<std::string> variants) {
  return sample::run({200, 0, factor, std::move(variants)});
}

TEST_CASE("a run of a thousand jobs reads as agreed") {
  every_format_of("thousand", summarise(sample::run({1000, 100, 1, {"parallel_gpt", "cached"}})));
}

TEST_CASE("a run of one job shows its waterfall") {
  every_format_of("single", summarise(sample::run({1, 0, 1, {}})));
}

TEST_CASE("a run whose jobs all failed shows where and what it cost") {
  every_format_of("all-failed", summarise(sample::run({5, 1, 1, {}})));
}

TEST_CASE("an empty run says so") {
  every_format_of("empty", summarise(sample::run({0, 0, 1, {}})));
}

TEST_CASE("a killed run is incomplete and still reported") {
  record::RunPoint point = sample::run({300, 0, 1, {}});
  point.end.reset();
  every_format_of("killed", summarise(point));
}

TEST_CASE("an invalid run says why before any number") {
  record::RunPoint point = sample::run({100, 0, 1, {}});
  point.end->invalid_reasons = {"the harness started jobs up to 4.2 s late: give it more CPU"};
  point.end->stop_reason = "interrupted";
  every_format_of("invalid", summarise(point));
}

TEST_CASE("a comparison gives the verdict, the change and the stage that it came from") {
  const sample::Folder folder;
  std::vector<record::Run> runs;
  for (const double factor : {1.0, 0.8}) {
    auto writer = record::RunWriter::create_unique(folder.path(), "run");
    record::RunHeader header = sample::header();
    header.variants = factor == 1 ? std::vector<std::string>{} : std::vector<std::string>{"dalle2"};
    header.environment.machine = factor == 1 ? "bench-1" : "bench-2";
    record::Recorder recorder(header, writer->get());
    REQUIRE(recorder.finish(sample::run_into(recorder, {200, 0, factor, {}})).ok());
    REQUIRE((*writer)->close().ok());
    runs.push_back(record::load_run((*writer)->path()).value());
  }
  const auto before = load_side(runs[0]);
  const auto after = load_side(runs[1]);
  const auto comparison = record::compare(*before, *after, {});
  REQUIRE(comparison.ok());
  every_format("comparison", [&](const Writer& writer) { return writer.comparison(*comparison); });
}

TEST_CASE("a sweep is one table with a row for each point") {
  std::vector<RunSummary> points;
  for (const std::int64_t concurrency : {1, 2, 4}) {
    for (const char* model : {"gpt-4o", "gpt-4o-mini"}) {
      record::RunPoint point = compared(1.0 / static_cast<double>(concurrency), {});
      point.header.axes = json::Value::object();
      point.header.axes.set("concurrency", concurrency);
      point.header.axes.set("chat_model", model);
      point.header.point = "concurrency=" + std::to_string(concurrency) + ", chat_model=" + model;
      points.push_back(summarise(point));
    }
  }
  every_format("sweep", [&](const Writer& writer) { return writer.sweep(points); });
}

}  // namespace
}  // namespace rehearse::reports
