#include "tests/latency/support.hpp"

#include <cmath>

using namespace rehearse;
using namespace rehearse::latency;
using namespace rehearse::literals;

namespace {

constexpr std::string_view kChat = R"({ "chat": { "default": "slow",
  "models": { "slow": { "first_token": { "typical": "1s", "spread": 0.3 }, "per_input_token": "1ms",
                        "per_cached_token": "0.1ms",
                        "per_output_token": { "typical": "20ms", "spread": 0.2 },
      "tokens_per_chunk": { "between": [1, 4] },
                        "output_tokens": { "typical": 100, "spread": 0.5 }, "input_tokens": 50 },
              "fast": { "first_token": "0.5s", "per_output_token": "10ms" } } } })";

bool same(const Plan& a, const Plan& b) {
  return a.first_token == b.first_token && a.total == b.total && a.chunks == b.chunks &&
         a.truncated == b.truncated && a.usage == b.usage && a.cost == b.cost && a.fault == b.fault;
}

}  // namespace

TEST_CASE("the same key gives the same plan, whatever was drawn before and on any model object") {
  ProviderModel forward(profile_of(kChat), {});
  ProviderModel backward(profile_of(kChat), {});
  CallFeatures features = chat(0, 0);
  features.stream = true;
  std::vector<Plan> plans;
  for (std::uint64_t job = 0; job < 50; ++job) {
    plans.push_back(plan_of(forward, key_of(job), features));
  }
  for (std::uint64_t job = 50; job-- > 0;) {
    CHECK(same(plan_of(backward, key_of(job), features), plans[job]));
  }
  CHECK(!same(plans[0], plans[1]));
}

TEST_CASE("without luck the time is first token + input + a pace for each further output token") {
  ProviderModel model(profile_of(kChat), {});
  CallFeatures fast = chat(1000, 101);
  fast.model = "fast";
  const Plan plan = plan_of(model, key_of(1), fast);
  CHECK(plan.total == 1500_ms);
  CHECK(plan.first_token == plan.total);  // it comes whole
  fast.stream = true;
  CHECK(plan_of(model, key_of(1), fast).first_token == 500_ms);
  CHECK(model.typical(fast) == 1500_ms);
  fast.output_tokens = 1;
  CHECK(plan_of(model, key_of(1), fast).total == 500_ms);
  CHECK(model.typical(chat(1000, 101)).count_s() == Approx(1 + 1 + 2).epsilon(1e-9));
  CallFeatures cached = chat(1000, 101);
  cached.cached_tokens = 1000;
  CHECK(model.typical(cached).count_s() == Approx(1 + 0.1 + 2).epsilon(1e-9));
}

TEST_CASE("what was drawn is what the distributions say") {
  ProviderModel model(profile_of(kChat), {});
  CallFeatures features = chat(50, 101);
  features.stream = true;
  std::vector<double> first;
  for (std::uint64_t job = 0; job < 4001; ++job) {
    const Plan plan = plan_of(model, key_of(job), features);
    first.push_back(plan.first_token.count_s() - 0.05);
    CHECK(plan.total >= plan.first_token);
  }
  std::nth_element(first.begin(), first.begin() + 2000, first.end());
  CHECK(first[2000] == Approx(1).epsilon(0.03));  // 3 s.e. of a median at sigma 0.3
}

TEST_CASE("a stage's own time is drawn exactly, whatever the provider, when nothing was changed") {
  const Distribution own = Distribution::typical(5, 0.1);
  ProviderModel model(profile_of(kChat), {{hash_name("image_prompt"), own}});
  const CallFeatures features = chat(900, 300, 1000);
  for (std::uint64_t job = 0; job < 200; ++job) {
    const DrawKey key = key_of(job, "image_prompt");
    const Duration expected =
        Duration::from_seconds(own.quantile(key.uniform(Dimension::ServiceTime)));
    CHECK(plan_of(model, key, features, ratio(model, features, features)).total == expected);
  }
}

TEST_CASE("a default that is spelt out changes nothing, to the last bit") {
  ProviderModel model(profile_of(kChat), {{hash_name("s"), Distribution::typical(5, 0.1)}});
  CallFeatures named = chat(50, 0);
  named.model = "slow";
  CHECK(ratio(model, named, chat(0, 0)) == 1.0);
  for (std::uint64_t job = 0; job < 200; ++job) {
    const DrawKey key = key_of(job, "s");
    CHECK(plan_of(model, key, named).total == plan_of(model, key, chat(0, 0)).total);
  }
}

TEST_CASE("a limit saves time only where it cuts the answer, its length said or not") {
  ProviderModel model(profile_of(kChat), {{hash_name("s"), Distribution::typical(5, 0.1)}});
  CallFeatures base = chat(100, 0);  // the profile draws its length, around 100
  base.model = "slow";
  CallFeatures limited = base;
  limited.max_tokens = 110;
  int cut = 0;
  for (std::uint64_t job = 0; job < 200; ++job) {
    const DrawKey key = key_of(job, "s");
    const double shorter =
        model.typical_of(limited, key).count_s() / model.typical_of(base, key).count_s();
    const Plan before = plan_of(model, key, base);
    const Plan after = plan_of(model, key, limited, shorter);
    if (after.truncated) {
      ++cut;
      CHECK(after.total < before.total);
    } else {
      CHECK(after.total == before.total);
    }
  }
  CHECK(cut > 50);
  CHECK(cut < 150);
}

TEST_CASE("a changed call takes the stage's draw times typical(new) / typical(base)") {
  ProviderModel model(profile_of(kChat), {{hash_name("s"), Distribution::constant(6)}});
  const CallFeatures base = chat(0, 101);  // 1 + 0.05 + 2
  CallFeatures fast = base;
  fast.model = "fast";  // 0.5 + 1
  const double change = ratio(model, fast, base);
  CHECK(change == Approx(1.5 / 3.05).epsilon(1e-9));
  const Plan plan = plan_of(model, key_of(1, "s"), fast, change);
  CHECK(plan.total.count_s() == Approx(6 * 1.5 / 3.05).epsilon(1e-8));
  fast.stream = true;
  const Plan streamed = plan_of(model, key_of(1, "s"), fast, change);
  CHECK(streamed.total == plan.total);
  CHECK(streamed.first_token.count_s() == Approx(6 * 0.5 / 3.05).epsilon(1e-8));
}

TEST_CASE("max_tokens saves time on the answers that it cuts, and on no others") {
  ProviderModel model(profile_of(kChat), {{hash_name("s"), Distribution::constant(6)}});
  const Distribution length = Distribution::typical(100, 0.5);
  std::size_t truncated = 0;
  const std::size_t jobs = 20'000;
  for (std::uint64_t job = 0; job < jobs; ++job) {
    const DrawKey key = key_of(job, "s");
    const auto drawn =
        static_cast<std::int64_t>(length.quantile(key.uniform(Dimension::OutputTokens)) + 0.5);
    const CallFeatures base = chat(50, drawn);
    const CallFeatures cut = chat(50, drawn, 150);
    const Plan before = plan_of(model, key, base);
    const Plan after = plan_of(model, key, cut, ratio(model, cut, base));
    truncated += after.truncated;
    if (after.truncated) {
      REQUIRE(after.total < before.total);
      REQUIRE(after.usage.output_tokens == 150);
    } else {
      REQUIRE(after.total == before.total);
      REQUIRE(after.usage == before.usage);
    }
  }
  // P(round(lognormal(ln 100, 0.5)) > 150) = 1 - Phi(ln(1.505) / 0.5)
  const double expected = 0.5 * std::erfc(std::log(1.505) / 0.5 / std::sqrt(2.0));
  const double share = static_cast<double>(truncated) / static_cast<double>(jobs);
  const double error = std::sqrt(expected * (1 - expected) / static_cast<double>(jobs));
  CHECK(std::fabs(share - expected) < 3.3 * error);
}

TEST_CASE("a length that the profile draws is cut at max_tokens too") {
  ProviderModel model(profile_of(kChat), {});
  for (std::uint64_t job = 0; job < 500; ++job) {
    const Plan free = plan_of(model, key_of(job), chat(0, 0));
    const Plan cut = plan_of(model, key_of(job), chat(0, 0, 120));
    CHECK(cut.truncated == (free.usage.output_tokens > 120));
    CHECK(cut.usage.output_tokens == std::min<std::int64_t>(free.usage.output_tokens, 120));
    CHECK((cut.total < free.total) == cut.truncated);
  }
}

TEST_CASE("typical time grows with every kind of work") {
  ProviderModel model(profile_of(R"({
      "chat": { "first_token": "1s", "per_input_token": "1ms", "per_output_token": "10ms" },
      "image": { "time": "10s", "size": "1024x1024", "quality": "standard", "steps": 30,
      "steps_share": 0.9,
                 "n_exponent": 0.3, "sizes": { "1792x1024": 1.32 }, "qualities": { "hd": 1.4 } },
      "speech": { "first_byte": "1s", "per_character": "10ms", "speech_per_character": "70ms" },
      "transcription": { "time": "1s", "per_audio_second": "50ms" },
      "embedding": { "time": "0.1s", "per_input_token": "1ms" },
      "upload": { "time": "0.1s", "per_megabyte": "80ms" } })"),
                      {});
  const auto typical = [&](const CallFeatures& f) { return model.typical(f).count_s(); };
  CHECK(typical(chat(10, 10)) < typical(chat(11, 10)));
  CHECK(typical(chat(10, 10)) < typical(chat(10, 11)));
  CHECK(typical(chat(10, 100, 50)) == typical(chat(10, 50)));
  CallFeatures image;
  image.operation = "image";
  CHECK(typical(image) == Approx(10));
  image.size = "1792x1024";
  CHECK(typical(image) == Approx(13.2));
  image.size = "512x512";  // by pixels
  CHECK(typical(image) == Approx(2.5));
  image.size = "auto";
  CHECK(typical(image) == Approx(10));
  image.size = "1024x1024";
  image.quality = "hd";
  CHECK(typical(image) == Approx(14));
  image.quality = "";
  image.steps = 60;
  CHECK(typical(image) == Approx(19));
  image.steps = 0;
  image.n = 4;
  CHECK(typical(image) == Approx(10 * std::pow(4, 0.3)));
  CallFeatures other;
  other.operation = "speech";
  other.characters = 100;
  CHECK(typical(other) == Approx(2));
  CHECK(plan_of(model, key_of(1), other).usage.audio_ms == 7000);
  other.operation = "transcription";
  other.audio_ms = 60'000;
  CHECK(typical(other) == Approx(4));
  other.operation = "embedding";
  other.input_tokens = 100;
  CHECK(typical(other) == Approx(0.2));
  other.operation = "upload";
  other.bytes = 3'000'000;
  CHECK(typical(other) == Approx(0.34));
  other.operation = "nothing";
  CHECK(model.typical(other) > Duration::zero());
}

TEST_CASE("chunks partition the answer: first at the first token, last at the end, in order") {
  ProviderModel model(profile_of(kChat), {});
  CallFeatures features = chat(10, 333);
  features.stream = true;
  for (std::uint64_t job = 0; job < 50; ++job) {
    Ticket ticket;
    model.arrive(ticket, key_of(job), features, 1, false, Instant());
    const std::uint32_t chunks = ticket.plan.chunks;
    CHECK(chunks > 50);
    CHECK(chunks <= 333);
    Duration last = Duration::zero();
    std::int64_t tokens = 0;
    for (std::uint32_t i = 0; i < chunks; ++i) {
      const Duration due = model.chunk_due(ticket, i);
      CHECK(due >= last);
      CHECK(model.chunk_tokens(ticket, i) >= 1);
      tokens += model.chunk_tokens(ticket, i);
      last = due;
    }
    CHECK(model.chunk_due(ticket, 0) == ticket.plan.first_token);
    CHECK(last == ticket.plan.total);
    CHECK(tokens == 333);
    model.leave(ticket, Instant());
  }
}

TEST_CASE("a new connection adds its set-up to the first token and the end") {
  ProviderModel model(
      profile_of(kChat, R"(, "connection": { "dns": "5ms", "tcp": "20ms", "tls": "30ms" })"), {});
  CallFeatures fast = chat(0, 101);
  fast.model = "fast";
  fast.stream = true;
  Ticket ticket;
  model.arrive(ticket, key_of(1), fast, 1, true, Instant());
  CHECK(ticket.plan.connect == 55_ms);
  CHECK(ticket.plan.first_token == 555_ms);
  CHECK(ticket.plan.total == 1555_ms);
  model.leave(ticket, Instant());
}

TEST_CASE("faults come with their probability, their status and their bill") {
  const auto profile = profile_of(
      R"({ "chat": { "first_token": "1s", "per_output_token": "10ms",
      "price": { "output_usd_per_mtok": 1 } } })",
      R"(, "faults": { "boom": { "fault": "status", "status": 503, "code": "overloaded",
      "probability": 0.25 },
                       "cut": { "fault": "reset_in_stream", "probability": 0.25 },
                       "elsewhere": { "fault": "malformed_body", "probability": 0.5,
      "operation": "image" } })");
  ProviderModel model(profile, {});
  CallFeatures features = chat(10, 100);
  features.stream = true;
  int boom = 0;
  int cut = 0;
  const int jobs = 4000;
  for (int job = 0; job < jobs; ++job) {
    const Plan plan = plan_of(model, key_of(static_cast<std::uint64_t>(job)), features);
    if (plan.fault == Fault::Status) {
      ++boom;
      CHECK(plan.status == 503);
      CHECK(plan.fault_spec->name == "boom");
      CHECK(plan.fault_after == plan.first_token);
      CHECK(plan.cost == Money());
      CHECK(plan.usage == Usage());
    } else if (plan.fault == Fault::ResetInStream) {
      ++cut;
      CHECK(plan.fault_after >= plan.first_token);
      CHECK(plan.fault_after <= plan.total);
      CHECK(plan.cost == Money::nano_usd(100'000));
    } else {
      CHECK(plan.fault == Fault::None);
    }
  }
  const double error = std::sqrt(0.25 * 0.75 * jobs);
  CHECK(std::fabs(boom - 0.25 * jobs) < 3.3 * error);
  CHECK(std::fabs(cut - 0.25 * jobs) < 3.3 * error);
}

TEST_CASE("a stall that ends is only a delay") {
  const auto profile =
      profile_of(R"({ "chat": { "first_token": "1s", "per_output_token": "10ms" } })",
                 R"(, "faults": { "late": { "fault": "stall_before_answer", "lasts": "300s",
      "probability": 1 } })");
  ProviderModel model(profile, {});
  const Plan plan = plan_of(model, key_of(1), chat(10, 101));
  CHECK(plan.fault == Fault::None);
  CHECK(plan.total == 302_s);
}

TEST_CASE("slow weather is the same for every call of a time slot and for every variant") {
  const auto profile = profile_of(R"({ "ask": { "time": "1s" } })",
                                  R"(, "slow": { "share": 0.3, "slot": "60s", "factor": 3 })");
  ProviderModel one(profile, {});
  ProviderModel two(profile, {{hash_name("other"), Distribution::constant(1)}});
  CallFeatures features;
  features.operation = "ask";
  int slow = 0;
  for (int slot = 0; slot < 1000; ++slot) {
    const Instant early = Instant::from_seconds(slot * 60 + 1);
    const Instant late = Instant::from_seconds(slot * 60 + 59);
    const Duration a = plan_of(one, key_of(1), features, 1, early).total;
    CHECK(plan_of(one, key_of(2), features, 1, late).total == a);
    CHECK(plan_of(two, key_of(3), features, 1, late).total == a);
    CHECK((a == 1_s || a == 3_s));
    slow += a == 3_s;
  }
  CHECK(std::fabs(slow - 300) < 3.3 * std::sqrt(1000 * 0.3 * 0.7));
}

TEST_CASE("the bill is the sum of what was planned, and stays when a caller leaves early") {
  const auto profile = load_profile("openai", "");
  REQUIRE(profile.ok());
  ProviderModel model(*profile, {});
  CallFeatures features = chat(2000, 500);
  features.model = "gpt-4o-mini";
  const Plan plan = plan_of(model, key_of(1), features);
  CHECK(plan.cost == Money::from_usd(0.0006));
  plan_of(model, key_of(2), features);
  CHECK(model.bill() == Money::from_usd(0.0012));
}
