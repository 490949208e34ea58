#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "mocks/server/ledger.hpp"
#include "mocks/server/mount.hpp"

namespace rehearse::server {

// Mock providers over HTTP, on a thread of their own. Each is mounted under /NAME (an OpenAI base
// URL is then "http://127.0.0.1:PORT/NAME/v1"), and the first of each kind at the root.
class MockServer {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;     // 0: any that is free
    std::vector<Mount> mounts;  // at least one; names are unique
    double speed = 1;           // scenario seconds per wall second, > 0
    std::uint64_t seed = 1;     // of calls that do not name their own draw
    bool allow_remote = false;  // else loopback addresses only
    bool require_key = false;   // OpenAI's endpoints then refuse calls without an API key
    std::size_t max_body = 64u << 20;
    Duration grace = Duration::seconds(1);         // wall time that stop() leaves to answers
    Duration slow_sender = Duration::seconds(60);  // wall time a request may take to come in
    Duration pace_ceiling = Pace::kCeiling;        // of chunks' lateness at p99, wall time
    std::function<void(const CallRecord&)> sink;   // called on the server's thread
    // Nothing listens while every mount has a fault that refuses all its calls: for programs that
    // are not to see a reset instead. Then its own pages cannot be reached either.
    bool closes_in_outage = false;
  };
  // Callable as soon as this returns. Errors: a bad address, a port in use, no or equal mounts.
  static Result<std::unique_ptr<MockServer>> start(Options options);
  // Stops.
  ~MockServer();
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;

  const std::string& url() const;                 // "http://127.0.0.1:41234"
  std::string url(std::string_view mount) const;  // that and "/NAME"
  // That and "/job/N/NAME": for the processes of one job in app drive.
  std::string url(std::string_view mount, std::uint64_t job) const;
  // Any thread.
  Stats stats() const;
  // Takes no more connections, leaves `grace` to the answers under way. Idempotent; the sink is not
  // called after it.
  void stop();

 private:
  MockServer();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rehearse::server
