#include "tests/latency/support.hpp"

#include <vector>

using namespace rehearse;
using namespace rehearse::latency;
using namespace rehearse::literals;

namespace {

struct Caller : Ticket {
  int number = 0;
  std::vector<int>* started = nullptr;
  Caller(int n, std::vector<int>& log) : number(n), started(&log) {
    on_start = [](Ticket& self, Instant) {
      auto& caller = static_cast<Caller&>(self);
      caller.started->push_back(caller.number);
    };
  }
};

const CallFeatures& ask() {
  static const CallFeatures features = [] {
    CallFeatures f;
    f.operation = "ask";
    return f;
  }();
  return features;
}

std::shared_ptr<const Profile> one_slot(std::int64_t queue) {
  return profile_of(R"({ "ask": { "time": "1s" } })",
                    R"(, "capacity": { "slots": 1, "queue": )" + std::to_string(queue) + "}");
}

}  // namespace

TEST_CASE("waiting calls are served in the order they came") {
  ProviderModel model(one_slot(10), {});
  std::vector<int> log;
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 5; ++i) {
    callers.push_back(std::make_unique<Caller>(i, log));
    model.arrive(*callers.back(), key_of(static_cast<std::uint64_t>(i)), ask(), 1, false,
                 Instant());
  }
  CHECK(callers[0]->state == Ticket::State::InService);
  CHECK(log.empty());  // never from inside arrive()
  CHECK(model.queued() == 4);
  CHECK(model.in_service() == 1);
  for (int i = 0; i < 5; ++i) {
    model.leave(*callers[static_cast<std::size_t>(i)], Instant() + 1_s * (i + 1));
  }
  CHECK(log == std::vector<int>{1, 2, 3, 4});
  CHECK(model.in_service() == 0);
}

TEST_CASE("a caller that leaves the queue is passed over and billed nothing") {
  const auto profile = profile_of(R"({ "ask": { "time": "1s", "price": { "call_usd": 1 } } })",
                                  R"(, "capacity": { "slots": 1, "queue": 5 })");
  ProviderModel model(profile, {});
  std::vector<int> log;
  Caller a(0, log), b(1, log), c(2, log);
  for (Caller* caller : {&a, &b, &c}) {
    model.arrive(*caller, key_of(1), ask(), 1, false, Instant());
  }
  model.leave(b, Instant());
  model.leave(b, Instant());  // twice is harmless
  CHECK(model.queued() == 1);
  model.leave(a, Instant() + 1_s);
  CHECK(log == std::vector<int>{2});
  CHECK(model.bill() == Money::from_usd(2));
  model.leave(c, Instant() + 2_s);
}

TEST_CASE("a full queue refuses as busy, and a place that was left is free again") {
  ProviderModel model(one_slot(1), {});
  std::vector<int> log;
  Caller a(0, log), b(1, log), c(2, log), d(3, log);
  model.arrive(a, key_of(0), ask(), 1, false, Instant());
  model.arrive(b, key_of(1), ask(), 1, false, Instant());
  model.arrive(c, key_of(2), ask(), 1, false, Instant());
  REQUIRE(c.refusal);
  CHECK(c.refusal->status == 503);
  CHECK(c.state == Ticket::State::Left);
  model.leave(c, Instant());  // harmless
  model.leave(b, Instant());
  model.arrive(d, key_of(3), ask(), 1, false, Instant());
  CHECK(d.state == Ticket::State::Queued);
  model.leave(a, Instant());
  CHECK(d.state == Ticket::State::InService);
  model.leave(d, Instant());
}

TEST_CASE("an operation with a capacity of its own does not wait for the provider's slots") {
  ProviderModel model(profile_of(R"({ "ask": { "time": "1s" },
      "tell": { "time": "1s", "capacity": { "slots": 1 } } })",
                                 R"(, "capacity": { "slots": 1 })"),
                      {});
  std::vector<int> log;
  Caller a(0, log), b(1, log), c(2, log);
  CallFeatures tell;
  tell.operation = "tell";
  model.arrive(a, key_of(0), ask(), 1, false, Instant());
  model.arrive(b, key_of(1), tell, 1, false, Instant());
  CHECK(b.state == Ticket::State::InService);
  model.arrive(c, key_of(2), tell, 1, false, Instant());
  CHECK(c.refusal);
  model.leave(a, Instant());
  model.leave(b, Instant());
}

TEST_CASE("an unknown operation or model is refused as the provider does") {
  ProviderModel model(*load_profile("openai", ""), {});
  CallFeatures features = chat(1, 1);
  features.model = "gpt-99";
  Ticket ticket;
  model.arrive(ticket, key_of(1), features, 1, false, Instant());
  REQUIRE(ticket.refusal);
  CHECK(ticket.refusal->status == 404);
  CHECK(ticket.refusal->message ==
        "The model `gpt-99` does not exist or you do not have access to it.");
  CHECK(model.typical(features) > Duration::zero());
  CHECK(model.limits(ticket, Instant()).limit_requests == -1);
  features.operation = "sing";
  features.model = "";
  Ticket other;
  model.arrive(other, key_of(1), features, 1, false, Instant());
  CHECK(other.refusal);
}
