#include "harness/proxy/recording_proxy.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <set>

#include "harness/proxy/relay.hpp"
#include "harness/runtime/task_group.hpp"

namespace rehearse::proxy {

using net::Tcp;
using net::TcpSocket;
using runtime::StopToken;
using runtime::Task;
using ErrorCode = boost::system::error_code;
using Acceptor = boost::asio::basic_socket_acceptor<Tcp, boost::asio::io_context::executor_type>;

namespace {

constexpr Duration kTellEvery = Duration::milliseconds(400);
constexpr Duration kAcceptPause = Duration::milliseconds(20);

}  // namespace

struct RecordingProxy::State {
  State(net::AsioRuntime& the_runtime, ProxyOptions the_options, CallSink& sink)
      : runtime(the_runtime),
        options(std::move(the_options)),
        connector(the_runtime, options.connect),
        context{the_runtime, connector, sink, options.bodies, 0, 0} {}
  net::AsioRuntime& runtime;
  ProxyOptions options;
  net::Connector connector;
  RelayContext context;
  std::vector<Acceptor> acceptors;
  std::map<std::size_t, TcpSocket> arrived;  // until their task has taken them
  std::size_t next_socket = 0;
  std::set<Relay*> relays;
  runtime::TaskGroup* clients = nullptr;
};

RecordingProxy::RecordingProxy(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecordingProxy::~RecordingProxy() = default;

Result<std::unique_ptr<RecordingProxy>> RecordingProxy::open(net::AsioRuntime& runtime,
                                                             ProxyOptions options, CallSink& sink) {
  auto state = std::make_unique<State>(runtime, std::move(options), sink);
  for (const Upstream& upstream : state->options.upstreams) {
    const Tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), upstream.port);
    ErrorCode ec;
    Acceptor acceptor(runtime.io_context().get_executor());
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) {
      acceptor.set_option(boost::asio::socket_base::reuse_address(true), ec);
      acceptor.bind(endpoint, ec);
    }
    if (!ec) {
      acceptor.listen(4096, ec);
    }
    if (ec) {
      return Error{"127.0.0.1:" + std::to_string(upstream.port),
                   ec == boost::asio::error::address_in_use
                       ? "this port is in use; choose another one, or 0 for any"
                       : "cannot listen: " + ec.message()};
    }
    state->acceptors.push_back(std::move(acceptor));
  }
  return std::unique_ptr<RecordingProxy>(new RecordingProxy(std::move(state)));
}

std::string RecordingProxy::url(std::size_t upstream) const {
  ErrorCode ignored;
  const Tcp::endpoint bound = state_->acceptors[upstream].local_endpoint(ignored);
  return "http://127.0.0.1:" + std::to_string(bound.port());
}

std::uint64_t RecordingProxy::calls() const { return state_->context.calls; }

Task<void> RecordingProxy::serve(StopToken stop) {
  runtime::TaskGroup clients(state_->runtime);
  state_->clients = &clients;
  for (std::size_t i = 0; i < state_->acceptors.size(); ++i) {
    clients.spawn(accept_all(i, stop));
  }
  clients.spawn(tell_open_calls(stop));
  co_await clients.join();
  state_->clients = nullptr;
}

Task<void> RecordingProxy::accept_all(std::size_t upstream, StopToken stop) {
  Acceptor& acceptor = state_->acceptors[upstream];
  bool going = true;
  while (going) {
    TcpSocket socket(state_->runtime.io_context().get_executor());
    const ErrorCode ec =
        co_await acceptor.async_accept(socket, net::use_task(state_->runtime, stop));
    if (!ec) {
      const std::size_t place = state_->next_socket++;
      state_->arrived.emplace(place, std::move(socket));
      state_->clients->spawn(serve_client(upstream, place, stop));
    } else if (ec != boost::asio::error::operation_aborted) {
      // No file descriptors left: those who knock wait until some are given back.
      co_await state_->runtime.sleep(kAcceptPause, stop);
    }
    going = !stop.stop_requested();
  }
  ErrorCode ignored;
  acceptor.close(ignored);
}

Task<void> RecordingProxy::serve_client(std::size_t upstream, std::size_t socket, StopToken stop) {
  auto node = state_->arrived.extract(socket);
  const auto relay = std::make_unique<Relay>(state_->context, state_->options.upstreams[upstream],
                                             std::move(node.mapped()));
  state_->relays.insert(relay.get());
  co_await relay->run(stop);
  state_->relays.erase(relay.get());
}

// What is under way is told now and then, so that a kill loses no more than the last second.
Task<void> RecordingProxy::tell_open_calls(StopToken stop) {
  runtime::Wake wake = runtime::Wake::Fired;
  while (wake == runtime::Wake::Fired) {
    wake = co_await state_->runtime.sleep(kTellEvery, stop);
    for (const Relay* relay : state_->relays) {
      relay->tell_open();
    }
  }
}

}  // namespace rehearse::proxy
