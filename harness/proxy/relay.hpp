#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "harness/net/connector.hpp"
#include "harness/net/tcp_connect.hpp"
#include "harness/proxy/call_sink.hpp"
#include "harness/proxy/message_reader.hpp"
#include "harness/proxy/recording_proxy.hpp"
#include "harness/proxy/tap.hpp"

namespace rehearse::proxy {

// What the relays of one proxy share.
struct RelayContext {
  net::AsioRuntime& runtime;
  net::Connector& connector;
  CallSink& sink;
  bool bodies = false;
  std::uint64_t calls = 0;
  std::uint64_t connections = 0;
};

// One client's connection and the one connection to its provider that belongs to it: bytes pass
// unchanged but for a request's head, so that a client sees the provider's own framing, pace,
// keep-alive and breaks. Private to the proxy: whoever includes it compiles Asio.
class Relay {
 public:
  Relay(RelayContext& context, const Upstream& upstream, net::TcpSocket client);

  // Serves the client until it leaves, the connection breaks, or the stop.
  runtime::Task<void> run(runtime::StopToken stop);
  // Tells the sink of the call under way, if there is one.
  void tell_open() const;

 private:
  static constexpr std::size_t kReadSize = 64u << 10;
  static constexpr std::size_t kMostAhead = 64u << 10;  // a next request read before its turn

  // One exchange; whether another may follow.
  runtime::Task<bool> serve_one(runtime::StopToken stop);
  runtime::Task<bool> read_head(runtime::StopToken stop);
  runtime::Task<bool> connect(runtime::StopToken stop);
  runtime::Task<void> send_request(runtime::StopToken stop);
  runtime::Task<void> watch_client(runtime::StopToken stop);
  runtime::Task<void> receive_answer(runtime::StopToken stop);
  runtime::Task<bool> pass_on(std::size_t bytes, runtime::StopToken stop);
  runtime::Task<void> tunnel(runtime::StopToken stop);
  runtime::Task<void> tunnel_up(runtime::StopSource& both);
  runtime::Task<void> refuse(int status, std::string problem, runtime::StopToken stop);
  runtime::Task<void> linger(runtime::StopToken stop);
  runtime::Task<net::IoResult> read_client(runtime::StopToken stop);
  runtime::Task<net::IoResult> write_client(std::string_view bytes, runtime::StopToken stop);
  void end_call(record::CallEnd end, std::string detail);
  void reset_client();
  void client_left();
  void probe_client();

  RelayContext& context_;
  const Upstream& upstream_;
  net::TcpSocket client_;
  std::uint64_t connection_;
  std::unique_ptr<net::Stream> provider_;
  std::optional<Tap> tap_;
  std::unique_ptr<MessageReader> request_;
  std::unique_ptr<MessageReader> answer_;
  std::string input_;  // from the client, not passed on yet
  std::array<char, kReadSize> up_;
  std::array<char, kReadSize> down_;
  runtime::StopSource* client_gone_ = nullptr;  // of the exchange under way
  bool client_done_ = false;                    // sends nothing any more
  bool client_left_ = false;                    // before its answer
  bool writing_ = false;                        // to the client
  bool open_ = true;                            // the client's side may be used
  bool answer_began_ = false;                   // a byte of it was passed on
};

}  // namespace rehearse::proxy
