#include "mocks/sim/virtual_provider.hpp"

#include <algorithm>
#include <utility>

#include "harness/provider/status.hpp"
#include "harness/runtime/event.hpp"

namespace rehearse::sim {
namespace {

using latency::Fault;
using latency::Plan;
using latency::Refusal;
using latency::Ticket;
using provider::Failure;
using provider::Outcome;

// A ticket whose caller may wait for its slot; frees what it holds when its frame goes away.
struct Visit : Ticket {
  Visit(runtime::Runtime& r, latency::ProviderModel& m) : started(r), runtime(r), model(m) {
    on_start = [](Ticket& self, Instant) { static_cast<Visit&>(self).started.set(); };
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() { model.leave(*this, runtime.now()); }

  runtime::Event started;
  runtime::Runtime& runtime;
  latency::ProviderModel& model;
};

// How long the service goes on before the caller sees its end, good or bad.
Duration service_of(const Plan& plan) {
  switch (plan.fault) {
    case Fault::None:
    case Fault::SlowBytes:
      return plan.total;
    case Fault::StallBeforeAnswer:
    case Fault::StallInStream:
      return plan.fault_after + latency::kStallLimit;
    default:
      return plan.fault_after;
  }
}

Failure failure_of_fault(Fault fault) {
  switch (fault) {
    case Fault::ConnectionRefused:
      return Failure::ConnectionRefused;
    case Fault::TruncatedBody:
      return Failure::Truncated;
    case Fault::MalformedBody:
    case Fault::WrongContentType:
      return Failure::Malformed;
    case Fault::None:
    case Fault::SlowBytes:
    case Fault::Status:
      return Failure::None;
    default:
      return Failure::ConnectionReset;
  }
}

void tell_refusal(const Refusal& refusal, Outcome& outcome) {
  outcome.status = refusal.status;
  outcome.failure = provider::failure_of_status(refusal.status, refusal.code);
  outcome.should_retry = provider::is_transient_status(refusal.status, refusal.code);
  outcome.retry_after = refusal.retry_after;
  outcome.detail = refusal.message;
}

void tell_fault(const Plan& plan, bool stream, Outcome& outcome) {
  if (plan.fault == Fault::Status) {
    outcome.chunks = 0;
    outcome.status = plan.status;
    outcome.failure = provider::failure_of_status(plan.status, plan.fault_spec->code);
    outcome.should_retry = provider::is_transient_status(plan.status, plan.fault_spec->code);
    outcome.should_retry = plan.fault_spec->should_retry.value_or(outcome.should_retry);
    outcome.retry_after = plan.fault_spec->retry_after;
    outcome.detail = plan.fault_spec->message;
    return;
  }
  const bool began = plan.fault == Fault::ResetInStream || plan.fault == Fault::StallInStream ||
                     plan.fault == Fault::TruncatedBody || plan.fault == Fault::MalformedBody ||
                     plan.fault == Fault::WrongContentType;
  outcome.status = began ? 200 : 0;
  outcome.chunks = began && plan.fault != Fault::WrongContentType ? outcome.chunks : 0;
  outcome.failure = failure_of_fault(plan.fault);
  if (stream && plan.fault == Fault::TruncatedBody && !plan.fault_spec->message.empty()) {
    outcome.failure = Failure::ServerError;  // the stream says so itself
  }
  outcome.should_retry = provider::is_transient_failure(outcome.failure, began);
  outcome.detail = plan.fault_spec->name;
}

// The content chunks that had come by then.
std::uint32_t chunks_by(const latency::ProviderModel& model, const Ticket& ticket, Duration after) {
  const Plan& plan = ticket.plan;
  if (!latency::only_slows(plan.fault)) {
    after = std::min(after, plan.fault_after);
  }
  if (after >= plan.total) {
    return plan.chunks;
  }
  std::uint32_t low = 0;
  std::uint32_t high = plan.chunks;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (model.chunk_due(ticket, middle) <= after) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// What the provider's side of a call came to by now, its service having begun at `start`.
struct Service {
  Instant start;
  Instant now;
  Duration back;        // until the caller sees it
  bool stream = false;  // was asked for; the ticket's own features may be gone by now
};
void tell_service(const latency::ProviderModel& model, const Ticket& ticket, const Service& service,
                  Outcome& outcome) {
  if (ticket.state == Ticket::State::InService) {
    const Plan& plan = ticket.plan;
    outcome.usage = plan.usage;
    outcome.cost = plan.cost;
    outcome.truncated = plan.truncated;
    outcome.chunks = chunks_by(model, ticket, service.now - service.start);
    outcome.first_chunk = service.start + plan.first_token + service.back;
    outcome.status = plan.status;
    // A caller that takes any bytes for an answer does not read what they are called.
    const bool noticed =
        plan.fault != Fault::WrongContentType || (ticket.entry->kind != latency::Kind::Generic &&
                                                  ticket.entry->kind != latency::Kind::Video);
    if (!latency::only_slows(plan.fault) && noticed) {
      tell_fault(plan, service.stream, outcome);
    }
  } else if (ticket.refusal) {
    tell_refusal(*ticket.refusal, outcome);
  }
}

// The end of a call as its caller sees it.
void tell_end(runtime::Wake wake, Instant now, Outcome& outcome) {
  outcome.done = now;
  if (wake == runtime::Wake::Stopped) {
    outcome.failure = Failure::Cancelled;
    outcome.status = 0;
    outcome.should_retry = false;
    outcome.truncated = false;
    outcome.retry_after.reset();
    outcome.detail = "stopped by the caller";
  }
  if (outcome.chunks == 0 || outcome.first_chunk > outcome.done) {
    outcome.first_chunk = outcome.done;
  }
}

// The pace of a whole stream, as its client would see it; null where the answer came in one piece.
std::shared_ptr<const WireTimes> pace_of(const latency::ProviderModel& model,
                                         const Ticket& ticket) {
  const Plan& plan = ticket.plan;
  if (plan.chunks < 2 || plan.fault != Fault::None) {
    return nullptr;
  }
  auto out = std::make_shared<WireTimes>();
  out->gaps.reserve(plan.chunks - 1);
  Duration before = model.chunk_due(ticket, 0);
  out->content = model.chunk_due(ticket, plan.chunks - 1) - before;
  for (std::uint32_t chunk = 1; chunk < plan.chunks; ++chunk) {
    const Duration due = model.chunk_due(ticket, chunk);
    out->gaps.push_back(due - before);
    before = due;
  }
  return out;
}

void tell_pace(const latency::ProviderModel& model, const Ticket& ticket, runtime::Wake wake,
               Outcome& outcome) {
  if (wake == runtime::Wake::Fired && ticket.state == Ticket::State::InService) {
    outcome.wire = pace_of(model, ticket);
  }
}

}  // namespace

struct VirtualProvider::ForeseenVisit : provider::Foreseen {
  Ticket ticket;
  Instant started;
  bool stream = false;
};

VirtualProvider::VirtualProvider(runtime::Runtime& runtime, latency::ProviderModel& model,
                                 VirtualOptions options)
    : runtime_(runtime), model_(model), options_(std::move(options)) {}

VirtualProvider::~VirtualProvider() = default;

provider::Foreseen* VirtualProvider::foresee(const provider::Call& call) {
  if (!options_.rtt.is_zero() || !model_.has_slot(call.features)) {
    return nullptr;
  }
  if (idle_.empty()) {
    visits_.push_back(std::make_unique<ForeseenVisit>());
    idle_.push_back(visits_.back().get());
  }
  ForeseenVisit& visit = *idle_.back();
  idle_.pop_back();
  visit.started = runtime_.now();
  visit.stream = call.features.stream;
  model_.arrive(visit.ticket, call.key, call.features, call.time_ratio, call.new_connection,
                visit.started);
  visit.has_ended = visit.ticket.refusal != nullptr;
  visit.ends = visit.has_ended ? visit.started : visit.started + service_of(visit.ticket.plan);
  return &visit;
}

Outcome VirtualProvider::settle(provider::Foreseen& foreseen, runtime::Wake wake) {
  auto& visit = static_cast<ForeseenVisit&>(foreseen);
  const Instant now = runtime_.now();
  Outcome outcome;
  outcome.started = visit.started;
  tell_service(model_, visit.ticket, {visit.started, now, Duration::zero(), visit.stream}, outcome);
  if (options_.pace) {
    tell_pace(model_, visit.ticket, wake, outcome);
  }
  model_.leave(visit.ticket, now);
  tell_end(wake, now, outcome);
  idle_.push_back(&visit);
  return outcome;
}

runtime::Task<Outcome> VirtualProvider::call(const provider::Call& call, runtime::StopToken stop) {
  Outcome outcome;
  outcome.started = runtime_.now();
  Duration rtt;
  if (!options_.rtt.is_zero()) {
    const double u = call.key.uniform(Dimension::RoundTrip);
    rtt = Duration::from_seconds(options_.rtt.quantile(u));
  }
  const Duration there = rtt * 0.5;
  const Duration back = rtt - there;
  runtime::Wake wake = runtime::Wake::Fired;
  if (there > Duration::zero()) {
    wake = co_await runtime_.sleep(there, stop);
  }
  if (wake == runtime::Wake::Fired) {
    Visit visit(runtime_, model_);
    model_.arrive(visit, call.key, call.features, call.time_ratio, call.new_connection,
                  runtime_.now());
    if (visit.state == Ticket::State::Queued) {
      wake = co_await visit.started.wait(stop);
    }
    const Instant start = runtime_.now();
    if (wake == runtime::Wake::Fired && !visit.refusal) {
      const Instant end = start + service_of(visit.plan);
      wake = co_await runtime_.sleep_until(end, stop);
    }
    tell_service(model_, visit, {start, runtime_.now(), back, call.features.stream}, outcome);
    if (options_.pace) {
      tell_pace(model_, visit, wake, outcome);
    }
  }
  if (wake == runtime::Wake::Fired && back > Duration::zero()) {
    wake = co_await runtime_.sleep(back, stop);
  }
  tell_end(wake, runtime_.now(), outcome);
  co_return outcome;
}

}  // namespace rehearse::sim
