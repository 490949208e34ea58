#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/net/asio_runtime.hpp"
#include "harness/net/connector.hpp"
#include "harness/net/url.hpp"
#include "harness/proxy/call_sink.hpp"

namespace rehearse::proxy {

// Where one provider's calls go.
struct Upstream {
  std::string name;        // "openai"
  net::Url url;            // calls keep their own path: only the origin is used
  std::uint16_t port = 0;  // of 127.0.0.1 to listen on; 0: any that is free
};

struct ProxyOptions {
  std::vector<Upstream> upstreams;
  net::ConnectRules connect;
  bool bodies = false;  // keep prompts and answers
};

// A reverse proxy that listens on one loopback port for each provider, passes calls through as they
// come, and tells a sink what it saw. Adds no header to answers and buffers nothing: a chunk that
// came is passed on before it is looked at.
class RecordingProxy {
 public:
  // Listens; an error names the port that is taken. `runtime` (of speed 1) and `sink` outlive it.
  static Result<std::unique_ptr<RecordingProxy>> open(net::AsioRuntime& runtime,
                                                      ProxyOptions options, CallSink& sink);
  ~RecordingProxy();
  RecordingProxy(const RecordingProxy&) = delete;
  RecordingProxy& operator=(const RecordingProxy&) = delete;

  // "http://127.0.0.1:41234" for the upstream of that index, without a path.
  std::string url(std::size_t upstream) const;
  // Serves until the stop; then calls under way are cut and told as open.
  runtime::Task<void> serve(runtime::StopToken stop);
  std::uint64_t calls() const;

 private:
  struct State;
  explicit RecordingProxy(std::unique_ptr<State> state);
  runtime::Task<void> accept_all(std::size_t upstream, runtime::StopToken stop);
  runtime::Task<void> serve_client(std::size_t upstream, std::size_t socket,
                                   runtime::StopToken stop);
  runtime::Task<void> tell_open_calls(runtime::StopToken stop);
  std::unique_ptr<State> state_;
};

}  // namespace rehearse::proxy
