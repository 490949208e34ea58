#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/net/asio_runtime.hpp"
#include "harness/net/connector.hpp"
#include "harness/net/response_reader.hpp"
#include "harness/net/url.hpp"
#include "harness/provider/outcome.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::net {

struct ClientOptions {
  ConnectRules connect;
  ResponseLimits limits;
  Duration keep_idle = Duration::seconds(30);  // wall time; then an idle connection is closed
  std::size_t most_idle = 4096;                // per origin
};

// One request, ready to be sent.
struct ClientRequest {
  Origin origin;
  std::string bytes;            // the whole message
  bool head = false;            // the answer has no body
  bool new_connection = false;  // never on a kept one

  // Adds Host and Content-Length; other header fields are the request's own. A target, name or
  // value with control characters is a bug of the caller.
  static ClientRequest make(const Origin& origin, const wire::Request& request);
};

// How an exchange went. Instants are scenario time.
struct Exchange {
  provider::Failure failure = provider::Failure::None;  // of the transport; any status is a success
  std::string detail;
  int status = 0;         // 0 where no answer began
  bool answered = false;  // a byte of the answer came
  bool reused = false;    // over a kept connection
  ConnectPhases phases;   // zero where reused
  Instant issued;         // the request began (connecting included)
  Instant first_byte;     // of the answer; == done where none came
  Instant done;
  std::uint64_t received = 0;  // bytes, header included
};

struct ConnectionCounts {
  std::uint64_t opened = 0;
  std::uint64_t reused = 0;
  std::uint64_t resent = 0;  // requests whose kept connection turned out closed
  std::size_t idle = 0;
};

// HTTP/1.1 over kept connections, one pool per origin, last used first. What goes wrong is a value
// in Exchange; nothing throws. Outlives its tasks.
class HttpClient {
 public:
  HttpClient(AsioRuntime& runtime, ClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Sends and receives. A kept connection that proves closed before anything came is replaced once
  // by a fresh one. A stop closes the connection. `request` and `sink` are the caller's until the
  // end.
  runtime::Task<Exchange> exchange(const ClientRequest& request, ResponseSink& sink,
                                   runtime::StopToken stop);

  ConnectionCounts connections() const;

 private:
  struct Connection;
  struct Pool;
  struct State;
  runtime::Task<void> attempt(const ClientRequest& request, ResponseSink& sink,
                              Connection& connection, Exchange& out, runtime::StopToken stop);
  runtime::Task<void> receive(Connection& connection, Exchange& out, runtime::StopToken stop);
  runtime::Task<std::unique_ptr<Connection>> open(const ClientRequest& request, Exchange& out,
                                                  runtime::StopToken stop);
  std::unique_ptr<Connection> take_idle(const Origin& origin);
  void keep(const Origin& origin, std::unique_ptr<Connection> connection);
  void sweep();

  std::unique_ptr<State> state_;
};

}  // namespace rehearse::net
