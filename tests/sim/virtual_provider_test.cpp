#include "tests/sim/support.hpp"

#include <vector>

#include "harness/provider/status.hpp"
#include "harness/runtime/deadline.hpp"

using namespace rehearse;
using namespace rehearse::sim;
using namespace rehearse::literals;
using provider::Failure;
using provider::Outcome;

namespace {

constexpr std::string_view kAsk =
    R"({ "chat": { "first_token": "1s", "per_output_token": "10ms",
      "price": { "call_usd": 1 } } })";

provider::Call chat_call(std::uint64_t job, bool stream = false) {
  provider::Call call = call_of("chat", job);
  call.features.output_tokens = 101;
  call.features.stream = stream;
  return call;
}

// The same call without a coroutine in the provider; false where its end cannot be foreseen.
runtime::Task<void> foresee_into(runtime::Runtime& rt, provider::Provider& provider,
                                 provider::Call call, runtime::StopToken stop, Outcome& out,
                                 bool& foreseen) {
  provider::Foreseen* ahead = provider.foresee(call);
  foreseen = ahead != nullptr;
  if (!foreseen) {
    co_return;
  }
  runtime::Wake wake = runtime::Wake::Fired;
  if (!ahead->has_ended) {
    wake = co_await rt.sleep_until(ahead->ends, stop);
  }
  out = provider.settle(*ahead, wake);
}

// Whichever way a call goes, it comes to the same.
void check_foreseen(std::shared_ptr<const latency::Profile> profile, const provider::Call& call,
                    const VirtualOptions& options, Instant patience, const Outcome& expected) {
  runtime::SimRuntime rt;
  latency::ProviderModel model(std::move(profile), {});
  VirtualProvider provider(rt, model, options);
  Outcome out;
  bool foreseen = false;
  runtime::StopSource source;
  {
    runtime::Deadline deadline(rt, patience, source);
    rt.run(foresee_into(rt, provider, call, source.token(), out, foreseen));
  }
  CHECK(model.in_service() == 0);
  CHECK(foreseen == options.rtt.is_zero());
  if (foreseen) {
    CHECK(out.failure == expected.failure);
    CHECK(out.status == expected.status);
    CHECK(out.truncated == expected.truncated);
    CHECK(out.should_retry == expected.should_retry);
    CHECK(out.chunks == expected.chunks);
    CHECK(out.started == expected.started);
    CHECK(out.first_chunk == expected.first_chunk);
    CHECK(out.done == expected.done);
    CHECK(out.retry_after == expected.retry_after);
    CHECK(out.usage == expected.usage);
    CHECK(out.cost == expected.cost);
    CHECK(out.detail == expected.detail);
  }
}

// One call on a fresh runtime and model; stopped after `patience`.
Outcome outcome_of(std::shared_ptr<const latency::Profile> profile, const provider::Call& call,
                   VirtualOptions options = {}, Instant patience = Instant::never()) {
  const std::shared_ptr<const latency::Profile> again = profile;
  runtime::SimRuntime rt;
  latency::ProviderModel model(std::move(profile), {});
  VirtualProvider provider(rt, model, options);
  Outcome out;
  runtime::StopSource source;
  {
    runtime::Deadline deadline(rt, patience, source);
    rt.run(call_into(provider, call, source.token(), out));
  }
  CHECK(model.in_service() == 0);
  CHECK(model.queued() == 0);
  check_foreseen(again, call, options, patience, out);
  return out;
}

std::string fault(std::string_view body) {
  return R"(, "faults": { "it": { "probability": 1, )" + std::string(body) + "} }";
}

runtime::Task<void> all_into(runtime::Runtime& rt, provider::Provider& provider,
                             std::vector<Outcome>& out) {
  runtime::TaskGroup group(rt);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const runtime::StopToken never;
    group.spawn(call_into(provider, chat_call(i), never, out[i]));
  }
  co_await group.join();
}

}  // namespace

TEST_CASE("a whole answer has its first content at its end, a stream has it at the first token") {
  const Outcome whole = outcome_of(profile_of(kAsk), chat_call(1));
  CHECK(whole.ok());
  CHECK(whole.status == 200);
  CHECK(whole.chunks == 1);
  CHECK(whole.done == Instant() + 2_s);
  CHECK(whole.first_chunk == whole.done);
  CHECK(whole.cost == Money::from_usd(1));
  const Outcome stream = outcome_of(profile_of(kAsk), chat_call(1, true));
  CHECK(stream.first_chunk == Instant() + 1_s);
  CHECK(stream.done == Instant() + 2_s);
  CHECK(stream.chunks == 101);
}

TEST_CASE("the round trip and a new connection come on top") {
  provider::Call call = chat_call(1, true);
  call.new_connection = true;
  const Outcome out = outcome_of(profile_of(kAsk, R"(, "connection": { "tcp": "100ms" })"), call,
                                 {.rtt = Distribution::constant(0.04)});
  CHECK(out.first_chunk == Instant() + 1140_ms);
  CHECK(out.done == Instant() + 2140_ms);
}

TEST_CASE("a refusal is what a client makes of its status, with the provider's wait") {
  runtime::SimRuntime rt;
  latency::ProviderModel model(profile_of(kAsk, R"(, "limits": { "rpm": 1 })"), {});
  VirtualProvider provider(rt, model);
  std::vector<Outcome> out(2);
  rt.run(all_into(rt, provider, out));
  CHECK(out[0].ok());
  CHECK(out[1].failure == Failure::RateLimited);
  CHECK(out[1].status == 429);
  CHECK(out[1].should_retry);
  CHECK(out[1].retry_after == 60_s);
  CHECK(out[1].done == Instant());
  CHECK(out[1].cost == Money());
}

TEST_CASE("calls past the slots wait their turn, and a full queue is overload") {
  runtime::SimRuntime rt;
  latency::ProviderModel model(profile_of(kAsk, R"(, "capacity": { "slots": 1, "queue": 2 })"), {});
  VirtualProvider provider(rt, model);
  std::vector<Outcome> out(4);
  rt.run(all_into(rt, provider, out));
  CHECK(out[0].done == Instant() + 2_s);
  CHECK(out[1].done == Instant() + 4_s);
  CHECK(out[2].done == Instant() + 6_s);
  CHECK(out[3].failure == Failure::Overloaded);
}

TEST_CASE("who stops frees the slot at once and keeps the bill") {
  const Outcome out = outcome_of(profile_of(kAsk), chat_call(1, true), {}, Instant() + 1500_ms);
  CHECK(out.failure == Failure::Cancelled);
  CHECK(out.done == Instant() + 1500_ms);
  CHECK(out.first_chunk == Instant() + 1_s);
  CHECK(out.cost == Money::from_usd(1));
  CHECK(out.usage.output_tokens == 101);
  CHECK(out.chunks > 0);
  CHECK(out.chunks < 101);
  const Outcome early = outcome_of(profile_of(kAsk), chat_call(1, true), {}, Instant() + 500_ms);
  CHECK(early.chunks == 0);
  CHECK(early.first_chunk == early.done);
}

TEST_CASE("who stops in the queue is billed nothing, and the next in line moves up") {
  runtime::SimRuntime rt;
  latency::ProviderModel model(profile_of(kAsk, R"(, "capacity": { "slots": 1, "queue": 9 })"), {});
  VirtualProvider provider(rt, model);
  std::vector<Outcome> out(3);
  runtime::StopSource source;
  {
    const auto run = [](runtime::Runtime& r, VirtualProvider& p, std::vector<Outcome>& o,
                        runtime::StopToken stop) -> runtime::Task<void> {
      runtime::TaskGroup group(r);
      const runtime::StopToken never;
      group.spawn(call_into(p, chat_call(0), never, o[0]));
      group.spawn(call_into(p, chat_call(1), stop, o[1]));
      group.spawn(call_into(p, chat_call(2), never, o[2]));
      co_await group.join();
    };
    runtime::Deadline deadline(rt, Instant() + 1_s, source);
    rt.run(run(rt, provider, out, source.token()));
  }
  CHECK(out[1].failure == Failure::Cancelled);
  CHECK(out[1].done == Instant() + 1_s);
  CHECK(out[1].cost == Money());
  CHECK(out[2].done == Instant() + 4_s);
  CHECK(model.bill() == Money::from_usd(2));
}

TEST_CASE("who was stopped before he began gets nothing and holds nothing") {
  runtime::SimRuntime rt;
  latency::ProviderModel model(profile_of(kAsk), {});
  VirtualProvider provider(rt, model);
  runtime::StopSource source;
  source.request_stop();
  Outcome out;
  rt.run(call_into(provider, chat_call(1), source.token(), out));
  CHECK(out.failure == Failure::Cancelled);
  CHECK(out.done == Instant());
  CHECK(model.in_service() == 0);
}

TEST_CASE("each fault is what a socket would make of it") {
  struct Case {
    std::string body;
    Failure failure;
    std::uint16_t status;
    bool retry;
    bool billed;
  };
  for (const Case& one :
       {Case{R"("fault": "status", "status": 500)", Failure::ServerError, 500, true, false},
        Case{R"("fault": "status", "status": 529)", Failure::Overloaded, 529, true, false},
        Case{R"("fault": "status", "status": 429, "code": "insufficient_quota")",
             Failure::QuotaExhausted, 429, false, false},
        Case{R"("fault": "status", "status": 401)", Failure::Unauthorized, 401, false, false},
        Case{R"("fault": "connection_refused")", Failure::ConnectionRefused, 0, true, false},
        Case{R"("fault": "connection_reset")", Failure::ConnectionReset, 0, true, false},
        Case{R"("fault": "reset_in_stream")", Failure::ConnectionReset, 200, false, true},
        Case{R"("fault": "truncated_body")", Failure::Truncated, 200, false, true},
        Case{R"("fault": "malformed_body")", Failure::Malformed, 200, false, true}}) {
    INFO(one.body);
    const Outcome out = outcome_of(profile_of(kAsk, fault(one.body)), chat_call(1, true));
    CHECK(out.failure == one.failure);
    CHECK(out.status == one.status);
    CHECK(out.should_retry == one.retry);
    CHECK((out.cost > Money()) == one.billed);
    CHECK(out.done <= Instant() + 2_s);
    CHECK((one.billed || out.chunks == 0));
    CHECK(out.first_chunk <= out.done);
  }
}

TEST_CASE("an error status may come with a wait of its own") {
  const auto profile =
      profile_of(kAsk, fault(R"("fault": "status", "status": 429, "retry_after": "20s")"));
  const Outcome out = outcome_of(profile, chat_call(1));
  CHECK(out.failure == Failure::RateLimited);
  REQUIRE(out.retry_after);
  CHECK(out.retry_after->count_ns() == (20_s).count_ns());
}

TEST_CASE("a stall waits until it is stopped, and an hour at most") {
  const auto profile = profile_of(kAsk, fault(R"("fault": "stall_before_answer")"));
  const Outcome stopped = outcome_of(profile, chat_call(1), {}, Instant() + 300_s);
  CHECK(stopped.failure == Failure::Cancelled);
  CHECK(stopped.done == Instant() + 300_s);
  const Outcome patient = outcome_of(profile, chat_call(1));
  CHECK(patient.failure == Failure::ConnectionReset);
  CHECK(patient.done == Instant() + 3600_s);
  const auto middle = profile_of(kAsk, fault(R"("fault": "stall_in_stream")"));
  const Outcome partly = outcome_of(middle, chat_call(1, true), {}, Instant() + 300_s);
  CHECK(partly.chunks > 0);
  CHECK(partly.chunks < 101);
  CHECK(partly.cost == Money::from_usd(1));
}

TEST_CASE("statuses map to failures and retries as the SDKs' rules say") {
  using provider::failure_of_status;
  using provider::is_transient_status;
  CHECK(failure_of_status(200) == Failure::None);
  CHECK(failure_of_status(204) == Failure::None);
  CHECK(failure_of_status(302) == Failure::OtherStatus);
  CHECK(failure_of_status(400) == Failure::BadRequest);
  CHECK(failure_of_status(404) == Failure::NotFound);
  CHECK(failure_of_status(408) == Failure::OtherStatus);
  CHECK(failure_of_status(429) == Failure::RateLimited);
  CHECK(failure_of_status(502) == Failure::ServerError);
  CHECK(failure_of_status(503) == Failure::Overloaded);
  CHECK(failure_of_status(0) == Failure::OtherStatus);
  for (const std::uint16_t status :
       std::initializer_list<std::uint16_t>{408, 409, 429, 500, 502, 503, 529}) {
    CHECK(is_transient_status(status));
  }
  for (const std::uint16_t status :
       std::initializer_list<std::uint16_t>{200, 301, 400, 401, 403, 404, 422}) {
    CHECK(!is_transient_status(status));
  }
  CHECK(!is_transient_status(429, "insufficient_quota"));
}
