#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

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

Played play(const scenarios::Scenario& scenario, cli::WorldKind kind, double speed,
            std::uint64_t seed) {
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
  out.outcome =
      engine::run((*world)->runtime(), scenario, (*world)->providers(), out.sink, engine_options);
  std::sort(out.sink.jobs.begin(), out.sink.jobs.end(),
            [](const auto& a, const auto& b) { return a.job.id < b.job.id; });
  return out;
}

// What must be equal to the last digit, whatever order parallel calls ended in.
std::vector<std::string> attempts_of(const scenarios::Scenario& scenario,
                                     const test::KeepingSink::Kept& kept) {
  std::vector<std::string> out;
  for (const record::AttemptSpan& a : kept.attempts) {
    const record::StageSpan& span = kept.spans[a.span];
    std::ostringstream text;
    text << scenario.stages[span.stage].path << '[' << span.item << "] #" << a.number << " failure "
         << int{a.failure} << " status " << a.status << " in " << a.usage.input_tokens << " out "
         << a.usage.output_tokens << " images " << a.usage.images << " audio " << a.usage.audio_ms
         << " characters " << a.usage.characters << " bytes " << a.usage.bytes << " cost "
         << a.cost.count_nano_usd();
    out.push_back(text.str());
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
    const std::vector<std::string> virtual_attempts = attempts_of(scenario, sim.sink.jobs[i]);
    const std::vector<std::string> mock_attempts = attempts_of(scenario, mock.sink.jobs[i]);
    REQUIRE(virtual_attempts.size() == mock_attempts.size());
    for (std::size_t k = 0; k < virtual_attempts.size(); ++k) {
      CHECK(virtual_attempts[k] == mock_attempts[k]);
    }
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
                 "output_tokens": { "between": [100, 300] },
                 "time": { "typical": "2s", "spread": 0.4 },
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
    const Played played = play(*scenario, kind, 25, seed);
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
  // Both worlds over the same seeds. The wire makes every call a little later than planned, which
  // at speed 25 leaves the bucket a little fuller: attempts over HTTP lie about 1.5% lower. They
  // must lie inside the 99% band of a run's count in virtual time (Student's t, 19 degrees of
  // freedom).
  std::vector<Totals> sim;
  std::vector<Totals> mock;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim.push_back(totals(cli::WorldKind::Sim, seed));
    mock.push_back(totals(cli::WorldKind::Mock, seed));
  }
  const auto mean = [](const std::vector<Totals>& v, double Totals::* what) {
    double sum = 0;
    for (const Totals& t : v) {
      sum += t.*what;
    }
    return sum / static_cast<double>(v.size());
  };
  const auto variance = [&](const std::vector<Totals>& v, double Totals::* what) {
    double sum = 0;
    for (const Totals& t : v) {
      sum += (t.*what - mean(v, what)) * (t.*what - mean(v, what));
    }
    return sum / static_cast<double>(v.size() - 1);
  };
  for (double Totals::* what : {&Totals::attempts, &Totals::refused}) {
    const double band = 2.861 * std::sqrt(variance(sim, what));
    CAPTURE(mean(sim, what), mean(mock, what), band);
    CHECK(std::fabs(mean(mock, what) - mean(sim, what)) < band);
    CHECK(mean(sim, what) > 0);  // some calls were refused, or nothing was tested
  }
  CHECK(mean(mock, &Totals::cost) == Approx(mean(sim, &Totals::cost)).epsilon(0.01));
  std::vector<double> p50;
  for (std::size_t i = 0; i < sim.size(); ++i) {
    p50.push_back(mock[i].p50 / sim[i].p50 - 1);
  }
  std::sort(p50.begin(), p50.end());
  CAPTURE(p50[10]);
  // 2%, and the wire: two calls of at most 2 ms in 3 s at speed 25.
  CHECK(std::fabs(p50[10]) < 0.02 + 2 * 0.002 * 25 / 3);
}

TEST_CASE("providers with words of their own are the same over HTTP to the last token and cent") {
  // Sizes that no shape has, several pictures, defaults and limits: all that a request cannot say.
  const char* text = R"({
    "scenario": "native",
    "providers": { "claude": { "profile": "anthropic" }, "gemini": { "profile": "gemini" },
                   "stability": { "profile": "stability" },
                   "slow_claude": { "profile": "anthropic",
                     "change": { "operations": { "chat": { "limits": { "rpm": 2 } } } } } },
    "order": "sequential",
    "stages": {
      "outline": { "call": "claude.chat", "input_tokens": 300 },
      "draft": { "call": "claude.chat", "model": "claude-haiku-4-5", "input_tokens": 700,
                 "output_tokens": { "between": [100, 300] }, "max_tokens": 150, "stream": true },
      "title": { "call": "gemini.chat", "n": 3, "output_tokens": 20 },
      "tags": { "call": "gemini.chat", "model": "gemini-2.0-flash", "max_tokens": 50,
                "stream": true },
      "vector": { "call": "gemini.embedding", "input_tokens": 90 },
      "cover": { "call": "gemini.image" },
      "header": { "call": "gemini.image", "model": "imagen-4.0-generate-001", "size": "1792x1024",
                  "n": 2, "quality": "2K" },
      "icon": { "call": "stability.image", "size": "512x512", "steps": 50 },
      "scene": { "call": "stability.image", "model": "core", "n": 2 },
      "poster": { "call": "stability.image", "model": "ultra", "size": "1000x1600" },
      "check": { "call": "slow_claude.chat", "max_tokens": 10, "retry": "anthropic-sdk" } },
    "workloads": { "few": { "jobs": 4 } } })";
  const auto file = scenarios::parse_scenario(text, "native.json", folder());
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  const auto scenario = scenarios::instantiate(*file, {});
  REQUIRE(scenario);
  expect_equal(*scenario, 100);
}

TEST_CASE("every way to fail of these providers is the same over HTTP as in virtual time") {
  const auto failing = [](const std::string& profile, const std::string& fault,
                          const std::string& stage) {
    const std::string text = R"({ "scenario": "failing", "providers": { "p": { "profile": ")" +
                             profile + R"(", "change": { "faults": { ")" + fault +
                             R"(": { "probability": 0.5)" +
                             (fault == "rate_limited" ? R"(, "retry_after": "3.3s")" : "") +
                             R"( } } } } }, "stages": { "s": )" + stage +
                             R"( }, "workloads": { "few": { "jobs": 8 } } })";
    const auto file = scenarios::parse_scenario(text, "failing.json", folder());
    INFO((file ? "" : file.error().text()));
    REQUIRE(file);
    const auto scenario = scenarios::instantiate(*file, {});
    REQUIRE(scenario);
    expect_equal(*scenario, 300);
  };
  const std::string chat = R"({ "call": "p.chat", "stream": true, "retry": "anthropic-sdk" })";
  for (const char* fault : {"overloaded", "rate_limited", "bad_request", "reset_in_stream",
                            "truncated", "error_in_stream", "malformed"}) {
    failing("anthropic", fault, chat);
  }
  for (const char* fault : {"overloaded", "rate_limited", "permission_denied", "truncated",
                            "error_in_stream", "malformed"}) {
    failing("gemini", fault, chat);
  }
  const std::string image = R"({ "call": "p.image", "retry": "openai-sdk" })";
  for (const char* fault : {"rate_limited", "content_moderation", "malformed"}) {
    failing("stability", fault, image);
  }
  failing("gemini", "malformed", image);
}
