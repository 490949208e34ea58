#include "mocks/server/deferred_call.hpp"

namespace rehearse::server {

void DeferredCall::begin(std::unique_ptr<Call> call) {
  call_ = std::move(call);
  call_->begin();
}

DeferredCall::State DeferredCall::state() const {
  if (broken_ || (answer_ && answer_->status >= 400)) {
    return State::Failed;
  }
  if (answer_ && call_->ended()) {
    return State::Done;
  }
  return call_->in_service() ? State::Running : State::Queued;
}

double DeferredCall::done_share(Instant now) const {
  return state() == State::Done ? 1 : call_->done_share(now);
}

std::int64_t DeferredCall::took_s() const {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return (call_->took().count_ns() + kSecond - 1) / kSecond;
}

void DeferredCall::send(wire::Response response) {
  response.join();
  answer_ = std::move(response);
}

void DeferredCall::begin(wire::Response head) { answer_ = std::move(head); }

void DeferredCall::write(std::string_view piece) { answer_->body += piece; }

void DeferredCall::end() {}

void DeferredCall::cut() { broken_ = true; }

void DeferredCall::reset() { broken_ = true; }

}  // namespace rehearse::server
