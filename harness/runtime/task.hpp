#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "harness/base/check.hpp"
#include "harness/runtime/frame_pool.hpp"

namespace rehearse::runtime {

template <typename T>
class Task;

namespace detail {

// How a task ended up where it is: finishing while its parent is still inside await_suspend must
// not resume the parent, which has not suspended yet.
enum class Progress : unsigned char { Created, Starting, Suspended, Finished };

struct PromiseBase {
  std::coroutine_handle<> continuation;
  // Set for a root or a TaskGroup child: called once at the end instead of resuming a parent.
  void (*on_done)(void* context, std::coroutine_handle<> self) noexcept = nullptr;
  void* context = nullptr;
  std::exception_ptr exception;
  Progress progress = Progress::Created;

  static void* operator new(std::size_t size) { return take_frame(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { give_frame(frame, size); }

  std::suspend_always initial_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }

  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self) noexcept {
      PromiseBase& promise = self.promise();
      const bool was_starting = promise.progress == Progress::Starting;
      promise.progress = Progress::Finished;
      if (promise.on_done != nullptr) {
        promise.on_done(promise.context, self);  // may destroy this frame
      } else if (!was_starting && promise.continuation) {
        promise.continuation.resume();
      }
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
};

template <typename T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object() noexcept;
  template <typename U>
  void return_value(U&& v) {
    value.emplace(std::forward<U>(v));
  }
  T take() {
    if (exception) {
      std::rethrow_exception(exception);
    }
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void take() const {
    if (exception) {
      std::rethrow_exception(exception);
    }
  }
};

}  // namespace detail

// A lazy coroutine that yields one T. Awaiting it starts it inline and resumes the awaiter when it
// is done; await_suspend returns bool, because symmetric transfer overflows the stack on g++ 12
// below -O2 and under sanitizers. Move-only; destroying it destroys the frame.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() { reset(); }

  struct Awaiter {
    Handle child;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> parent) {
      detail::PromiseBase& promise = child.promise();
      REHEARSE_CHECK(promise.progress == detail::Progress::Created);
      promise.continuation = parent;
      promise.progress = detail::Progress::Starting;
      child.resume();
      if (promise.progress == detail::Progress::Finished) {
        return false;
      }
      promise.progress = detail::Progress::Suspended;
      return true;
    }
    T await_resume() { return child.promise().take(); }
  };
  Awaiter operator co_await() && noexcept { return Awaiter{handle_}; }

  // Starts the task with no parent. `on_done(context, frame)` is called once when it has ended,
  // possibly before this returns; the caller then owns the frame and must destroy it.
  void start(void (*on_done)(void*, std::coroutine_handle<>) noexcept, void* context) && {
    const Handle handle = std::exchange(handle_, nullptr);
    handle.promise().on_done = on_done;
    handle.promise().context = context;
    handle.promise().progress = detail::Progress::Suspended;
    handle.resume();
  }

 private:
  void reset() {
    if (handle_) {
      std::exchange(handle_, nullptr).destroy();
    }
  }
  Handle handle_;
};

namespace detail {
template <typename T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}
}  // namespace detail

}  // namespace rehearse::runtime
