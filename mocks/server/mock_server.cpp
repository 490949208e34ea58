#include "mocks/server/mock_server.hpp"

#include <future>
#include <set>
#include <thread>

#include "harness/base/text.hpp"
#include "mocks/server/outage.hpp"
#include "mocks/server/router.hpp"
#include "mocks/server/transport.hpp"
#include "mocks/server/worker.hpp"

namespace rehearse::server {
namespace {

Errors check_mounts(const std::vector<Mount>& mounts) {
  Errors errors;
  if (mounts.empty()) {
    errors.push_back({"", "expected at least one provider to serve"});
  }
  std::set<std::string> names;
  for (const Mount& mount : mounts) {
    if (mount.profile == nullptr || mount.profile->entries.empty()) {
      errors.push_back({mount.name, "expected a profile with an operation"});
    }
    if (mount.name.empty() || mount.name.find('/') != std::string::npos ||
        !names.insert(mount.name).second) {
      errors.push_back(
          {quoted_excerpt(mount.name), "expected a name of its own and without a slash"});
    }
  }
  return errors;
}

}  // namespace

// In the order in which they may go away: last first.
struct MockServer::State {
  State(Options o, std::unique_ptr<Transport> t)
      : options(std::move(o)),
        transport(std::move(t)),
        ledger(options.sink, options.pace_ceiling),
        house{*transport, worker, ledger, options.seed},
        router(options.mounts, {options.seed, options.require_key}, house),
        outage(options.mounts) {
    tick.state = this;
    tick.fire = [](runtime::TimerNode& self) { static_cast<Tick&>(self).state->watch_outage(); };
  }

  // On the server's thread.
  void watch_outage() {
    const Instant now = transport->now();
    transport->set_listening(!outage.covers(now));
    if (const Instant next = outage.next_change(now); next != Instant::never()) {
      transport->schedule(tick, next);
    }
  }

  struct Tick : runtime::TimerNode {
    State* state = nullptr;
  };

  Options options;
  std::unique_ptr<Transport> transport;
  Ledger ledger;
  Worker worker;
  House house;
  Router router;
  Outage outage;
  Tick tick;
  std::thread thread;
};

MockServer::MockServer() = default;

MockServer::~MockServer() { stop(); }

Result<std::unique_ptr<MockServer>> MockServer::start(Options options) {
  Errors errors = check_mounts(options.mounts);
  if (!errors.empty()) {
    return errors;
  }
  Transport::Options wires;
  wires.address = options.address;
  wires.port = options.port;
  wires.allow_remote = options.allow_remote;
  wires.speed = options.speed;
  wires.max_body = options.max_body;
  wires.grace = options.grace;
  wires.slow_sender = options.slow_sender;
  auto transport = Transport::open(wires);
  if (!transport) {
    return transport.errors();
  }
  std::unique_ptr<MockServer> server(new MockServer());
  server->state_ = std::make_unique<State>(std::move(options), std::move(*transport));
  State& state = *server->state_;
  if (state.options.closes_in_outage) {
    state.watch_outage();
  }
  state.thread = std::thread([&state] { state.transport->run(state.router); });
  return server;
}

const std::string& MockServer::url() const { return state_->transport->url(); }

std::string MockServer::url(std::string_view mount) const {
  return url() + "/" + std::string(mount);
}

std::string MockServer::url(std::string_view mount, std::uint64_t job) const {
  return url() + "/job/" + std::to_string(job) + "/" + std::string(mount);
}

Stats MockServer::stats() const {
  if (!state_->thread.joinable()) {
    return state_->router.stats();
  }
  auto promise = std::make_shared<std::promise<Stats>>();
  std::future<Stats> future = promise->get_future();
  state_->transport->inject(
      [promise, router = &state_->router] { promise->set_value(router->stats()); });
  return future.get();
}

void MockServer::stop() {
  if (state_ != nullptr && state_->thread.joinable()) {
    state_->transport->stop();
    state_->thread.join();
  }
}

}  // namespace rehearse::server
