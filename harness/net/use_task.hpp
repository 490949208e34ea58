#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <coroutine>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "harness/net/asio_runtime.hpp"

namespace rehearse::net {

// A completion token: `auto [ec, n] = co_await socket.async_read_some(buffer, use_task(runtime,
// stop));` lets a Task await an Asio operation. A requested stop cancels the operation, which then
// yields operation_aborted; the results are always values.
struct UseTask {
  AsioRuntime* runtime;
  runtime::StopToken stop;
};
inline UseTask use_task(AsioRuntime& runtime, runtime::StopToken stop = {}) {
  return {&runtime, stop};
}

namespace detail {

// What the handler of an operation needs: lives in the awaiting coroutine's frame.
template <typename... Values>
class OperationState : public runtime::StopCallback {
 public:
  using Results = std::tuple<boost::system::error_code, Values...>;

  explicit OperationState(UseTask token) : StopCallback(&OperationState::stopped), token_(token) {}

  struct Handler {
    OperationState* state;
    using cancellation_slot_type = boost::asio::cancellation_slot;
    cancellation_slot_type get_cancellation_slot() const noexcept { return state->signal_.slot(); }
    template <typename... Results>
    void operator()(boost::system::error_code ec, Results&&... results) {
      state->complete({ec, std::forward<Results>(results)...});
    }
  };

 protected:
  bool begin(std::coroutine_handle<> coroutine) {
    if (!token_.stop.join(*this)) {
      results_.emplace(boost::asio::error::operation_aborted, Values()...);
      return false;
    }
    coroutine_ = coroutine;
    token_.runtime->operation_started();
    return true;
  }
  std::optional<Results> results_;

 private:
  void complete(Results results) {
    results_.emplace(std::move(results));
    leave();
    token_.runtime->operation_ended();
    token_.runtime->post(coroutine_);
  }
  static void stopped(StopCallback& callback) {
    static_cast<OperationState&>(callback).signal_.emit(boost::asio::cancellation_type::terminal);
  }

  UseTask token_;
  boost::asio::cancellation_signal signal_;
  std::coroutine_handle<> coroutine_;
};

template <typename Initiation, typename Arguments, typename... Values>
class Operation : OperationState<Values...> {
  using State = OperationState<Values...>;

 public:
  Operation(UseTask token, Initiation&& initiation, Arguments&& arguments)
      : State(token), initiation_(std::move(initiation)), arguments_(std::move(arguments)) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> coroutine) {
    if (!State::begin(coroutine)) {
      return false;
    }
    const auto start = [this](auto&&... arguments) {
      std::move(initiation_)(typename State::Handler{this}, std::move(arguments)...);
    };
    std::apply(start, std::move(arguments_));
    return true;
  }
  auto await_resume() {
    if constexpr (sizeof...(Values) == 0) {
      return std::get<0>(*this->results_);
    } else {
      return std::move(*this->results_);
    }
  }

 private:
  Initiation initiation_;
  Arguments arguments_;
};

}  // namespace detail
}  // namespace rehearse::net

namespace boost::asio {

template <typename... Values>
class async_result<rehearse::net::UseTask, void(boost::system::error_code, Values...)> {
 public:
  template <typename Initiation, typename... Arguments>
  static auto initiate(Initiation&& initiation, rehearse::net::UseTask token,
                       Arguments&&... arguments) {
    using Kept = std::tuple<std::decay_t<Arguments>...>;
    return rehearse::net::detail::Operation<std::decay_t<Initiation>, Kept, Values...>(
        token, std::decay_t<Initiation>(std::forward<Initiation>(initiation)),
        Kept(std::forward<Arguments>(arguments)...));
  }
};

}  // namespace boost::asio
