#include "tests/latency/support.hpp"

using namespace rehearse;
using namespace rehearse::latency;
using namespace rehearse::literals;

namespace {

constexpr std::string_view kTwoModels = R"({ "chat": { "default": "a",
  "first_token": "1s", "per_output_token": "10ms", "output_tokens": 100, "input_tokens": 10,
  "models": { "a": { "limits": { "rpm": 2, "tpm": 30000 } }, "b": {} } } })";

std::unique_ptr<Refusal> arrive(ProviderModel& model, const CallFeatures& features, Instant now) {
  Ticket ticket;
  model.arrive(ticket, key_of(1), features, 1, false, now);
  model.leave(ticket, now);
  return std::move(ticket.refusal);
}

}  // namespace

TEST_CASE("a model's limit refuses its calls alone, and a provider's limit all of them") {
  ProviderModel model(profile_of(kTwoModels, R"(, "limits": { "rpm": 3 })"), {});
  CallFeatures a = chat(10, 10);
  CallFeatures b = chat(10, 10);
  b.model = "b";
  CHECK(!arrive(model, a, Instant()));
  CHECK(!arrive(model, a, Instant()));
  const auto refused = arrive(model, a, Instant());
  REQUIRE(refused);
  CHECK(refused->status == 429);
  CHECK(refused->retry_after == 30_s);
  CHECK(!arrive(model, b, Instant()));
  const auto full = arrive(model, b, Instant());
  REQUIRE(full);
  CHECK(full->retry_after == 20_s);
  CHECK(!arrive(model, b, Instant() + 20_s));
}

TEST_CASE("max_tokens is reserved: the refusal reads and waits like the real one") {
  const auto profile =
      load_profile("openai", "", *json::parse(R"({ "operations": { "chat": { "models": { "gpt-4o": {
        "limits": { "tpm": 30000 } } } } } })"));
  REQUIRE(profile.ok());
  ProviderModel model(*profile, {});
  CallFeatures first = chat(4'567, 100, 10'000);
  first.model = "gpt-4o";
  CallFeatures second = chat(4'754, 100, 20'000);
  second.model = "gpt-4o";
  CHECK(!arrive(model, first, Instant()));
  const auto refused = arrive(model, second, Instant());
  REQUIRE(refused);
  CHECK(refused->message ==
        "Rate limit reached for gpt-4o in organization org-rehearse on tokens per min (TPM): Limit "
        "30000, Used 14567, Requested 24754. Please try again in 18.642s.");
  CHECK(refused->retry_after == 18'642_ms);
  CHECK(refused->code == "rate_limit_exceeded");
}

TEST_CASE("a request larger than the limit is told so and not to wait") {
  ProviderModel model(profile_of(kTwoModels), {});
  const auto refused = arrive(model, chat(40'000, 10), Instant());
  REQUIRE(refused);
  CHECK(!refused->retry_after);
  CHECK(refused->message.find("too large") != std::string::npos);
}

TEST_CASE("a refused call is charged nothing") {
  ProviderModel model(profile_of(kTwoModels), {});
  CHECK(!arrive(model, chat(10, 10), Instant()));
  CHECK(!arrive(model, chat(10, 10), Instant()));
  for (int i = 0; i < 100; ++i) {
    CHECK(arrive(model, chat(10, 10), Instant()));
  }
  CHECK(!arrive(model, chat(10, 10), Instant() + 30_s));
}

TEST_CASE("the headers' figures are live: they fall with each call and refill with time") {
  ProviderModel model(profile_of(kTwoModels), {});
  Ticket ticket;
  const CallFeatures features = chat(100, 10, 900);
  model.arrive(ticket, key_of(1), features, 1, false, Instant());
  LimitState state = model.limits(ticket, Instant());
  CHECK(state.limit_requests == 2);
  CHECK(state.remaining_requests == 1);
  CHECK(state.reset_requests == 30_s);
  CHECK(state.limit_tokens == 30'000);
  CHECK(state.remaining_tokens == 29'000);
  CHECK(state.reset_tokens == 2_s);
  state = model.limits(ticket, Instant() + 30_s);
  CHECK(state.remaining_requests == 2);
  CHECK(state.remaining_tokens == 30'000);
  model.leave(ticket, Instant() + 30_s);
  CallFeatures free = chat(1, 1);
  free.model = "b";
  Ticket other;
  model.arrive(other, key_of(2), free, 1, false, Instant() + 30_s);
  CHECK(model.limits(other, Instant() + 30_s).limit_requests == -1);
  model.leave(other, Instant() + 30_s);
}

TEST_CASE("images, input, output, days and calls in flight are limited each by its own rule") {
  struct Case {
    const char* limits;
    const char* what;
  };
  for (const Case& one : {Case{R"({ "ipm": 4 })", "images"}, Case{R"({ "rpd": 2 })", "per day"},
                          Case{R"({ "in_flight": 2 })", "in flight"}}) {
    ProviderModel model(
        profile_of(R"({ "image": { "time": "1s", "limits": )" + std::string(one.limits) + "} }"),
        {});
    CallFeatures features;
    features.operation = "image";
    features.n = 2;
    Ticket tickets[3];
    for (Ticket& ticket : tickets) {
      model.arrive(ticket, key_of(1), features, 1, false, Instant());
    }
    CHECK(!tickets[0].refusal);
    CHECK(!tickets[1].refusal);
    REQUIRE(tickets[2].refusal);
    CHECK(tickets[2].refusal->message.find(one.what) != std::string::npos);
    for (Ticket& ticket : tickets) {
      model.leave(ticket, Instant());
    }
  }
  ProviderModel model(profile_of(R"({ "chat": { "first_token": "1s", "per_output_token": "1ms",
      "limits": { "itpm": 100, "otpm": 50 } } })"),
                      {});
  CallFeatures cached = chat(150, 10, 40);
  cached.cached_tokens = 100;
  CHECK(!arrive(model, cached, Instant()));
  const auto refused = arrive(model, chat(10, 10, 20), Instant());
  REQUIRE(refused);
  CHECK(refused->message.find("output tokens") != std::string::npos);
}

TEST_CASE("what others call takes its part of the refill") {
  ProviderModel model(profile_of(kTwoModels, R"(, "limits": { "rpm": 60 })"), {},
                      {.other_load_per_s = 0.5, .provider = 1});
  CallFeatures b = chat(1, 1);
  b.model = "b";
  for (int i = 0; i < 60; ++i) {
    CHECK(!arrive(model, b, Instant()));
  }
  const auto refused = arrive(model, b, Instant());
  REQUIRE(refused);
  INFO(refused->message);
  REQUIRE(refused->retry_after);
  CHECK(refused->retry_after->count_ns() == (2_s).count_ns());
}
