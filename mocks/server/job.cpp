#include "mocks/server/job.hpp"

#include <algorithm>

namespace rehearse::server {

using latency::Fault;

namespace {

std::string whole_text(Script& script, const latency::Plan& plan) {
  wire::Response made = script.whole(plan);
  made.join();
  return std::move(made.body);
}

}  // namespace

Job::Job(House& house, Provider& provider, Caller caller, Ask ask)
    : house_(house),
      provider_(provider),
      caller_(std::move(caller)),
      ask_(std::move(ask)),
      script_(std::move(ask_.script)),
      features_(ask_.amounts),
      self_(std::make_shared<Job*>(this)) {
  features_.operation = ask_.operation;
  features_.model = ask_.model;
  features_.size = ask_.size;
  features_.quality = ask_.quality;
  ticket_.job = this;
  ticket_.on_start = [](latency::Ticket& ticket, Instant now) {
    static_cast<Ticket&>(ticket).job->serve(now);
  };
  timer_.job = this;
  timer_.fire = [](runtime::TimerNode& timer) { static_cast<Timer&>(timer).job->due(); };
  record_.job = caller_.key.job;
  record_.provider = provider_.name;
  record_.stage = caller_.stage;
  record_.caller = caller_.name;
  record_.operation = ask_.operation;
  record_.model = answer_model(provider_.model.profile(), ask_.operation, ask_.model);
  record_.item = caller_.key.item;
  record_.attempt = caller_.key.attempt;
}

Job::~Job() {
  *self_ = nullptr;
  listeners_.clear();
  cancel();
}

void Job::begin() {
  const Instant now = provider_.in_order(house_.transport.now());
  record_.arrived = record_.started = now;
  arriving_ = true;
  provider_.model.arrive(ticket_, caller_.key, features_, caller_.time_ratio,
                         caller_.new_connection, now);
  limits_ = provider_.model.limits(ticket_, now);
  if (ticket_.refusal) {
    record_.status = ticket_.refusal->status;
    finish(State::Failed, CallEnd::Refused);
  } else if (ticket_.state == latency::Ticket::State::InService) {
    serve(now);
  }
  arriving_ = false;
}

void Job::serve(Instant now) {
  record_.started = now;
  const latency::Plan& plan = ticket_.plan;
  record_.usage = plan.usage;
  record_.cost = plan.cost;
  record_.truncated = plan.truncated;
  switch (plan.fault) {
    case Fault::Status:
    case Fault::ConnectionRefused:
    case Fault::ConnectionReset:
      // One that waited was created already: then it fails.
      fault_ = arriving_ ? plan.fault_spec : nullptr;
      record_.status = plan.status;
      finish(State::Failed, CallEnd::Broken);
      return;
    default:
      break;
  }
  state_ = State::Starting;
  if (plan.load > Duration::zero()) {
    house_.transport.schedule(timer_, now + plan.load);
  } else {
    run();
  }
}

void Job::run() {
  const latency::Plan& plan = ticket_.plan;
  running_ = record_.started + plan.load;
  state_ = State::Running;
  Duration until = only_slows(plan.fault) ? plan.total : plan.fault_after;
  if (plan.fault == Fault::StallBeforeAnswer || plan.fault == Fault::StallInStream) {
    until += latency::kStallLimit;
  } else if (plan.fault == Fault::WrongContentType) {
    until = plan.total;
  }
  house_.transport.schedule(timer_, record_.started + until);
  if (script_->heavy(plan)) {
    prepare();
  }
  tell();
}

void Job::prepare() {
  making_ = true;
  house_.worker.run(
      [script = script_, plan = ticket_.plan, self = self_, &transport = house_.transport] {
        auto made = std::make_shared<std::string>(whole_text(*script, plan));
        transport.inject([made, self] {
          if (Job* job = *self; job != nullptr) {
            job->making_ = false;
            job->output_ = std::move(*made);
            if (job->due_) {
              job->due();
            }
          }
        });
      });
}

void Job::due() {
  if (state_ == State::Starting) {
    run();
    return;
  }
  due_ = true;
  const Fault fault = ticket_.plan.fault;
  if (!only_slows(fault) && fault != Fault::WrongContentType) {
    finish(State::Failed, CallEnd::Broken);
  } else if (!making_) {
    record_.status = 200;
    finish(State::Succeeded, CallEnd::Answered);
  }
}

void Job::finish(State state, CallEnd end) {
  if (timer_.pending()) {
    house_.transport.cancel(timer_);
  }
  state_ = state;
  const Instant now = house_.transport.now();
  record_.end = end;
  record_.done = record_.first_chunk = now;
  provider_.model.leave(ticket_, provider_.in_order(now));
  house_.ledger.ended(record_);
  tell();
}

void Job::cancel() {
  if (!over()) {
    finish(State::Cancelled, CallEnd::Abandoned);
  }
}

// Listeners may go away, but not the job, while they are told.
void Job::tell() {
  const std::vector<JobListener*> all = listeners_;
  for (JobListener* listener : all) {
    if (std::find(listeners_.begin(), listeners_.end(), listener) != listeners_.end()) {
      listener->job_changed(*this);
    }
  }
}

void Job::forget(JobListener* listener) { std::erase(listeners_, listener); }

double Job::progress() const {
  if (over()) {
    return 1;
  }
  if (state_ != State::Running) {
    return 0;
  }
  const Duration all = ticket_.plan.total - ticket_.plan.load;
  const double done = (house_.transport.now() - running_).count_s() / std::max(all.count_s(), 1e-9);
  return std::clamp(done, 0.0, 0.99);
}

std::string_view Job::error() const {
  const latency::FaultSpec* spec = ticket_.plan.fault_spec;
  const bool said = spec != nullptr && !spec->message.empty();
  return said ? std::string_view(spec->message) : std::string_view("The model failed.");
}

const std::string& Job::output() {
  if (output_.empty() && state_ == State::Succeeded) {
    output_ = whole_text(*script_, ticket_.plan);
  }
  return output_;
}

void Job::release_output() { std::string().swap(output_); }

Instant Job::piece_due(std::uint32_t piece) const {
  return record_.started + provider_.model.chunk_due(ticket_, piece);
}

std::string Job::piece(std::uint32_t piece) {
  std::int64_t from = 0;
  for (std::uint32_t i = 0; i < piece; ++i) {
    from += provider_.model.chunk_tokens(ticket_, i);
  }
  return script_->piece(ticket_.plan, from, from + provider_.model.chunk_tokens(ticket_, piece));
}

}  // namespace rehearse::server
