#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include "harness/cli/sim_player.hpp"
#include "harness/study/capacity.hpp"

// A rate over a length of time, played whole and by windows of it: the same load both ways, and the
// intervals that both state must meet.

using namespace rehearse;

namespace {

struct Load {
  std::string name;
  std::string scenario;
  double per_s = 1;
  Duration length;
  double windows_stages = 2e5;  // so few that windows or a slice must do
  std::string method = "windows";
  std::string workload = {};
};

record::CapacitySpan span_of(const scenarios::ScenarioFile& file, const Load& load, double stages) {
  const cli::SimPlayer player(file.folder());
  study::CapacityOptions options;
  options.selection.workload = load.workload;
  options.rate = options.users = options.money = false;
  options.at_per_s = load.per_s;
  options.at_length = load.length;
  options.at_stages = stages;
  const auto plan = study::plan_capacity(file, player, options);
  REQUIRE(plan);
  REQUIRE(plan->span);
  return *plan->span;
}

record::CapacitySpan span_of(const Load& load, double stages) {
  INFO(load.name);
  const auto file = scenarios::parse_scenario(load.scenario, load.name, ".");
  REQUIRE(file);
  return span_of(*file, load, stages);
}

// A value that is read in 1 of 1024 (stats::Histogram), where nothing is known of its interval.
stats::Interval around(double value, const std::optional<stats::Interval>& interval) {
  const double read = std::abs(value) * stats::Histogram::kRelativeError;
  return interval ? stats::Interval{std::min(interval->low, value - read),
                                    std::max(interval->high, value + read)}
                  : stats::Interval{value - read, value + read};
}

void check_same(const std::string& what, double whole,
                const std::optional<stats::Interval>& whole_interval, double windows,
                const std::optional<stats::Interval>& windows_interval) {
  const stats::Interval one = around(whole, whole_interval);
  const stats::Interval other = around(windows, windows_interval);
  CAPTURE(what, whole, one.low, one.high, windows, other.low, other.high);
  CHECK(one.low <= other.high);
  CHECK(other.low <= one.high);
}

double utilisation_of(const record::CapacitySpan& span) {
  for (const record::CapacityObjective& each : span.objectives) {
    if (each.text.starts_with("utilisation")) {
      REQUIRE(each.at_knee);
      return *each.at_knee;
    }
  }
  return -1;
}

struct Both {
  record::CapacitySpan whole;
  record::CapacitySpan windows;
};

Both check_both_ways(const Load& load) {
  CAPTURE(load.name);
  Both out{span_of(load, 1e9), span_of(load, load.windows_stages)};
  const record::CapacitySpan& whole = out.whole;
  const record::CapacitySpan& windows = out.windows;
  REQUIRE(whole.method == "exact");
  REQUIRE(windows.method == load.method);
  CHECK(static_cast<double>(windows.jobs_played) < 0.7 * static_cast<double>(whole.jobs_played));
  REQUIRE((whole.p99_s && windows.p99_s));
  check_same("p50", *whole.p50_s, whole.p50_interval_s, *windows.p50_s, windows.p50_interval_s);
  check_same("p95", *whole.p95_s, whole.p95_interval_s, *windows.p95_s, windows.p95_interval_s);
  check_same("p99", *whole.p99_s, whole.p99_interval_s, *windows.p99_s, windows.p99_interval_s);
  check_same("done", whole.point.done_share, whole.done_share_interval, windows.point.done_share,
             windows.done_share_interval);
  check_same("cost", whole.point.cost_usd, whole.cost_interval_usd, windows.point.cost_usd,
             windows.cost_interval_usd);
  REQUIRE(whole.objectives.size() == windows.objectives.size());
  for (std::size_t i = 0; i < whole.objectives.size(); ++i) {
    const record::CapacityObjective& one = whole.objectives[i];
    const record::CapacityObjective& other = windows.objectives[i];
    REQUIRE(one.at_knee.has_value() == other.at_knee.has_value());
    if (one.at_knee) {
      check_same(one.text, *one.at_knee, one.interval, *other.at_knee, other.interval);
    }
  }
  return out;
}

// Of its value.
double width(const std::optional<stats::Interval>& interval, double value) {
  REQUIRE(interval);
  return (interval->high - interval->low) / value;
}

std::string shop(const std::string& slots, const std::string& time) {
  return R"({ "scenario": "shop", "resources": { "desk": )" + slots + R"( },
    "stages": { "serve": { "local": { "io": )" +
         time + R"( }, "uses": "desk" } },
    "workloads": { "open": { "rate": "1/s", "jobs": 10 } },
    "objectives": ["p(95) < 3s", "utilisation of resource desk < 70%"] })";
}

const char* const kExponential = R"({ "exponential": "1s" })";

}  // namespace

TEST_CASE("windows say what every job says, where jobs wait for few slots") {
  const Both found = check_both_ways({.name = "shop",
                                      .scenario = shop(R"({ "slots": 8 })", kExponential),
                                      .per_s = 6,
                                      .length = Duration::seconds(40'000)});
  CHECK(utilisation_of(found.whole) == Approx(0.75).epsilon(0.02));
  CHECK(utilisation_of(found.windows) == Approx(0.75).epsilon(0.02));
  CHECK(width(found.windows.p95_interval_s, *found.windows.p95_s) < 0.1);
}

TEST_CASE("a slice and half of it hold what every job says, where jobs wait for many slots") {
  const Both found = check_both_ways({.name = "hall",
                                      .scenario = shop(R"({ "slots": 400 })", kExponential),
                                      .per_s = 388,
                                      .length = Duration::seconds(3'600),
                                      .windows_stages = 3e4,
                                      .method = "slice"});
  // In 30 slots of which 97% are busy jobs wait longer than in 400: the interval says so.
  REQUIRE(found.windows.p95_interval_s);
  CHECK(*found.windows.p95_s > 1.05 * *found.whole.p95_s);
  CHECK(found.windows.p95_interval_s->low <= *found.whole.p95_s);
  CHECK(found.windows.p95_interval_s->low > 0.3 * *found.whole.p95_s);
}

TEST_CASE(
    "windows are as busy as a day that is refused half of its jobs, and never more than busy") {
  // 87 are inside: longer than any window's warm-up that counts service alone.
  const Both found = check_both_ways(
      {.name = "refusing",
       .scenario = shop(R"({ "slots": 26, "queue": { "max": 61, "on_full": "reject" } })",
                        R"({ "exponential": "10s" })"),
       .per_s = 5.2,
       .length = Duration::seconds(30'000),
       .windows_stages = 1e5});
  CHECK(utilisation_of(found.whole) <= 1);
  CHECK(utilisation_of(found.windows) <= 1);
  CHECK(utilisation_of(found.windows) > 0.99);
  CHECK(found.windows.point.done_share == Approx(0.5).margin(0.03));
}

TEST_CASE("a slice of a provider's limits refuses as many calls as all of them") {
  const std::string chat = R"({ "scenario": "chat",
    "providers": { "openai": { "profile": "openai", "change": { "limits": { "rpm": 60000 } } } },
    "stages": { "ask": { "call": "openai.chat", "model": "gpt-4o", "time": { "typical": "500ms" },
                         "input_tokens": 100, "output_tokens": { "between": [20, 60] },
                         "retry": "none" } },
    "workloads": { "open": { "rate": "1/s", "jobs": 10 } } })";
  check_both_ways({.name = "chat",
                   .scenario = chat,
                   .per_s = 300,
                   .length = Duration::seconds(3'600),
                   .windows_stages = 3e4,
                   .method = "slice"});
}

TEST_CASE("what every window says alike has no interval, and few jobs no quantiles") {
  const Load even{.name = "even",
                  .scenario = shop(R"({ "slots": 1000 })", R"("1s")"),
                  .per_s = 10,
                  .length = Duration::seconds(10'000)};
  for (const double stages : {1e9, 2e4}) {
    const record::CapacitySpan span = span_of(even, stages);
    CHECK(*span.p99_s == Approx(1).epsilon(0.001));
    CHECK_FALSE(span.p99_interval_s);
    CHECK_FALSE(span.done_share_interval);
  }
  Load few = even;
  few.length = Duration::seconds(1);
  const record::CapacitySpan span = span_of(few, 1e9);
  CHECK(span.jobs_played == 10);
  CHECK_FALSE(span.p99_s);
  CHECK_FALSE(span.p50_interval_s);
}

TEST_CASE("a thousand talking photos a second are refused by workers who are busy, no more") {
  const auto file = scenarios::load_scenario(REHEARSE_SOURCE "/scenarios/talking-photo.json");
  REQUIRE(file);
  const Load load{.name = "talking-photo",
                  .scenario = {},
                  .per_s = 1'000,
                  .length = Duration::seconds(86'400),
                  .workload = "users_100"};
  const record::CapacitySpan span = span_of(*file, load, 2e6);
  CHECK(utilisation_of(span) <= 1);
  CHECK(utilisation_of(span) > 0.99);
  CHECK(span.point.done_share < 0.02);
}
