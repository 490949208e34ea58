#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "harness/cli/world.hpp"
#include "harness/engine/engine.hpp"
#include "harness/json/read.hpp"
#include "scenarios/load.hpp"
#include "tests/support/scenario_builder.hpp"

// The five reference scenarios against what their reports say: tests/scenarios/reference.

using namespace rehearse;

namespace {

std::string folder() { return std::string(REHEARSE_SOURCE_DIR) + "/scenarios"; }

// Responses in seconds: of the job under "", of each stage under "stage PATH", of the items of a
// fanned-out stage under "each PATH".
struct ResponseSink : engine::JobSink {
  explicit ResponseSink(const scenarios::Scenario& s) : scenario(s) {}
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan>) override {
    CHECK(job.end == record::JobEnd::Done);
    values[""].push_back((job.done - job.intended).count_s());
    for (const record::StageSpan& span : spans) {
      const scenarios::Stage& stage = scenario.stages[span.stage];
      const double response = (span.done - span.ready).count_s();
      const bool item = stage.repeat && span.item != record::kWhole;
      values[(item ? "each " : "stage ") + stage.path].push_back(response);
    }
  }
  const scenarios::Scenario& scenario;
  std::map<std::string, std::vector<double>> values;
};

double quantile(std::vector<double> values, const std::string& statistic) {
  REQUIRE_FALSE(values.empty());
  std::sort(values.begin(), values.end());
  const double q = std::stod("0." + statistic.substr(1));
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

std::string text_of(const json::Value& value, std::string_view key) {
  const json::Value* found = value.find(key);
  return found == nullptr ? "" : found->as_string();
}

void check_run(const json::Value& run) {
  const auto file = scenarios::load_scenario(folder() + "/" + text_of(run, "scenario") + ".json");
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  scenarios::Selection selection;
  for (const json::Value& name : run.find("variants")->items()) {
    selection.variants.push_back(name.as_string());
  }
  selection.workload = text_of(run, "workload");
  auto scenario = scenarios::instantiate(*file, selection);
  INFO((scenario ? "" : scenario.error().text()));
  REQUIRE(scenario);
  scenario->workload.jobs = static_cast<std::uint64_t>(run.find("jobs")->as_integer());
  const auto world =
      cli::make_world(*scenario, {.against = {}, .speed = 1, .seed = 1, .folder = folder()});
  REQUIRE(world);
  ResponseSink sink(*scenario);
  engine::run((*world)->runtime(), *scenario, (*world)->providers(), sink, {});
  for (const json::Value& check : run.find("checks")->items()) {
    const std::string of = text_of(check, "of");
    const double expected = check.find("value_s")->as_double();
    const double found = quantile(sink.values[of], text_of(check, "statistic"));
    CAPTURE(text_of(run, "scenario"), selection.variants, of, text_of(check, "statistic"), expected,
            found, text_of(check, "source"));
    CHECK(found == Approx(expected).epsilon(check.find("tolerance")->as_double()));
  }
}

}  // namespace

TEST_CASE("the reference scenarios reproduce what their reports measured") {
  const auto expectations = json::read_file(std::string(REHEARSE_SOURCE_DIR) +
                                            "/tests/scenarios/reference/expectations.json");
  REQUIRE(expectations);
  const std::vector<json::Value>& runs = expectations->find("runs")->items();
  REQUIRE(runs.size() >= 20);
  for (const json::Value& run : runs) {
    check_run(run);
  }
}

TEST_CASE("rate limits and stalls explain the minutes that auto-post's users saw") {
  const auto file = scenarios::load_scenario(folder() + "/auto-post.json");
  REQUIRE(file);
  for (const char* variant : {"rate_limited", "stalled"}) {
    auto scenario =
        scenarios::instantiate(*file, {.variants = {variant}, .parameters = {}, .workload = ""});
    REQUIRE(scenario);
    scenario->workload.jobs = 2000;
    const auto world =
        cli::make_world(*scenario, {.against = {}, .speed = 1, .seed = 1, .folder = folder()});
    REQUIRE(world);
    std::vector<double> responses;
    struct Sink : engine::JobSink {
      explicit Sink(std::vector<double>& r) : responses(r) {}
      void job_finished(const record::JobRecord& job, std::span<const record::StageSpan>,
                        std::span<const record::AttemptSpan>) override {
        responses.push_back((job.done - job.intended).count_s());
      }
      std::vector<double>& responses;
    } sink(responses);
    engine::run((*world)->runtime(), *scenario, (*world)->providers(), sink, {});
    const double worst = *std::max_element(responses.begin(), responses.end());
    CAPTURE(variant, worst, quantile(responses, "p95"));
    CHECK(worst >= 360);
  }
}

TEST_CASE("the same seed gives the same run of every reference scenario") {
  for (const char* name :
       {"auto-post", "forum-autoposter", "storyboard", "talking-photo", "lectra"}) {
    const auto file = scenarios::load_scenario(folder() + "/" + name + ".json");
    REQUIRE(file);
    std::vector<std::uint64_t> hashes;
    for (int repeat = 0; repeat < 2; ++repeat) {
      auto scenario = scenarios::instantiate(*file, {});
      REQUIRE(scenario);
      scenario->workload.jobs = 200;
      const auto world =
          cli::make_world(*scenario, {.against = {}, .speed = 1, .seed = 1, .folder = folder()});
      REQUIRE(world);
      test::KeepingSink sink;
      hashes.push_back(
          engine::run((*world)->runtime(), *scenario, (*world)->providers(), sink, {}).hash);
    }
    CHECK(hashes[0] == hashes[1]);
  }
}
