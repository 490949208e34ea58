#include "mocks/server/replicate_prediction.hpp"

#include <algorithm>

#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/sse.hpp"

namespace rehearse::server {
namespace {

using wire::replicate::Prediction;

std::string_view status_of(Job::State state) {
  switch (state) {
    case Job::State::Queued:
    case Job::State::Starting:
      return "starting";
    case Job::State::Running:
      return "processing";
    case Job::State::Succeeded:
      return "succeeded";
    case Job::State::Failed:
      return "failed";
    case Job::State::Cancelled:
      return "canceled";
  }
  return "failed";
}

// `Prefer: wait`: answers when the prediction is over, or as "starting" when the wait is.
class Wait final : public Exchange, JobListener {
 public:
  Wait(Connection& connection, House& house, ReplicatePrediction& kept)
      : connection_(connection), house_(house), kept_(&kept) {
    timer_.wait = this;
    timer_.fire = [](runtime::TimerNode& t) { static_cast<Timer&>(t).wait->answer(); };
    kept_->job->listen(this);
  }
  ~Wait() override { leave(); }
  void begin(Duration most) { house_.transport.schedule(timer_, house_.transport.now() + most); }

 private:
  struct Timer : runtime::TimerNode {
    Wait* wait = nullptr;
  };
  void job_changed(Job& job) override {
    if (job.over()) {
      answer();
    }
  }
  void leave() {
    if (kept_ != nullptr) {
      kept_->job->forget(this);
      kept_ = nullptr;
    }
    if (timer_.pending()) {
      house_.transport.cancel(timer_);
    }
  }
  void answer() {
    Prediction now = kept_->now();
    // A client takes "processing" for the end: the service says "starting".
    now.status = now.status == "processing" ? "starting" : now.status;
    leave();
    connection_.send(wire::json_response(201, wire::replicate::encode_prediction(now)));
  }

  Connection& connection_;
  House& house_;
  ReplicatePrediction* kept_;
  Timer timer_;
};

// The pieces of an output as server-sent events, each when it is due.
class Stream final : public Exchange, JobListener {
 public:
  Stream(Connection& connection, House& house, ReplicatePrediction& kept)
      : connection_(connection), house_(house), kept_(&kept) {
    timer_.stream = this;
    timer_.fire = [](runtime::TimerNode& t) { static_cast<Timer&>(t).stream->go_on(); };
    kept_->job->listen(this);
  }
  ~Stream() override { leave(); }
  void begin() {
    wire::Response head;
    head.headers.add("content-type", "text/event-stream");
    head.headers.add("cache-control", "no-cache");
    connection_.begin(std::move(head));
    go_on();
  }

 private:
  struct Timer : runtime::TimerNode {
    Stream* stream = nullptr;
  };
  void job_changed(Job&) override { go_on(); }
  void leave() {
    if (kept_ != nullptr) {
      kept_->job->forget(this);
      kept_ = nullptr;
    }
    if (timer_.pending()) {
      house_.transport.cancel(timer_);
    }
  }
  void event(std::string_view name, std::string data) {
    connection_.write(
        wire::encode_sse({std::string(name), std::move(data), std::to_string(sent_++) + ":0"}));
  }
  void go_on() {
    Job& job = *kept_->job;
    if (timer_.pending()) {
      house_.transport.cancel(timer_);
    }
    const bool in_pieces = job.plan().chunks > 1;
    if (in_pieces && (job.state() == Job::State::Running || job.state() == Job::State::Succeeded)) {
      const Instant now = house_.transport.now();
      for (; piece_ < job.plan().chunks; ++piece_) {
        if (job.piece_due(piece_) > now && !job.over()) {
          house_.transport.schedule(timer_, job.piece_due(piece_));
          return;
        }
        event("output", job.piece(piece_));
      }
    }
    if (job.over()) {
      end(job, in_pieces);
    }
  }
  void end(Job& job, bool in_pieces) {
    if (job.state() == Job::State::Failed) {
      event("error", json::dump(wire::object_of({{"detail", job.error()}})));
    } else if (job.state() == Job::State::Cancelled) {
      event("done", R"({"reason":"canceled"})");
    } else {
      const auto output = json::parse(job.output());
      for (std::size_t i = 0; !in_pieces && output && i < output->items().size(); ++i) {
        event("output", output->items()[i].as_string());
      }
      event("done", "{}");
    }
    leave();
    connection_.end();
  }

  Connection& connection_;
  House& house_;
  ReplicatePrediction* kept_;
  Timer timer_;
  std::uint32_t piece_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace

Instant replicate_instant(Instant at) {
  return Instant() + Duration::seconds(kCreated) + (at - Instant());
}

Prediction ReplicatePrediction::now() {
  Prediction out;
  out.id = id;
  out.model = model;
  out.version = request.version;
  out.status = status_of(job->state());
  out.input_json = json::dump(request.input);
  out.url = url;
  out.created = replicate_instant(job->created());
  if (job->state() >= Job::State::Running && job->started() != Instant()) {
    out.started = replicate_instant(job->started());
  }
  if (job->over()) {
    out.completed = replicate_instant(job->done());
  }
  if (job->state() == Job::State::Succeeded) {
    out.output_json = job->output();
  } else if (job->state() == Job::State::Failed) {
    out.error = job->error();
  }
  return out;
}

void ReplicatePrediction::job_changed(Job& changed) {
  if (!hook) {
    return;
  }
  const auto wants = [this](std::string_view event) {
    const auto& all = request.events;
    return all.empty() || std::find(all.begin(), all.end(), event) != all.end();
  };
  if (changed.state() == Job::State::Running && wants("start")) {
    send("start");
  }
  if (changed.state() == Job::State::Succeeded && wants("output")) {
    send("output");
  }
  if (changed.over() && wants("completed")) {
    send("completed");
  }
}
void ReplicatePrediction::send(const std::string& event) {
  house.transport.post(
      hook->address, hook->port,
      signed_webhook(*hook, "msg_" + id + "_" + event, house.transport.wall_seconds(),
                     webhook_secret(seed), wire::replicate::encode_prediction(now())));
}

std::unique_ptr<Exchange> wait_for_prediction(Connection& connection, House& house,
                                              ReplicatePrediction& prediction, Duration most) {
  auto out = std::make_unique<Wait>(connection, house, prediction);
  out->begin(most);
  return out;
}

std::unique_ptr<Exchange> stream_prediction(Connection& connection, House& house,
                                            ReplicatePrediction& prediction) {
  auto out = std::make_unique<Stream>(connection, house, prediction);
  out->begin();
  return out;
}

}  // namespace rehearse::server
