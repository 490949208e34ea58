#include "mocks/latency/warmth.hpp"
#include "tests/latency/support.hpp"

using namespace rehearse;
using namespace rehearse::latency;
using namespace rehearse::literals;

namespace {

CallFeatures ask(std::string_view model = "") {
  CallFeatures features;
  features.operation = "image";
  features.model = model;
  return features;
}

// One call that arrives, and leaves when it is done.
Plan serve(ProviderModel& model, const CallFeatures& features, Instant now) {
  Ticket ticket;
  model.arrive(ticket, key_of(1), features, 1, false, now);
  REQUIRE(ticket.state == Ticket::State::InService);
  const Plan plan = ticket.plan;
  model.leave(ticket, now + plan.total);
  return plan;
}

constexpr std::string_view kModels = R"({ "image": { "time": "2s", "size": "1024x1024",
  "load": { "time": "30s", "keep": "5m", "models": 1, "warm": false },
  "models": { "a": {}, "b": {} } } })";

}  // namespace

TEST_CASE("a batch has a knee: up to it calls cost each other nothing, past it all are slower") {
  const auto profile = profile_of(R"({ "image": { "time": "1s" } })",
                                  R"(, "capacity": { "slots": 64, "speed_up":
                                       { "1": 1, "8": 8, "32": 16 } })");
  ProviderModel model(profile, {});
  std::vector<std::unique_ptr<Ticket>> tickets;
  const CallFeatures features = ask();
  std::vector<double> seconds;
  for (int i = 0; i < 64; ++i) {
    tickets.push_back(std::make_unique<Ticket>());
    model.arrive(*tickets.back(), key_of(1), features, 1, false, Instant());
    seconds.push_back(tickets.back()->plan.total.count_s());
  }
  CHECK(seconds[0] == 1);
  CHECK(seconds[7] == Approx(1));
  CHECK(seconds[19] == Approx(20.0 / 12));  // half-way between 8 and 32
  CHECK(seconds[31] == Approx(2));
  CHECK(seconds[63] == Approx(4));  // flat past the last
  for (const auto& ticket : tickets) {
    model.leave(*ticket, Instant() + 1_s);
  }
  CHECK(serve(model, features, Instant() + 2_s).total == 1_s);
}

TEST_CASE("a rate that falls, or is more than the calls, is no speed-up") {
  for (const char* wrong : {R"({ "4": 5 })", R"({ "4": 3, "8": 2 })", R"({ "0": 1 })",
                            R"({ "x": 1 })", R"([1, 2])", R"({ "2": "1" })", "{}"}) {
    INFO(wrong);
    const auto made = try_profile(
        R"({ "dated": "2026-11-21", "prices": "free", "operations": { "a": { "time": "1s" } },
             "capacity": { "slots": 8, "speed_up": )" +
        std::string(wrong) + "} }");
    REQUIRE(!made);
    CHECK(made.error().text().find("/capacity/speed_up") != std::string::npos);
  }
}

TEST_CASE("a cold model is waited for once, and by who comes while it loads") {
  ProviderModel model(profile_of(kModels), {});
  const CallFeatures a = ask("a");
  Ticket first;
  Ticket second;
  model.arrive(first, key_of(1), a, 1, false, Instant());
  model.arrive(second, key_of(2), a, 1, false, Instant() + 10_s);
  CHECK(first.plan.load == 30_s);
  CHECK(first.plan.total == 32_s);
  CHECK(second.plan.load == 20_s);
  CHECK(second.plan.total == 22_s);
  model.leave(first, Instant() + 32_s);
  model.leave(second, Instant() + 32_s);
  CHECK(serve(model, a, Instant() + 40_s).load == Duration::zero());
}

TEST_CASE("a model that nobody asks for is forgotten") {
  ProviderModel model(profile_of(kModels), {});
  serve(model, ask("a"), Instant());  // ends at 32 s
  CHECK(serve(model, ask("a"), Instant() + 32_s + 300_s).load == Duration::zero());
  CHECK(serve(model, ask("a"), Instant() + 334_s + 301_s).load == 30_s);
}

TEST_CASE("a model has to make room for another") {
  ProviderModel model(profile_of(kModels), {});
  CHECK(serve(model, ask("a"), Instant()).load == 30_s);
  CHECK(serve(model, ask("b"), Instant() + 40_s).load == 30_s);
  CHECK(serve(model, ask("b"), Instant() + 80_s).load == Duration::zero());
  CHECK(serve(model, ask("a"), Instant() + 90_s).load == 30_s);
}

TEST_CASE("a model is warm at the start unless the profile says otherwise") {
  ProviderModel model(profile_of(R"({ "image": { "time": "2s", "load": { "time": "30s" } } })"),
                      {});
  CHECK(serve(model, ask(), Instant()).load == Duration::zero());
  CHECK(serve(model, ask(), Instant() + Duration::seconds(1'000'000)).load == Duration::zero());
}

TEST_CASE("a video takes time and money by its seconds, size and number") {
  const auto profile =
      profile_of(R"({ "video": { "time": "10s", "per_second": "4s", "seconds": "5s",
    "size": "1280x720", "sizes": { "1280x720": 1, "1920x1080": 2 }, "n_exponent": 1,
    "price": { "video_usd_per_second": 0.1 } } })");
  ProviderModel model(profile, {});
  CallFeatures video;
  video.operation = "video";
  CHECK(model.typical(video) == 30_s);
  video.audio_ms = 10'000;
  CHECK(model.typical(video) == 50_s);
  video.size = "1920x1080";
  video.n = 2;
  const Plan plan = plan_of(model, key_of(1), video);
  CHECK(plan.total == 200_s);
  CHECK(plan.usage.video_ms == 20'000);
  CHECK(plan.usage.audio_ms == 0);
  CHECK(plan.cost.count_usd() == Approx(2));
}

TEST_CASE("a stream may come in bursts: gaps between them, next to none inside") {
  const auto profile = profile_of(R"({ "chat": { "first_token": "1s", "per_output_token": "10ms",
    "tokens_per_chunk": 1, "chunks_per_burst": 5, "burst_pace": 0.1 } })");
  ProviderModel model(profile, {});
  CallFeatures features = chat(10, 101);
  features.stream = true;
  for (std::uint64_t job = 0; job < 50; ++job) {
    Ticket ticket;
    model.arrive(ticket, key_of(job), features, 1, false, Instant());
    REQUIRE(ticket.plan.chunks == 101);
    CHECK(model.chunk_due(ticket, 0) == 1_s);
    CHECK(model.chunk_due(ticket, 100) == ticket.plan.total);
    for (std::uint32_t i = 1; i < 101; ++i) {
      const Duration gap = model.chunk_due(ticket, i) - model.chunk_due(ticket, i - 1);
      INFO(job << ' ' << i << ' ' << gap.count_s());
      REQUIRE(gap >= Duration::zero());
      if (i % 5 != 0 && i < 95) {
        REQUIRE(gap.count_s() == Approx(0.001).margin(1e-6));
      }
    }
    model.leave(ticket, Instant());
  }
}

TEST_CASE("tokens a day are a limit of their own") {
  ProviderModel model(profile_of(R"({ "chat": { "first_token": "1s", "per_output_token": "1ms",
    "limits": { "tpd": 1000 } } })"),
                      {});
  plan_of(model, key_of(1), chat(400, 10, 500));
  Ticket ticket;
  const CallFeatures more = chat(400, 10, 500);
  model.arrive(ticket, key_of(2), more, 1, false, Instant());
  REQUIRE(ticket.refusal);
  CHECK(ticket.refusal->message.find("tokens per day (TPD)") != std::string::npos);
  CHECK(ticket.refusal->retry_after->count_s() == Approx(800.0 / 1000 * 86'400));
}
