#include "harness/net/tcp_connect.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace rehearse::net {
namespace {

using provider::Failure;
using runtime::StopToken;
using runtime::Task;

constexpr std::chrono::seconds kRemember{60};

// One look-up in the system's resolver, which runs in a thread of its own and may outlive the wait.
struct Lookup {
  explicit Lookup(AsioRuntime& r) : runtime(r), resolver(r.io_context()) {}
  AsioRuntime& runtime;
  boost::asio::ip::tcp::resolver resolver;
  std::coroutine_handle<> waiter;
  runtime::StopCallback* joined = nullptr;
  AddressBook::Answer answer;

  void finish(const boost::system::error_code& ec, const Tcp::resolver::results_type& found) {
    answer.error = ec;
    for (const auto& entry : found) {
      answer.endpoints.push_back(entry.endpoint());
    }
    if (waiter) {
      joined->leave();
      wake();
    }
  }
  void wake() {
    runtime.operation_ended();
    runtime.post(std::exchange(waiter, nullptr));
  }
};

class LookupAwaiter : runtime::StopCallback {
 public:
  LookupAwaiter(AsioRuntime& runtime, const Origin& origin, StopToken stop)
      : StopCallback(&LookupAwaiter::stopped),
        origin_(origin),
        stop_(stop),
        lookup_(std::make_shared<Lookup>(runtime)) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> coroutine) {
    lookup_->answer.error = boost::asio::error::operation_aborted;
    if (!stop_.join(*this)) {
      return false;
    }
    lookup_->waiter = coroutine;
    lookup_->joined = this;
    lookup_->runtime.operation_started();
    lookup_->resolver.async_resolve(
        origin_.host, std::to_string(origin_.port),
        [lookup = lookup_](const boost::system::error_code& ec, const auto& found) {
          lookup->finish(ec, found);
        });
    return true;
  }
  AddressBook::Answer await_resume() { return lookup_->answer; }

 private:
  static void stopped(StopCallback& callback) {
    static_cast<LookupAwaiter&>(callback).lookup_->wake();
  }
  const Origin& origin_;
  StopToken stop_;
  std::shared_ptr<Lookup> lookup_;
};

bool is_loopback(const boost::asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6())
        .is_loopback();
  }
  return address.is_loopback();
}

void fail(TcpConnected& result, Failure failure, std::string detail) {
  result.failed.failure = failure;
  result.failed.detail = std::move(detail);
}

void fail_connect(TcpConnected& result, const Origin& origin, const boost::system::error_code& ec) {
  if (ec == boost::asio::error::operation_aborted) {
    fail(result, Failure::Cancelled, "stopped while connecting");
  } else {
    fail(result, Failure::ConnectionRefused,
         "cannot connect to " + origin.authority() + ": " + ec.message());
  }
}

}  // namespace

Task<AddressBook::Answer> AddressBook::find(const Origin& origin, StopToken stop) {
  boost::system::error_code not_an_address;
  const auto address = boost::asio::ip::make_address(origin.host, not_an_address);
  if (!not_an_address) {
    Answer literal;
    literal.endpoints.emplace_back(address, origin.port);
    co_return literal;
  }
  const std::pair<std::string, std::uint16_t> key(origin.host, origin.port);
  if (const auto known = known_.find(key);
      known != known_.end() && Clock::now() - known->second.first < kRemember) {
    co_return known->second.second;
  }
  Answer answer = co_await LookupAwaiter(runtime_, origin, stop);
  if (!answer.error) {
    known_.insert_or_assign(key, std::pair(Clock::now(), answer));
  }
  co_return answer;
}

Task<TcpConnected> connect_tcp(AsioRuntime& runtime, AddressBook& book, const Origin& origin,
                               bool allow_remote, StopToken stop) {
  TcpConnected result;
  const Instant start = runtime.now();
  const AddressBook::Answer answer = co_await book.find(origin, stop);
  result.failed.phases.dns = runtime.now() - start;
  if (answer.error) {
    fail_connect(result, origin, answer.error);
    co_return result;
  }
  const Instant resolved = runtime.now();
  boost::system::error_code last = boost::asio::error::host_not_found;
  for (const Tcp::endpoint& endpoint : answer.endpoints) {
    if (!allow_remote && !is_loopback(endpoint.address())) {
      fail(result, Failure::ConnectionRefused,
           origin.authority() + " is not on this machine: only --against live leaves it");
      co_return result;
    }
    TcpSocket socket(runtime.io_context().get_executor());
    last = co_await socket.async_connect(endpoint, use_task(runtime, stop));
    if (!last) {
      boost::system::error_code ignored;
      socket.set_option(Tcp::no_delay(true), ignored);
      result.socket.emplace(std::move(socket));
      break;
    }
    if (last == boost::asio::error::operation_aborted) {
      break;
    }
  }
  result.failed.phases.connect = runtime.now() - resolved;
  if (!result.socket) {
    fail_connect(result, origin, last);
  }
  co_return result;
}

IoStatus status_of(const boost::system::error_code& ec) {
  if (!ec) {
    return IoStatus::Ok;
  }
  if (ec == boost::asio::error::eof) {
    return IoStatus::End;
  }
  return ec == boost::asio::error::operation_aborted ? IoStatus::Stopped : IoStatus::Broken;
}

bool quiet(TcpSocket& socket, bool bytes_are_fine) {
  char byte = 0;
  const ssize_t n = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (n < 0) {
    return errno == EAGAIN || errno == EWOULDBLOCK;
  }
  return n > 0 && bytes_are_fine;
}

}  // namespace rehearse::net
