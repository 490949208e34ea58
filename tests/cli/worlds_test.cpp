#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "harness/cli/world.hpp"
#include "harness/engine/engine.hpp"
#include "harness/provider/outcome.hpp"
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
  if (!world) {
    throw std::runtime_error(world.error().text());  // no REQUIRE: may run in a thread of its own
  }
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

scenarios::Scenario reference(const std::string& name, std::uint64_t jobs,
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
  expect_equal(reference("auto-post", 5), 150);
}
TEST_CASE("forum-autoposter over HTTP is the same to the last token and cent") {
  expect_equal(reference("forum-autoposter", 6), 60);
}
TEST_CASE("storyboard over HTTP is the same to the last token and cent") {
  expect_equal(reference("storyboard", 2), 3000);
}
TEST_CASE("talking-photo over HTTP is the same to the last token and cent") {
  expect_equal(reference("talking-photo", 6), 40);
}
TEST_CASE("lectra over HTTP is the same to the last token and cent") {
  expect_equal(reference("lectra", 3), 300);
}
TEST_CASE("a variant that changes model and size keeps both worlds equal") {
  expect_equal(reference("auto-post", 4, {"dalle2"}), 100);
}

TEST_CASE("every kind of fault is the same failure in both worlds") {
  // One job for each fault: a script says which. Stalls last until the stage's timeout.
  const char* text = R"({
    "scenario": "faulty",
    "providers": { "openai": { "profile": "openai", "change": { "faults": {
      "connection_reset": { "jobs": 0 }, "reset_in_stream": { "jobs": 1 },
      "truncated": { "jobs": 2 },
      "malformed": { "jobs": 3 }, "wrong_content_type": { "jobs": 4 },
      "slow_bytes": { "jobs": 5, "lasts": "3s" }, "quota_exhausted": { "jobs": 6 },
      "status_503": { "jobs": 7, "attempts": [0] }, "status_400": { "jobs": 8 },
      "stalled": { "jobs": 9 }, "stalled_in_stream": { "jobs": 10 },
      "status_529": { "jobs": 11, "should_retry": false },
      "status_404": { "jobs": 12 }, "connection_refused": { "jobs": 13, "attempts": [0, 1] },
      "status_402": { "jobs": 14 } } } } },
    "stages": {
      "draft": { "call": "openai.chat", "model": "gpt-4o-mini", "input_tokens": 300,
                 "output_tokens": 40, "timeout": "20s", "retry": "openai-sdk",
                 "on_error": "continue" },
      "told": { "call": "openai.chat", "model": "gpt-4o-mini", "input_tokens": 300, "stream": true,
                "output_tokens": 40, "timeout": "20s", "on_error": "continue", "needs": ["draft"] },
      "image": { "call": "openai.image", "timeout": "100s", "on_error": "continue",
                 "needs": ["told"] } },
    "workloads": { "all": { "jobs": 16 } } })";
  const auto file = scenarios::parse_scenario(text, "faulty.json", folder());
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  const auto scenario = scenarios::instantiate(*file, {});
  REQUIRE(scenario);
  const Played sim = play(*scenario, cli::WorldKind::Sim, 1, 1);
  const Played mock = play(*scenario, cli::WorldKind::Mock, 40, 1);
  REQUIRE(sim.sink.jobs.size() == mock.sink.jobs.size());
  std::size_t failed = 0;
  for (std::size_t i = 0; i < sim.sink.jobs.size(); ++i) {
    CAPTURE(i);
    CHECK(attempts_of(*scenario, sim.sink.jobs[i]) == attempts_of(*scenario, mock.sink.jobs[i]));
    for (const record::AttemptSpan& attempt : sim.sink.jobs[i].attempts) {
      failed += attempt.failure != 0;
    }
  }
  CHECK(failed > 30);
}

TEST_CASE(
    "an outage, repeated, takes the same jobs in both worlds, and a quota that ends takes all") {
  // A job every 10 s; nobody is there from 25 s to 55 s of every two minutes, and from 200 s on the
  // quota is used up.
  const char* text = R"({
    "scenario": "outage",
    "providers": { "openai": { "profile": "openai", "change": { "faults": {
      "outage": { "during": ["25s", "55s"], "every": "2m" },
      "quota_exhausted": { "during": ["205s", "1h"] } } } } },
    "stages": { "draft": { "call": "openai.chat", "model": "gpt-4o-mini", "input_tokens": 300,
                           "output_tokens": 40, "retry": "none", "on_error": "continue" } },
    "workloads": { "steady": { "rate": "6/min", "arrivals": "constant", "for": "4m" } } })";
  const auto file = scenarios::parse_scenario(text, "outage.json", folder());
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  const auto scenario = scenarios::instantiate(*file, {});
  REQUIRE(scenario);
  const Played sim = play(*scenario, cli::WorldKind::Sim, 1, 1);
  const Played mock = play(*scenario, cli::WorldKind::Mock, 20, 1);
  REQUIRE(sim.sink.jobs.size() == mock.sink.jobs.size());
  std::size_t refused = 0;
  std::size_t over_quota = 0;
  for (std::size_t i = 0; i < sim.sink.jobs.size(); ++i) {
    CAPTURE(i);
    CHECK(attempts_of(*scenario, sim.sink.jobs[i]) == attempts_of(*scenario, mock.sink.jobs[i]));
    for (const record::AttemptSpan& attempt : sim.sink.jobs[i].attempts) {
      refused += attempt.failure == static_cast<int>(provider::Failure::ConnectionRefused);
      over_quota += attempt.failure == static_cast<int>(provider::Failure::QuotaExhausted);
    }
  }
  CHECK(refused == 6);     // those of 30, 40, 50, 150, 160 and 170 s
  CHECK(over_quota == 3);  // those of 210, 220 and 230 s
}

namespace {

// What one seed gave in one world.
struct Totals {
  double cost = 0;
  double attempts = 0;
  double refused = 0;
  double p50 = 0;
  double p95 = 0;
};

double quantile_response(const test::KeepingSink& sink, double q) {
  std::vector<double> values;
  for (const auto& kept : sink.jobs) {
    values.push_back((kept.job.done - kept.job.intended).count_s());
  }
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(static_cast<double>(values.size() - 1) * q)];
}

Totals totals_of(const test::KeepingSink& sink) {
  Totals t;
  for (const auto& kept : sink.jobs) {
    t.cost += kept.job.cost.count_usd();
    for (const auto& a : kept.attempts) {
      t.attempts += 1;
      t.refused += a.status == 429 ? 1 : 0;
    }
  }
  t.p50 = quantile_response(sink, 0.5);
  t.p95 = quantile_response(sink, 0.95);
  return t;
}

// One value of every seed.
std::vector<double> column(const std::vector<Totals>& seeds, double Totals::* what) {
  std::vector<double> out;
  for (const Totals& t : seeds) {
    out.push_back(t.*what);
  }
  return out;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum / static_cast<double>(values.size());
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// Half the width of the 99% band of a mean of 20 (Student's t, 19 degrees of freedom).
double band_of_mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += (value - mean(values)) * (value - mean(values));
  }
  const double variance = sum / static_cast<double>(values.size() - 1);
  return 2.861 * std::sqrt(variance / static_cast<double>(values.size()));
}

}  // namespace

TEST_CASE("where order decides, 20 seeds agree in cost, attempts, refusals and times") {
  // Calls side by side on a provider with few slots and a limit that refuses some of them. Who is
  // refused tries again when the limit lets one more in, as all others do: who of them comes first
  // is decided by milliseconds. The round trip makes that the same race in both worlds; without it
  // the wire alone would decide, to the advantage of young calls, and 1.5% of attempts be missing.
  const char* text = R"({
    "scenario": "crowded",
    "providers": { "openai": { "profile": "openai", "change": { "limits": { "rpm": 90 } },
                                 "rtt": { "between": ["30ms", "80ms"] } } },
    "stages": {
      "draft": { "call": "openai.chat", "model": "gpt-4o-mini", "input_tokens": 300,
                 "output_tokens": { "between": [100, 300] },
                 "time": { "typical": "2s", "spread": 0.4 },
                 "retry": "openai-sdk", "repeat": 3, "parallel": "all", "on_error": "continue" },
      "save": { "wait": "1s", "needs": ["draft"] } },
    "workloads": { "load": { "jobs": 100, "concurrency": 4 } } })";
  const auto file = scenarios::parse_scenario(text, "crowded.json", folder());
  INFO((file ? "" : file.error().text()));
  REQUIRE(file);
  const auto scenario = scenarios::instantiate(*file, {});
  REQUIRE(scenario);
  // All seeds at once, since they wait most of the time.
  constexpr double speed = 10;
  constexpr std::size_t kSeeds = 20;
  std::vector<Totals> sim(kSeeds);
  std::vector<Totals> mock(kSeeds);
  {
    std::vector<std::jthread> players;
    for (std::size_t i = 0; i < kSeeds; ++i) {
      players.emplace_back([&, i] {
        sim[i] = totals_of(play(*scenario, cli::WorldKind::Sim, 1, i + 1).sink);
        mock[i] = totals_of(play(*scenario, cli::WorldKind::Mock, speed, i + 1).sink);
      });
    }
  }
  for (double Totals::* what : {&Totals::attempts, &Totals::refused}) {
    const std::vector<double> expected = column(sim, what);
    const std::vector<double> found = column(mock, what);
    CAPTURE(mean(expected), mean(found), band_of_mean(expected));
    CHECK(std::fabs(mean(found) - mean(expected)) < band_of_mean(expected));
    CHECK(mean(expected) > 0);  // some calls were refused, or nothing was tested
  }
  CHECK(mean(column(mock, &Totals::cost)) ==
        Approx(mean(column(sim, &Totals::cost))).epsilon(0.01));
  for (double Totals::* what : {&Totals::p50, &Totals::p95}) {
    std::vector<double> differences;
    for (std::size_t i = 0; i < kSeeds; ++i) {
      differences.push_back(mock[i].*what / (sim[i].*what) - 1);
    }
    // 2%, and the wire: two calls, one of them a retry, of at most 2 ms on the wall each.
    const double wire = 2 * 0.002 * speed / mean(column(sim, what));
    std::sort(differences.begin(), differences.end());
    CAPTURE(mean(column(sim, what)), wire, differences);
    CHECK(std::fabs(median(differences)) < 0.02 + wire);
  }
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
