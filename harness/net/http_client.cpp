#include "harness/net/http_client.hpp"

#include <map>
#include <utility>
#include <vector>

#include "harness/base/check.hpp"

namespace rehearse::net {

using provider::Failure;
using runtime::StopToken;
using runtime::Task;

struct HttpClient::Connection {
  explicit Connection(ResponseLimits limits) : reader(limits) {}
  std::unique_ptr<Stream> stream;
  ResponseReader reader;
  Instant idle_since;  // wall time
  bool keep = false;
};

struct HttpClient::Pool {
  std::vector<std::unique_ptr<Connection>> idle;  // the last used at the end
};

struct HttpClient::State {
  State(AsioRuntime& the_runtime, ClientOptions the_options)
      : runtime(the_runtime),
        options(std::move(the_options)),
        connector(the_runtime, options.connect) {}
  AsioRuntime& runtime;
  ClientOptions options;
  Connector connector;
  std::map<Origin, Pool> pools;
  Instant swept;  // wall time
  ConnectionCounts counts;
};

namespace {

constexpr Duration kSweepEvery = Duration::seconds(1);

bool has_control(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return true;
    }
  }
  return false;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  REHEARSE_CHECK(!has_control(name) && !has_control(value));
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

void fail(Exchange& out, Failure failure, std::string detail) {
  out.failure = failure;
  out.detail = std::move(detail);
}

}  // namespace

ClientRequest ClientRequest::make(const Origin& origin, const wire::Request& request) {
  REHEARSE_CHECK(!has_control(request.method) && !has_control(request.target));
  ClientRequest out;
  out.origin = origin;
  out.head = request.method == "HEAD";
  std::string& bytes = out.bytes;
  bytes.reserve(request.body.size() + 512);
  bytes += request.method + " " + request.target + " HTTP/1.1\r\n";
  append_field(bytes, "Host", origin.authority());
  for (const wire::Header header : request.headers) {
    append_field(bytes, header.name, header.value);
  }
  const bool bodyless = request.method == "GET" || request.method == "HEAD";
  if (!bodyless || !request.body.empty()) {
    append_field(bytes, "Content-Length", std::to_string(request.body.size()));
  }
  bytes += "\r\n";
  bytes += request.body;
  return out;
}

HttpClient::HttpClient(AsioRuntime& runtime, ClientOptions options)
    : state_(std::make_unique<State>(runtime, std::move(options))) {}
HttpClient::~HttpClient() = default;

ConnectionCounts HttpClient::connections() const {
  ConnectionCounts counts = state_->counts;
  for (const auto& [origin, pool] : state_->pools) {
    counts.idle += pool.idle.size();
  }
  return counts;
}

Task<Exchange> HttpClient::exchange(const ClientRequest& request, ResponseSink& sink,
                                    StopToken stop) {
  Exchange out;
  out.issued = state_->runtime.now();
  std::unique_ptr<Connection> connection;
  if (!request.new_connection) {
    connection = take_idle(request.origin);
  }
  out.reused = connection != nullptr;
  if (out.reused) {
    co_await attempt(request, sink, *connection, out, stop);
    const bool was_closed = out.failure == Failure::ConnectionReset && !out.answered;
    if (was_closed) {
      ++state_->counts.resent;
      connection.reset();
      fail(out, Failure::None, "");
      out.reused = false;
    }
  }
  if (!out.reused) {
    connection = co_await open(request, out, stop);
    if (connection) {
      co_await attempt(request, sink, *connection, out, stop);
    }
  }
  out.done = state_->runtime.now();
  if (!out.answered) {
    out.first_byte = out.done;
  }
  if (connection && connection->keep) {
    keep(request.origin, std::move(connection));
  }
  co_return out;
}

Task<std::unique_ptr<HttpClient::Connection>> HttpClient::open(const ClientRequest& request,
                                                               Exchange& out, StopToken stop) {
  Connected connected = co_await state_->connector.connect(request.origin, stop);
  out.phases = connected.phases;
  std::unique_ptr<Connection> connection;
  if (connected.stream) {
    ++state_->counts.opened;
    connection = std::make_unique<Connection>(state_->options.limits);
    connection->stream = std::move(connected.stream);
  } else {
    fail(out, connected.failure, std::move(connected.detail));
  }
  co_return connection;
}

namespace {

// Sees the head on its way to the caller's sink.
class StatusTap final : public ResponseSink {
 public:
  StatusTap(ResponseSink& sink, int& status) : sink_(sink), status_(status) {}
  void on_head(int status, const wire::Headers& headers) override {
    status_ = status;
    sink_.on_head(status, headers);
  }
  bool on_body(std::string_view bytes) override { return sink_.on_body(bytes); }

 private:
  ResponseSink& sink_;
  int& status_;
};

}  // namespace

Task<void> HttpClient::attempt(const ClientRequest& request, ResponseSink& sink,
                               Connection& connection, Exchange& out, StopToken stop) {
  StatusTap tap(sink, out.status);
  connection.keep = false;
  connection.reader.start(request.head, tap);
  const std::string_view bytes = request.bytes;
  const IoResult sent = co_await connection.stream->write_all(bytes, stop);
  if (sent.status == IoStatus::Stopped) {
    fail(out, Failure::Cancelled, "stopped while sending");
    co_return;
  }
  // A server that refuses a large body may answer and close before it has read all of it.
  co_await receive(connection, out, stop);
  if (sent.status != IoStatus::Ok) {
    connection.keep = false;
  }
}

Task<void> HttpClient::receive(Connection& connection, Exchange& out, StopToken stop) {
  ResponseReader& reader = connection.reader;
  ResponseReader::State state = ResponseReader::State::More;
  while (state == ResponseReader::State::More) {
    const std::span<char> room = reader.room();
    const IoResult got = co_await connection.stream->read_some(room, stop);
    if (got.status == IoStatus::Stopped) {
      fail(out, Failure::Cancelled, "stopped while waiting for the answer");
      co_return;
    }
    if (got.status == IoStatus::Broken) {
      fail(out, Failure::ConnectionReset,
           out.answered ? "the connection broke inside the answer"
                        : "the connection broke before an answer");
      co_return;
    }
    if (got.status == IoStatus::Ok && !out.answered) {
      out.answered = true;
      out.first_byte = state_->runtime.now();
    }
    out.received += got.bytes;
    state = got.status == IoStatus::End ? reader.closed() : reader.filled(got.bytes);
  }
  if (state == ResponseReader::State::Failed) {
    fail(out, reader.failure(), reader.detail());
  } else {
    connection.keep = reader.keep_alive();
  }
}

std::unique_ptr<HttpClient::Connection> HttpClient::take_idle(const Origin& origin) {
  sweep();
  const auto pool = state_->pools.find(origin);
  if (pool == state_->pools.end()) {
    return nullptr;
  }
  auto& idle = pool->second.idle;
  while (!idle.empty()) {
    std::unique_ptr<Connection> connection = std::move(idle.back());
    idle.pop_back();
    if (connection->stream->usable()) {
      ++state_->counts.reused;
      return connection;
    }
  }
  return nullptr;
}

void HttpClient::keep(const Origin& origin, std::unique_ptr<Connection> connection) {
  auto& idle = state_->pools[origin].idle;
  if (idle.size() < state_->options.most_idle) {
    connection->idle_since = state_->runtime.wall_now();
    idle.push_back(std::move(connection));
  }
}

// On the way to a connection instead of by a timer: a timer of ours would keep a run from seeing
// that everybody waits.
void HttpClient::sweep() {
  const Instant now = state_->runtime.wall_now();
  if (now - state_->swept < kSweepEvery) {
    return;
  }
  state_->swept = now;
  for (auto& [origin, pool] : state_->pools) {
    std::erase_if(pool.idle, [&](const std::unique_ptr<Connection>& connection) {
      return now - connection->idle_since >= state_->options.keep_idle;
    });
  }
}

}  // namespace rehearse::net
