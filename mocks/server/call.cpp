#include "mocks/server/call.hpp"

#include <algorithm>

#include "harness/wire/fault_header.hpp"
#include "harness/wire/planned_header.hpp"
#include "harness/wire/usage_header.hpp"

namespace rehearse::server {
namespace {

// Faults that end an answer which has begun.
bool is_cut(latency::Fault fault) {
  return fault == latency::Fault::ResetInStream || fault == latency::Fault::StallInStream ||
         fault == latency::Fault::TruncatedBody;
}

}  // namespace

Call::Call(const Options& options, Caller caller, Ask ask)
    : house_(options.house),
      provider_(options.provider),
      connection_(options.connection),
      protocol_(options.protocol),
      number_(options.number),
      scripted_(caller.scripted),
      script_(std::move(ask.script)),
      asked_(ask.model + ask.size + ask.quality),
      features_(ask.amounts) {
  ticket_.call = this;
  ticket_.on_start = [](latency::Ticket& ticket, Instant now) {
    static_cast<Ticket&>(ticket).call->serve(now);
  };
  timer_.call = this;
  timer_.fire = [](runtime::TimerNode& timer) { static_cast<Timer&>(timer).call->due(); };
  ticket_.key = caller.key;
  ticket_.time_ratio = caller.time_ratio;
  ticket_.new_connection = caller.new_connection;
  record_.job = caller.key.job;
  record_.provider = provider_.name;
  record_.stage = std::move(caller.stage);
  record_.caller = std::move(caller.name);
  record_.operation = std::move(ask.operation);
  record_.model = answer_model(provider_.model.profile(), record_.operation, ask.model);
  record_.item = caller.key.item;
  record_.attempt = caller.key.attempt;
  features_.operation = record_.operation;
  const std::string_view asked = asked_;
  features_.model = asked.substr(0, ask.model.size());
  features_.size = asked.substr(ask.model.size(), ask.size.size());
  features_.quality = asked.substr(ask.model.size() + ask.size.size());
}

// Not ended: the client has left.
Call::~Call() {
  if (self_) {
    *self_ = nullptr;
  }
  if (!ended_) {
    end(CallEnd::Abandoned, 0);
  }
}

void Call::begin() {
  const Instant now = provider_.in_order(house_.transport.now());
  record_.arrived = record_.started = now;
  provider_.model.arrive(ticket_, DrawKey(ticket_.key), features_, ticket_.time_ratio,
                         ticket_.new_connection, now);
  limits_ = std::make_unique<latency::LimitState>(provider_.model.limits(ticket_, now));
  if (ticket_.refusal) {
    refuse();
  } else if (ticket_.state == latency::Ticket::State::InService) {
    serve(now);
  }
}

void Call::refuse() {
  if (ticket_.refusal->status == 404 && protocol_ == Protocol::Ollama) {
    ticket_.refusal->message = "model '" + record_.model + "' not found";
  }
  wire::Response response = refusal_response(protocol_, *ticket_.refusal, hint(),
                                             request_id(protocol_, house_.seed, number_));
  const int status = response.status;
  add_headers(response.headers);
  end(CallEnd::Refused, status);
  connection_.send(std::move(response));
}

// Service starts, at `now`: that of arrival, or the planned end of the call before.
void Call::serve(Instant now) {
  record_.started = now;
  const latency::Plan& plan = ticket_.plan;
  record_.usage = plan.usage;
  record_.cost = plan.cost;
  record_.truncated = plan.truncated;
  switch (plan.fault) {
    case latency::Fault::Status:
    case latency::Fault::ConnectionRefused:
    case latency::Fault::ConnectionReset:
      wait(Next::Fault, plan.fault_after);
      return;
    case latency::Fault::StallBeforeAnswer:
      wait(Next::Fault, plan.fault_after + latency::kStallLimit);
      return;
    default:
      break;
  }
  if (script_->heavy(plan)) {
    prepare();
  }
  if (!script_->stream_type().empty()) {
    wait(Next::Chunk, script_->pieces(plan) > 0 ? piece_due(0) : plan.first_token);
    return;
  }
  if (is_cut(plan.fault)) {
    wait(Next::Fault, plan.fault_after);
  } else {
    wait(Next::Answer, plan.fault == latency::Fault::SlowBytes ? plan.fault_after : plan.total);
  }
}

void Call::wait(Next next, Duration after_start) {
  next_ = next;
  due_at_ = record_.started + after_start;
  house_.transport.schedule(timer_, due_at_);
}

void Call::due() {
  if (next_ == Next::Fault) {
    suffer();
  } else if (next_ == Next::Chunk && making_) {
    answer_due_ = true;
  } else if (next_ == Next::Chunk) {
    stream_due();
  } else if (next_ == Next::Drip) {
    drip();
  } else {
    answer_due_ = true;
    if (!making_) {
      answer();
    }
  }
}

// Has the answer made by the worker, while the call takes its time.
void Call::prepare() {
  making_ = true;
  self_ = std::make_shared<Call*>(this);
  house_.worker.run(
      [script = script_, plan = ticket_.plan, self = self_, &transport = house_.transport] {
        auto made =
            std::make_shared<std::unique_ptr<wire::Response>>(std::make_unique<wire::Response>());
        if (script->stream_type().empty()) {
          **made = script->whole(plan);
        } else {
          script->prepare(plan);
        }
        transport.inject([made, self] {
          if (Call* call = *self; call != nullptr && !call->ended_) {
            call->answer_ = std::move(*made);
            call->making_ = false;
            call->prepared_ = true;
            if (call->answer_due_ && call->script_->stream_type().empty()) {
              call->answer();
            } else if (call->answer_due_) {
              call->stream_due();
            }
          }
        });
      });
}

void Call::answer() {
  const latency::Plan& plan = ticket_.plan;
  wire::Response response = prepared_ ? std::move(*answer_) : script_->whole(plan);
  if (plan.fault == latency::Fault::MalformedBody) {
    response.body.insert(0, "<!-- ");
  } else if (plan.fault == latency::Fault::WrongContentType) {
    response.headers.set("content-type", "text/html");
  } else if (plan.fault == latency::Fault::SlowBytes && plan.total > plan.fault_after) {
    begin_slowly(std::move(response));
    return;
  }
  send(std::move(response));
}

void Call::send(wire::Response response) {
  add_headers(response.headers);
  const int status = response.status;
  end(CallEnd::Answered, status);
  connection_.send(std::move(response));
  house_.ledger.answer_due(due_at_);
}

// ---- streams
// ---------------------------------------------------------------------------------------

void Call::stream_due() {
  if (!stream_begun_) {
    wire::Response head;
    head.headers.add("content-type", ticket_.plan.fault == latency::Fault::WrongContentType
                                         ? "text/html"
                                         : std::string(script_->stream_type()));
    head.headers.add("cache-control", "no-cache");
    add_headers(head.headers);
    stream_begun_ = true;
    connection_.begin(std::move(head));
  }
  write_until(house_.transport.now());
}

// Writes all pieces that are due, in one go where several are, and waits for the next.
void Call::write_until(Instant now) {
  const latency::Plan& plan = ticket_.plan;
  const bool cut = is_cut(plan.fault);
  const std::uint32_t first = chunk_;
  std::string out;
  for (; chunk_ < pieces(); ++chunk_) {
    const Duration offset = piece_due(chunk_);
    const bool stops = cut && offset > plan.fault_after;
    const Instant at = record_.started + offset;
    if (stops || at > now) {
      connection_.write(out);
      note_pace(first);
      wait(stops ? Next::Fault : Next::Chunk, stops ? plan.fault_after : offset);
      return;
    }
    const std::int64_t to =
        units_ + (script_->pieces(plan) > 0 ? 1 : provider_.model.chunk_tokens(ticket_, chunk_));
    if (to > units_ && record_.first_chunk == Instant()) {
      record_.first_chunk = now;  // the head and empty pieces are no content
    }
    out += script_->piece(plan, units_, to);
    units_ = to;
    due_at_ = at;
  }
  out += plan.fault == latency::Fault::MalformedBody ? script_->malformed() : script_->ending(plan);
  connection_.write(out);
  note_pace(first);
  end(CallEnd::Answered, 200);
  connection_.end();
}

// The pieces from `first` on have just been written.
void Call::note_pace(std::uint32_t first) const {
  const Instant written = house_.transport.now();
  for (; first < chunk_; ++first) {
    house_.ledger.chunk_late_by(late_by(record_.started + piece_due(first), written));
  }
}

std::uint32_t Call::pieces() const {
  const std::uint32_t own = script_->pieces(ticket_.plan);
  return own > 0 ? own : ticket_.plan.chunks;
}

Duration Call::piece_due(std::uint32_t piece) const {
  const std::uint32_t own = script_->pieces(ticket_.plan);
  return own == 0 ? provider_.model.chunk_due(ticket_, piece)
                  : ticket_.plan.total * (static_cast<double>(piece + 1) / own);
}

double Call::done_share(Instant now) const {
  const auto total = static_cast<double>(ticket_.plan.total.count_ns());
  if (ended_ || ticket_.state != latency::Ticket::State::InService || total <= 0) {
    return ended_ ? 1 : 0;
  }
  return std::clamp(static_cast<double>((now - record_.started).count_ns()) / total, 0.0, 1.0);
}

// ---- ends
// ------------------------------------------------------------------------------------------

void Call::suffer() {
  const latency::Plan& plan = ticket_.plan;
  if (plan.fault == latency::Fault::Status) {
    send(fault_response(protocol_, *plan.fault_spec, hint(),
                        request_id(protocol_, house_.seed, number_)));
    return;
  }
  if (plan.fault == latency::Fault::ConnectionRefused && scripted_) {
    wire::Response response;
    response.status = 503;
    response.headers.add(std::string(wire::kFaultHeaderName),
                         std::string(wire::kConnectionRefused));
    end(CallEnd::Broken, 0);
    connection_.send(std::move(response));
    return;
  }
  const bool whole = !stream_begun_;
  if (whole && is_cut(plan.fault)) {
    begin_half();
  }
  if (plan.fault == latency::Fault::StallInStream && !stalled_) {
    stalled_ = true;
    wait(Next::Fault, plan.fault_after + latency::kStallLimit);
    return;
  }
  end(CallEnd::Broken, stream_begun_ ? 200 : 0);
  if (plan.fault != latency::Fault::TruncatedBody) {
    connection_.reset();
  } else if (script_->stream_type().empty()) {
    connection_.cut();
  } else {
    if (!whole && !plan.fault_spec->message.empty()) {
      connection_.write(script_->error_in_stream(plan.fault_spec->code, plan.fault_spec->message));
    }
    connection_.end();  // as if it were complete
  }
}

// The first half of an answer that would have come whole.
void Call::begin_half() {
  wire::Response response = script_->whole(ticket_.plan);
  response.join();
  const std::string body = std::move(response.body);
  response.body.clear();
  add_headers(response.headers);
  stream_begun_ = true;
  record_.first_chunk = house_.transport.now();
  connection_.begin(std::move(response));
  connection_.write(std::string_view(body).substr(0, (body.size() + 1) / 2));
}

// The answer begins now and drips out until its planned end.
void Call::begin_slowly(wire::Response response) {
  response.join();
  answer_ = std::make_unique<wire::Response>();
  answer_->body = std::move(response.body);
  response.body.clear();
  add_headers(response.headers);
  record_.first_chunk = house_.transport.now();
  stream_begun_ = true;
  connection_.begin(std::move(response));
  drip();
}

void Call::drip() {
  constexpr std::size_t kDrips = 64;
  const latency::Plan& plan = ticket_.plan;
  const std::string_view all = answer_->body;
  const Duration slow = plan.total - plan.fault_after;
  const Duration passed = house_.transport.now() - record_.started - plan.fault_after;
  const double done = passed.count_s() / slow.count_s();
  const auto part = static_cast<std::size_t>(std::clamp(done, 0.0, 1.0) * kDrips);
  const std::size_t to = done >= 1 ? all.size() : all.size() * part / kDrips;
  if (to > dripped_) {
    connection_.write(all.substr(dripped_, to - dripped_));
    dripped_ = to;
  }
  if (done >= 1) {
    due_at_ = record_.started + plan.total;
    end(CallEnd::Answered, 200);
    connection_.end();
  } else {
    wait(Next::Drip, plan.fault_after + slow * (static_cast<double>(part + 1) / kDrips));
  }
}

// Hints of when to retry are in the caller's own time: scenario time where rehearse itself calls.
Hint Call::hint() const { return {scripted_ ? 1 : house_.transport.speed(), scripted_}; }

void Call::add_headers(wire::Headers& headers) {
  if (scripted_ && !ticket_.refusal) {
    headers.add(std::string(wire::kUsageHeaderName), wire::usage_header_text(ticket_.plan.usage));
    headers.add(std::string(wire::kPlannedHeaderName),
                wire::planned_header_text(record_.started - record_.arrived + ticket_.plan.total));
  }
  const double per_wall = 1 / house_.transport.speed();
  add_service_headers(protocol_, headers,
                      {house_.seed, number_, (house_.transport.now() - record_.arrived) * per_wall,
                       *limits_, house_.transport.speed()});
  limits_.reset();
}

// Frees the slot; nothing is waited for any more.
void Call::end(CallEnd how, int status) {
  ended_ = true;
  if (timer_.pending()) {
    house_.transport.cancel(timer_);
  }
  const Instant now = house_.transport.now();
  record_.end = how;
  record_.status = status;
  record_.done = now;
  if (record_.first_chunk == Instant()) {
    record_.first_chunk = now;
  }
  // An answer frees its slot when it was due, so that lateness does not add up in a queue.
  const Instant freed = how == CallEnd::Abandoned ? now : due_at_;
  provider_.model.leave(ticket_, provider_.in_order(freed));
  house_.ledger.ended(record_);
}

}  // namespace rehearse::server
