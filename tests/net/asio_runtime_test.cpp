#include "harness/net/asio_runtime.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "harness/net/use_task.hpp"
#include "harness/runtime/deadline.hpp"
#include "harness/runtime/event.hpp"
#include "harness/runtime/task_group.hpp"

using namespace rehearse;
using namespace rehearse::literals;
using boost::asio::ip::tcp;
using net::AsioRuntime;
using net::use_task;
using runtime::StopToken;
using runtime::Task;

namespace {

Task<void> sleep_for(AsioRuntime& runtime, Duration time, std::vector<Duration>& late) {
  const Instant due = runtime.now() + time;
  co_await runtime.sleep_until(due);
  late.push_back(runtime.now() - due);
}

double wall_seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("scenario time is wall time multiplied by the speed") {
  AsioRuntime runtime(1000);
  std::vector<Duration> late;
  const double wall = wall_seconds([&] { runtime.run(sleep_for(runtime, 20_s, late)); });
  CHECK(wall >= 0.02);
  CHECK(runtime.now() >= Instant() + 20_s);
  // What the clock says and what passed agree: at most the wall time of the whole run.
  CHECK(runtime.now().count_s() <= wall * 1000 + 1);
}

TEST_CASE("a timer never fires early") {
  AsioRuntime runtime(3);
  std::vector<Duration> late;
  for (int i = 0; i < 50; ++i) {
    runtime.run(sleep_for(runtime, Duration::microseconds(100 + 77 * i), late));
  }
  for (const Duration by : late) {
    CHECK(by >= Duration::zero());
  }
}

namespace {
Task<void> cancelled_far_timer(AsioRuntime& runtime) {
  runtime::StopSource source;
  {
    const Instant at = runtime.now() + 1_ms;
    runtime::Deadline cancelled(runtime, at, source);  // armed, then gone
    co_await runtime.sleep(0_ms);
  }
  co_await runtime.sleep(5_ms);
  co_await runtime.sleep_until(Instant::from_ns(runtime.now().count_ns() + 1));
}
}  // namespace

TEST_CASE("a cancelled timer disturbs no later one") {
  AsioRuntime runtime;
  runtime.run(cancelled_far_timer(runtime));
  CHECK(runtime.now() >= Instant() + 5_ms);
}

namespace {
Task<void> wait_timer(AsioRuntime& runtime, Duration time, StopToken stop, std::string& log) {
  boost::asio::steady_timer timer(runtime.io_context(), std::chrono::nanoseconds(time.count_ns()));
  const boost::system::error_code ec = co_await timer.async_wait(use_task(runtime, stop));
  log += ec == boost::asio::error::operation_aborted ? '!' : 'a';
}
Task<void> stop_timers(AsioRuntime& runtime, std::string& log) {
  runtime::StopSource source;
  runtime::TaskGroup group(runtime);
  const StopToken stop = source.token();
  co_await wait_timer(runtime, 1_ms, stop, log);
  group.spawn(wait_timer(runtime, 3600_s, stop, log));
  source.request_stop();
  co_await group.join();
  co_await wait_timer(runtime, 3600_s, stop, log);
}
}  // namespace

TEST_CASE("an Asio operation is awaited like any other and ends when stopped") {
  AsioRuntime runtime;
  std::string log;
  runtime.run(stop_timers(runtime, log));
  CHECK(log == "a!!");
}

namespace {
Task<void> echo_once(AsioRuntime& runtime, tcp::acceptor& acceptor) {
  tcp::socket peer(runtime.io_context());
  const boost::system::error_code ec = co_await acceptor.async_accept(peer, use_task(runtime));
  char bytes[16];
  const auto buffer = boost::asio::buffer(bytes);
  auto [failed, n] = co_await peer.async_read_some(buffer, use_task(runtime));
  const auto answer = boost::asio::buffer(bytes, ec || failed ? 0 : n);
  co_await peer.async_write_some(answer, use_task(runtime));
}
Task<void> talk(AsioRuntime& runtime, std::string& heard) {
  tcp::acceptor acceptor(runtime.io_context(), {boost::asio::ip::address_v4::loopback(), 0});
  runtime::TaskGroup group(runtime);
  group.spawn(echo_once(runtime, acceptor));
  tcp::socket socket(runtime.io_context());
  const tcp::endpoint peer = acceptor.local_endpoint();
  co_await socket.async_connect(peer, use_task(runtime));
  const auto hello = boost::asio::buffer("hello", 5);
  co_await socket.async_write_some(hello, use_task(runtime));
  char bytes[16];
  const auto buffer = boost::asio::buffer(bytes);
  auto [ec, n] = co_await socket.async_read_some(buffer, use_task(runtime));
  heard.assign(bytes, ec ? 0 : n);
  auto [eof, none] = co_await socket.async_read_some(buffer, use_task(runtime));
  heard += eof == boost::asio::error::eof && none == 0 ? "." : "?";
  co_await group.join();
}
}  // namespace

TEST_CASE("sockets and tasks talk to each other on one thread") {
  AsioRuntime runtime;
  std::string heard;
  runtime.run(talk(runtime, heard));
  CHECK(heard == "hello.");
}

TEST_CASE("another thread may inject work while the loop sleeps") {
  AsioRuntime runtime;
  runtime::StopSource source;
  std::string log;
  std::thread other([&] { runtime.inject([&] { source.request_stop(); }); });
  runtime.run(wait_timer(runtime, 3600_s, source.token(), log));
  other.join();
  CHECK(log == "!");
}
