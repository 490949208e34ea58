#include "harness/load/breaker.hpp"

namespace rehearse::load {

CircuitBreaker::State CircuitBreaker::state(Instant now) const {
  return state_ == State::Open && now >= open_until_ ? State::HalfOpen : state_;
}

bool CircuitBreaker::allow(Instant now) {
  if (state_ == State::Open && now >= open_until_) {
    state_ = State::HalfOpen;
    probing_ = 0;
    probes_succeeded_ = 0;
  }
  switch (state_) {
    case State::Closed:
      return true;
    case State::Open:
      return false;
    case State::HalfOpen:
      if (probing_ + probes_succeeded_ >= options_.probes) {
        return false;
      }
      ++probing_;
      return true;
  }
  return false;
}

void CircuitBreaker::succeeded(Instant) {
  if (state_ != State::HalfOpen) {
    return;
  }
  probing_ -= probing_ > 0 ? 1 : 0;
  if (++probes_succeeded_ >= options_.probes) {
    state_ = State::Closed;
    recent_failures_.clear();
  }
}

void CircuitBreaker::failed(Instant now) {
  if (state_ == State::HalfOpen) {
    open(now);
    return;
  }
  if (state_ == State::Open) {
    return;  // started before it opened
  }
  recent_failures_.push_back(now);
  while (!recent_failures_.empty() && now - recent_failures_.front() > options_.window) {
    recent_failures_.pop_front();
  }
  if (recent_failures_.size() >= options_.failures) {
    open(now);
  }
}

void CircuitBreaker::forget() {
  if (state_ == State::HalfOpen && probing_ > 0) {
    --probing_;
  }
}

void CircuitBreaker::open(Instant now) {
  state_ = State::Open;
  open_until_ = now + options_.open_for;
  recent_failures_.clear();
  ++times_opened_;
}

}  // namespace rehearse::load
