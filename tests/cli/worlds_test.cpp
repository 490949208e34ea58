#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "harness/cli/world.hpp"
#include "harness/engine/engine.hpp"
#include "scenarios/load.hpp"
#include "tests/support/scenario_builder.hpp"

// Virtual time against mocks over HTTP: one model, so the same calls, tokens and costs.

using namespace rehearse;

namespace {

std::string folder() { return std::string(REHEARSE_SOURCE_DIR) + "/scenarios"; }

struct Played {
  test::KeepingSink sink;
  engine::RunOutcome outcome;
};

Played play(const scenarios::Scenario& scenario, cli::WorldKind kind, double speed, std::uint64_t seed) {
  cli::WorldOptions options;
  options.against.all = kind;
  options.speed = speed;
  options.seed = seed;
  options.folder = folder();
  const auto world = cli::make_world(scenario, options);
  INFO((world ? "" : world.error().text()));
  REQUIRE(world);
  Played out;
  engine::Options engine_options;
  engine_options.seed = seed;
  out.outcome = engine::run((*world)->runtime(), scenario, (*world)->providers(), out.sink, engine_options);
  std::sort(out.sink.jobs.begin(), out.sink.jobs.end(),
            [](const auto& a, const auto& b) { return a.job.id < b.job.id; });
  return out;
}

// What must be equal to the last digit, whatever order parallel calls ended in.
using Attempt = std::tuple<std::string, std::uint32_t, std::uint32_t, int, int, std::int64_t, std::int64_t,
                           std::int64_t, std::int64_t, std::int64_t>;
std::vector<Attempt> attempts_of(const scenarios::Scenario& scenario, const test::KeepingSink::Kept& kept) {
  std::vector<Attempt> out;
  for (const record::AttemptSpan& a : kept.attempts) {
    const record::StageSpan& span = kept.spans[a.span];
    out.emplace_back(scenario.stages[span.stage].path, span.item, a.number, a.failure, a.status,
                     a.usage.input_tokens, a.usage.output_tokens, a.usage.images, a.usage.audio_ms,
                     a.cost.count_nano_usd());
  }
  std::sort(out.begin(), out.end());
  return out;
}

double median_response(const test::KeepingSink& sink) {
  std::vector<double> values;
  for (const auto& kept : sink.jobs) {
    values.push_back((kept.job.done - kept.job.intended).count_s());
  }
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

scenarios::Scenario load(const std::string& name, std::uint64_t jobs,
                         const std::vector<std::string>& variants = {}) {
  const auto file = scenarios::load_scenario(folder() + "/" + name + ".json");
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  scenarios::Selection selection;
  selection.variants = variants;
  auto scenario = scenarios::instantiate(*file, selection);
  REQUIRE(scenario);
  scenario->workload.jobs = jobs;
  return *scenario;
}

void expect_equal(const scenarios::Scenario& scenario, double speed) {
  const Played sim = play(scenario, cli::WorldKind::Sim, 1, 1);
  const Played mock = play(scenario, cli::WorldKind::Mock, speed, 1);
  REQUIRE(sim.sink.jobs.size() == mock.sink.jobs.size());
  for (std::size_t i = 0; i < sim.sink.jobs.size(); ++i) {
    CAPTURE(scenario.name, i);
    CHECK(sim.sink.jobs[i].job.end == mock.sink.jobs[i].job.end);
    CHECK(sim.sink.jobs[i].job.cost == mock.sink.jobs[i].job.cost);
    CHECK(attempts_of(scenario, sim.sink.jobs[i]) == attempts_of(scenario, mock.sink.jobs[i]));
    // Never earlier than planned: the wire only adds.
    CHECK(mock.sink.jobs[i].job.done - mock.sink.jobs[i].job.intended >=
          (sim.sink.jobs[i].job.done - sim.sink.jobs[i].job.intended) * 0.999);
  }
  const double wire = (median_response(mock.sink) / median_response(sim.sink) - 1) * 100;
  WARN(scenario.name << ": over HTTP at speed " << speed << " the median response is " << wire
                     << "% longer than in virtual time");
}

}  // namespace

TEST_CASE("auto-post over HTTP is auto-post in virtual time, to the last token and cent") {
  expect_equal(load("auto-post", 5), 150);
}
TEST_CASE("forum-autoposter over HTTP is the same to the last token and cent") {
  expect_equal(load("forum-autoposter", 6), 60);
}
TEST_CASE("storyboard over HTTP is the same to the last token and cent") {
  expect_equal(load("storyboard", 2), 3000);
}
TEST_CASE("talking-photo over HTTP is the same to the last token and cent") {
  expect_equal(load("talking-photo", 6), 40);
}
TEST_CASE("lectra over HTTP is the same to the last token and cent") {
  expect_equal(load("lectra", 3), 300);
}
TEST_CASE("a variant that changes model and size keeps both worlds equal") {
  expect_equal(load("auto-post", 4, {"dalle2"}), 100);
}

TEST_CASE("where order decides, 20 seeds agree in cost, attempts and typical time") {
  // Calls side by side on a provider with few slots and a limit that refuses some of them.
  const char* text = R"({
    "scenario": "crowded",
    "providers": { "openai": { "profile": "openai", "change": { "limits": { "rpm": 40 } } } },
    "stages": {
      "draft": { "call": "openai.chat", "model": "gpt-4o-mini", "input_tokens": 300,
                 "output_tokens": { "between": [100, 300] }, "time": { "typical": "2s", "spread": 0.4 },
                 "retry": "openai-sdk", "repeat": 3, "parallel": "all", "on_error": "continue" },
      "save": { "wait": "1s", "needs": ["draft"] } },
    "workloads": { "load": { "jobs": 24, "concurrency": 4 } } })";
  const auto file = scenarios::parse_scenario(text, "crowded.json", folder());
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  const auto scenario = scenarios::instantiate(*file, {});
  REQUIRE(scenario);
  struct Totals {
    double cost = 0;
    double attempts = 0;
    double refused = 0;
    double p50 = 0;
  };
  const auto totals = [&](cli::WorldKind kind, std::uint64_t seed) {
    const Played played = play(*scenario, kind, 40, seed);
    Totals t;
    for (const auto& kept : played.sink.jobs) {
      t.cost += kept.job.cost.count_usd();
      for (const auto& a : kept.attempts) {
        t.attempts += 1;
        t.refused += a.status == 429 ? 1 : 0;
      }
    }
    t.p50 = median_response(played.sink);
    return t;
  };
  std::vector<double> attempts;
  std::vector<double> refused;
  std::vector<double> p50;
  double sim_cost = 0;
  double mock_cost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Totals sim = totals(cli::WorldKind::Sim, seed);
    const Totals mock = totals(cli::WorldKind::Mock, seed);
    sim_cost += sim.cost;
    mock_cost += mock.cost;
    attempts.push_back(mock.attempts - sim.attempts);
    refused.push_back(mock.refused - sim.refused);
    p50.push_back(mock.p50 / sim.p50 - 1);
  }
  std::sort(p50.begin(), p50.end());
  const auto mean_and_band = [](const std::vector<double>& v) {
    double mean = 0;
    for (const double x : v) {
      mean += x / static_cast<double>(v.size());
    }
    double variance = 0;
    for (const double x : v) {
      variance += (x - mean) * (x - mean) / static_cast<double>(v.size() - 1);
    }
    // 99% of Student's t with 19 degrees of freedom.
    return std::pair(mean, 2.861 * std::sqrt(variance / static_cast<double>(v.size())) + 0.5);
  };
  const auto [attempts_mean, attempts_band] = mean_and_band(attempts);
  const auto [refused_mean, refused_band] = mean_and_band(refused);
  CAPTURE(sim_cost, mock_cost, attempts_mean, refused_mean, p50[10]);
  CHECK(mock_cost == Approx(sim_cost).epsilon(0.01));
  CHECK(std::fabs(attempts_mean) < attempts_band);
  CHECK(std::fabs(refused_mean) < refused_band);
  CHECK(std::fabs(p50[10]) < 0.02 + 0.04);  // 2% and the wire: a few ms of 2-3 s at speed 40
}
