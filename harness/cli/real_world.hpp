#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "harness/cli/world.hpp"
#include "mocks/server/call_record.hpp"

namespace rehearse::net {
class AsioRuntime;
}
namespace rehearse::server {
class MockServer;
}

namespace rehearse::cli {

// Real time: providers over HTTP, mocks in this process or live ones.
class RealWorld : public World {
 public:
  // `sink` hears of every call that a mock answered, on the server's thread; empty: nobody.
  static Result<std::unique_ptr<RealWorld>> make(
      const scenarios::Scenario& scenario,
      const std::vector<std::shared_ptr<const latency::Profile>>& profiles,
      const WorldOptions& options, std::function<void(const server::CallRecord&)> sink);

  virtual net::AsioRuntime& asio() = 0;
  // The mock server; null where every provider is live.
  virtual server::MockServer* server() = 0;
  // Where the providers' base URLs are, in the order of Scenario::providers; for the mocks of one
  // job in app drive.
  virtual std::string url(std::size_t provider, std::uint64_t job) const = 0;
};

}  // namespace rehearse::cli
