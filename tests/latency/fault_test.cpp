#include "tests/latency/support.hpp"

using namespace rehearse;
using namespace rehearse::latency;
using namespace rehearse::literals;

namespace {

constexpr std::string_view kAsk =
    R"({ "chat": { "first_token": "1s", "per_output_token": "10ms" } })";

std::shared_ptr<const Profile> with_faults(const std::string& faults) {
  return profile_of(kAsk, ", \"faults\": " + faults);
}

Fault fault_at(ProviderModel& model, Instant now, std::uint64_t job = 1,
               std::uint32_t attempt = 0) {
  DrawKey key = key_of(job);
  key.attempt = attempt;
  const CallFeatures features = chat(10, 10);
  return plan_of(model, key, features, 1, now).fault;
}

void expect_error(const std::string& faults, const std::string& place) {
  INFO(faults);
  const auto made = try_profile(R"({ "dated": "2026-11-21", "prices": "free", "operations": )" +
                                std::string(kAsk) + ", \"faults\": " + faults + " }");
  REQUIRE(!made);
  CHECK(made.error().text().find(place) != std::string::npos);
}

}  // namespace

TEST_CASE("an outage strikes every call inside its window and none outside") {
  ProviderModel model(with_faults(R"({ "outage": { "during": ["10m", "12m"] } })"), {});
  CHECK(fault_at(model, Instant() + 599_s) == Fault::None);
  CHECK(fault_at(model, Instant() + 600_s) == Fault::ConnectionRefused);
  CHECK(fault_at(model, Instant() + 719_s) == Fault::ConnectionRefused);
  CHECK(fault_at(model, Instant() + 720_s) == Fault::None);
}

TEST_CASE("windows may repeat, and a probability holds inside them") {
  ProviderModel model(with_faults(R"({ "status_503": { "during": [["0s", "1m"], ["30m", "31m"]],
                                       "every": "1h", "probability": 0.5 } })"),
                      {});
  int struck = 0;
  for (std::uint64_t job = 0; job < 1000; ++job) {
    struck +=
        fault_at(model, Instant() + Duration::seconds(3600 * 5 + 1800 + 59), job) == Fault::Status;
    CHECK(fault_at(model, Instant() + Duration::seconds(3600 * 5 + 61), job) == Fault::None);
  }
  CHECK(struck == Approx(500).margin(4 * 16));
}

TEST_CASE("a script names calls by number, job or attempt") {
  ProviderModel calls(with_faults(R"({ "malformed": { "calls": [2, 4] } })"), {});
  std::string seen;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    seen += fault_at(calls, Instant(), i) == Fault::None ? '.' : 'x';
  }
  CHECK(seen == ".x.x.");
  ProviderModel jobs(with_faults(R"({ "status_500": { "jobs": 7, "attempts": [0, 1] } })"), {});
  CHECK(fault_at(jobs, Instant(), 6, 0) == Fault::None);
  CHECK(fault_at(jobs, Instant(), 7, 0) == Fault::Status);
  CHECK(fault_at(jobs, Instant(), 7, 1) == Fault::Status);
  CHECK(fault_at(jobs, Instant(), 7, 2) == Fault::None);
}

TEST_CASE("faults whose name says what happens need no more, and strike only when asked") {
  const std::vector<std::pair<std::string, Fault>> named = {
      {"connection_refused", Fault::ConnectionRefused},
      {"connection_reset", Fault::ConnectionReset},
      {"reset_in_stream", Fault::ResetInStream},
      {"stalled", Fault::StallBeforeAnswer},
      {"stalled_in_stream", Fault::StallInStream},
      {"truncated", Fault::TruncatedBody},
      {"malformed", Fault::MalformedBody},
      {"wrong_content_type", Fault::WrongContentType},
      {"slow_bytes", Fault::SlowBytes},
      {"quota_exhausted", Fault::Status},
      {"outage", Fault::ConnectionRefused}};
  for (const auto& [name, fault] : named) {
    INFO(name);
    ProviderModel never(with_faults("{ \"" + name + "\": {} }"), {});
    CHECK(fault_at(never, Instant()) == Fault::None);
    ProviderModel always(with_faults("{ \"" + name + "\": { \"probability\": 1 } }"), {});
    CHECK(fault_at(always, Instant()) == fault);
  }
  for (const int status :
       {400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529}) {
    const std::string name = "status_" + std::to_string(status);
    const auto profile = with_faults("{ \"" + name + "\": { \"probability\": 1 } }");
    CHECK(profile->faults[0].status == status);
    CHECK(!profile->faults[0].message.empty());
  }
}

TEST_CASE("slow bytes make an answer later, and bill it") {
  ProviderModel model(with_faults(R"({ "slow_bytes": { "probability": 1, "lasts": "20s" } })"), {});
  const Plan plan = plan_of(model, key_of(1), chat(10, 101));
  CHECK(plan.fault_after == 2_s);
  CHECK(plan.total == 22_s);
  CHECK(plan.first_token == plan.total);
  CHECK(plan.usage.output_tokens == 101);
  CallFeatures streamed = chat(10, 101);
  streamed.stream = true;
  const Plan stream = plan_of(model, key_of(1), streamed);
  CHECK(stream.first_token == 1_s);
  CHECK(stream.total == 22_s);
}

TEST_CASE("what is wrong with a fault is said at its place") {
  expect_error(R"({ "strange": {} })", "/faults/strange");
  expect_error(R"({ "outage": { "during": ["2m", "1m"] } })", "/faults/outage/during");
  expect_error(R"({ "outage": { "during": "1m" } })", "/faults/outage/during");
  expect_error(R"({ "outage": { "during": [1, 2] } })", "/faults/outage/during");
  expect_error(R"({ "outage": { "every": "1h" } })", "/faults/outage/every");
  expect_error(R"({ "outage": { "during": ["0s", "2h"], "every": "1h" } })",
               "/faults/outage/every");
  expect_error(R"({ "outage": { "calls": [0] } })", "/faults/outage/calls");
  expect_error(R"({ "stalled_in_stream": { "lasts": "1s" } })", "/faults/stalled_in_stream/lasts");
  expect_error(R"({ "outage": { "body": "x" } })", "/faults/outage/body");
  expect_error(R"({ "status_500": { "should_retry": 1 } })", "should_retry");
  expect_error(R"({ "status_500": { "probability": 0.7 }, "status_503": { "probability": 0.7 } })",
               "/faults");
}
