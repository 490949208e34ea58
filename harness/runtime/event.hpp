#pragma once

#include <coroutine>

#include "harness/runtime/runtime.hpp"

namespace rehearse::runtime {

// Something that happens once; all who wait are woken in the order they came, through the ready
// queue.
class Event {
 public:
  explicit Event(Runtime& runtime) : runtime_(runtime) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { REHEARSE_CHECK(first_ == nullptr); }

  bool happened() const { return happened_; }
  void set() {
    happened_ = true;
    while (first_ != nullptr) {
      Awaiter* waiter = first_;
      remove(*waiter);
      waiter->leave();
      runtime_.post(waiter->coroutine_);
    }
  }

  class Awaiter : StopCallback {
   public:
    Awaiter(Event& event, StopToken token)
        : StopCallback(&Awaiter::stopped), event_(event), token_(token) {}
    bool await_ready() const noexcept { return event_.happened_; }
    bool await_suspend(std::coroutine_handle<> coroutine) {
      if (!token_.join(*this)) {
        wake_ = Wake::Stopped;
        return false;
      }
      coroutine_ = coroutine;
      event_.add(*this);
      return true;
    }
    Wake await_resume() const noexcept { return wake_; }

   private:
    friend class Event;
    static void stopped(StopCallback& callback) {
      auto& self = static_cast<Awaiter&>(callback);
      self.event_.remove(self);
      self.wake_ = Wake::Stopped;
      self.event_.runtime_.post(self.coroutine_);
    }

    Event& event_;
    StopToken token_;
    std::coroutine_handle<> coroutine_;
    Awaiter* previous_ = nullptr;
    Awaiter* next_ = nullptr;
    Wake wake_ = Wake::Fired;
  };
  // Waits for it; at once where it has happened.
  Awaiter wait(StopToken token = {}) { return {*this, token}; }

 private:
  void add(Awaiter& waiter) {
    waiter.previous_ = last_;
    (last_ == nullptr ? first_ : last_->next_) = &waiter;
    last_ = &waiter;
  }
  void remove(Awaiter& waiter) {
    (waiter.previous_ == nullptr ? first_ : waiter.previous_->next_) = waiter.next_;
    (waiter.next_ == nullptr ? last_ : waiter.next_->previous_) = waiter.previous_;
    waiter.previous_ = waiter.next_ = nullptr;
  }

  Runtime& runtime_;
  Awaiter* first_ = nullptr;
  Awaiter* last_ = nullptr;
  bool happened_ = false;
};

}  // namespace rehearse::runtime
