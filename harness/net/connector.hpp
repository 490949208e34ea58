#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/net/asio_runtime.hpp"
#include "harness/net/stream.hpp"
#include "harness/net/url.hpp"
#include "harness/provider/outcome.hpp"

namespace rehearse::net {

struct ConnectRules {
  // Off: only loopback addresses are ever connected to, whatever a name resolves to.
  bool allow_remote = false;
  // PEM file of certificate authorities trusted beside the system's; empty: none.
  std::string extra_ca_file;
};

// What opening a connection took, in scenario time.
struct ConnectPhases {
  Duration dns;
  Duration connect;
  Duration tls;
};

struct Connected {
  std::unique_ptr<Stream> stream;  // nullptr: see failure
  ConnectPhases phases;
  provider::Failure failure = provider::Failure::None;
  std::string detail;  // one line
};

// Opens connections: resolves (an answer is kept for a minute), keeps the loopback rule, verifies
// certificates and host names. Outlives its streams' tasks.
class Connector {
 public:
  Connector(AsioRuntime& runtime, ConnectRules rules);
  ~Connector();
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  // `origin` is the caller's until the task ends.
  runtime::Task<Connected> connect(const Origin& origin, runtime::StopToken stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rehearse::net
