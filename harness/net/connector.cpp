#include "harness/net/connector.hpp"

#include "harness/net/tcp_connect.hpp"

namespace rehearse::net {

using runtime::StopToken;
using runtime::Task;

struct Connector::State {
  State(AsioRuntime& the_runtime, ConnectRules the_rules)
      : runtime(the_runtime), rules(std::move(the_rules)), book(the_runtime) {}
  AsioRuntime& runtime;
  ConnectRules rules;
  AddressBook book;
  TlsContextPtr tls;
};

Connector::Connector(AsioRuntime& runtime, ConnectRules rules)
    : state_(std::make_unique<State>(runtime, std::move(rules))) {}
Connector::~Connector() = default;

Task<Connected> Connector::connect(const Origin& origin, StopToken stop) {
  State& state = *state_;
  TcpConnected tcp =
      co_await connect_tcp(state.runtime, state.book, origin, state.rules.allow_remote, stop);
  if (!tcp.socket) {
    co_return std::move(tcp.failed);
  }
  if (!origin.tls) {
    Connected result = std::move(tcp.failed);
    result.stream = make_plain_stream(state.runtime, std::move(*tcp.socket));
    co_return result;
  }
  if (!state.tls) {
    state.tls = make_tls_context(state.rules.extra_ca_file);
  }
  co_return co_await start_tls(state.runtime, *state.tls, std::move(tcp), origin, stop);
}

}  // namespace rehearse::net
