#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>

#include "harness/cli/sim_player.hpp"
#include "harness/record/recorder.hpp"
#include "harness/record/run_file.hpp"
#include "harness/study/model_check.hpp"
#include "tests/support/scenario_files.hpp"

// A what-if's model against recordings: one that it explains, one that it does not.

using namespace rehearse;
using test::parsed;

namespace {

struct RecordingSink final : engine::JobSink {
  explicit RecordingSink(record::Recorder& the_recorder) : recorder(the_recorder) {}
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan> attempts) override {
    recorder.job_finished(job, spans, attempts);
  }
  record::Recorder& recorder;
};

// A run file with a point for each of these concurrencies; it goes away with the test.
class Recording {
 public:
  Recording(const std::string& name, const scenarios::ScenarioFile& file,
            const std::vector<int>& concurrencies)
      : path_(std::filesystem::temp_directory_path() / ("rehearse_model_" + name + ".rehearsal")) {
    std::filesystem::remove(path_);
    const cli::SimPlayer player(file.folder());
    auto writer = record::RunWriter::create(path_);
    REQUIRE(writer);
    for (const int concurrency : concurrencies) {
      scenarios::Selection selection;
      selection.parameters["concurrency"] = json::Value(concurrency);
      const auto scenario = scenarios::instantiate(file, selection);
      INFO((scenario ? "" : scenario.error().text()));
      REQUIRE(scenario);
      record::RunHeader header = player.header(*scenario, 7);
      header.point = "concurrency=" + std::to_string(concurrency);
      record::Recorder recorder(std::move(header), writer->get());
      RecordingSink sink(recorder);
      engine::Options options;
      options.seed = 7;
      auto outcome = player.play(*scenario, options, sink);
      REQUIRE(outcome);
      REQUIRE(recorder.finish(std::move(outcome->end)));
    }
    REQUIRE((*writer)->close());
    auto run = record::load_run(path_);
    REQUIRE(run);
    run_ = *run;
  }
  ~Recording() { std::filesystem::remove(path_); }
  const record::Run& run() const { return run_; }

 private:
  std::filesystem::path path_;
  record::Run run_;
};

// `real` times, and what the scenario says of them.
std::string pipeline(const std::string& text_s, const std::string& order) {
  return R"({ "scenario": "checked", "order": ")" + order + R"(", "resources": {
      "worker": { "slots": 2 } }, "stages": {
      "text":  { "call": "openai.chat", "model": "gpt-4o", "output_tokens": 40,
                 "time": { "typical": ")" +
         text_s + R"(", "spread": 0.3 } },
      "local": { "local": { "io": { "typical": "3s", "spread": 0.2 } }, "uses": "worker" },
      "save":  { "needs": ["text", "local"], "local": { "cpu": "20ms", "io": "400ms" } } },
    "workloads": { "load": { "jobs": 600, "concurrency": 1 } },
    "variants": {
      "faster": { "change": { "stages": { "text": { "time": { "typical": "1s" } } } } },
      "beside": { "change": { "stages": { "local": { "after": [] } } } } } })";
}

}  // namespace

TEST_CASE("times are taken from a recording, and its other half and other loads are predicted") {
  const scenarios::ScenarioFile real = parsed(pipeline("7s", "sequential"));
  const scenarios::ScenarioFile said = parsed(pipeline("2s", "sequential"));  // wrong about `text`
  const Recording recording("holds", real, {1, 4});
  const auto model = study::check_model(said, cli::SimPlayer("."), recording.run(), {});
  INFO((model ? "" : model.error().text()));
  REQUIRE(model);
  REQUIRE(model->check.errors.size() == 5);  // the p99 needs 368 jobs: half of the first has 300
  CHECK(model->check.errors.front().point == "the other half of concurrency=1");
  CHECK(model->check.errors.back().point == "concurrency=4");
  for (const record::ModelError& each : model->check.errors) {
    CAPTURE(each.point, each.statistic, each.predicted_s, each.observed_s);
    CHECK(std::abs(each.error()) < 0.09);
  }
  CHECK_FALSE(model->check.withheld());
  CHECK(model->check.stages.size() == 3);
  // What-ifs start from the recording's times, and variants still say theirs.
  scenarios::Selection selection;
  const auto base = scenarios::instantiate(model->fitted, selection);
  REQUIRE(base);
  CHECK(base->stages[2].call.time->quantile(0.5) == Approx(7).epsilon(0.05));
  selection.variants = {"faster"};
  const auto faster = scenarios::instantiate(model->fitted, selection);
  INFO((faster ? "" : faster.error().text()));
  REQUIRE(faster);
  CHECK(faster->stages[2].call.time->quantile(0.5) == Approx(1));
}

TEST_CASE("results of a model that cannot explain the recording are withheld") {
  // The real program runs one after the other what the scenario believes to run side by side.
  const scenarios::ScenarioFile real = parsed(pipeline("3s", "sequential"));
  const Recording recording("fails", real, {1});
  record::Run run = recording.run();
  const scenarios::ScenarioFile believed = parsed(pipeline("3s", "free"));
  const scenarios::Scenario scenario = *scenarios::instantiate(believed, {});
  run.points.front().header.scenario_text = scenario.canonical;
  const auto model = study::check_model(believed, cli::SimPlayer("."), run, {});
  INFO((model ? "" : model.error().text()));
  REQUIRE(model);
  CHECK(model->check.withheld());
  CHECK(model->check.worst() > 0.2);
  study::ModelCheckOptions lenient;
  lenient.bound = 0.9;
  const auto passes = study::check_model(believed, cli::SimPlayer("."), run, lenient);
  REQUIRE(passes);
  CHECK_FALSE(passes->check.withheld());
}

TEST_CASE("a recording that says nothing of the scenario is refused in one line") {
  const scenarios::ScenarioFile file = parsed(pipeline("2s", "sequential"));
  const Recording recording("refused", file, {1});
  const auto trouble = [&](const record::Run& run) {
    const auto model = study::check_model(file, cli::SimPlayer("."), run, {});
    REQUIRE_FALSE(model);
    return model.error().what;
  };
  record::Run other = recording.run();
  other.points.front().header.scenario = "another";
  CHECK(trouble(other).find("is of the scenario \"another\"") != std::string::npos);
  record::Run variant = recording.run();
  variant.points.front().header.variants = {"beside"};
  CHECK(trouble(variant).find("what-ifs start from the base") != std::string::npos);
  record::Run calls = recording.run();
  calls.points.front().header.scenario_text.clear();
  CHECK(trouble(calls).find("recording of calls without a pipeline") != std::string::npos);
}
