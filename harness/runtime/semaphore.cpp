#include "harness/runtime/semaphore.hpp"

namespace rehearse::runtime {

bool Semaphore::Awaiter::await_suspend(std::coroutine_handle<> coroutine) {
  if (!token_.join(*this)) {
    wake_ = Wake::Stopped;
    return false;
  }
  coroutine_ = coroutine;
  semaphore_.insert(*this);
  return true;
}

void Semaphore::Awaiter::stopped(StopCallback& callback) {
  auto& self = static_cast<Awaiter&>(callback);
  self.semaphore_.remove(self);
  self.wake_ = Wake::Stopped;
  self.semaphore_.runtime_.post(self.coroutine_);
  self.semaphore_.serve();  // it may have stood in front of smaller requests
}

void Semaphore::release(std::uint64_t slots) {
  REHEARSE_CHECK(free_ + slots <= slots_);
  free_ += slots;
  serve();
}

void Semaphore::serve() {
  while (first_ != nullptr && first_->slots_ <= free_) {
    Awaiter* waiter = first_;
    free_ -= waiter->slots_;
    remove(*waiter);
    waiter->leave();
    runtime_.post(waiter->coroutine_);
  }
}

void Semaphore::insert(Awaiter& waiter) {
  Awaiter* after = last_;
  while (after != nullptr && after->priority_ < waiter.priority_) {
    after = after->previous_;
  }
  waiter.previous_ = after;
  waiter.next_ = after == nullptr ? first_ : after->next_;
  (after == nullptr ? first_ : after->next_) = &waiter;
  (waiter.next_ == nullptr ? last_ : waiter.next_->previous_) = &waiter;
  ++waiting_;
}

void Semaphore::remove(Awaiter& waiter) {
  (waiter.previous_ == nullptr ? first_ : waiter.previous_->next_) = waiter.next_;
  (waiter.next_ == nullptr ? last_ : waiter.next_->previous_) = waiter.previous_;
  waiter.previous_ = waiter.next_ = nullptr;
  --waiting_;
}

}  // namespace rehearse::runtime
