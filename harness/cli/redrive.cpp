#include "harness/cli/redrive.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/mock_mounts.hpp"
#include "harness/json/read.hpp"
#include "harness/net/http_provider.hpp"
#include "harness/proxy/recording_proxy.hpp"
#include "harness/runtime/task_group.hpp"
#include "harness/stats/quantile.hpp"
#include "mocks/calibration/read_timed_calls.hpp"
#include "mocks/latency/load_profile.hpp"
#include "mocks/server/mock_server.hpp"

namespace rehearse::cli {
namespace {

using calibration::TimedCall;
using namespace literals;

constexpr std::size_t kWireCalls = 101;
constexpr double kTokensPerChunk = 20;

// A provider that takes no time: what is left is the wire.
constexpr char kNoTime[] = R"({"profile": "wire", "dated": "2026-01-01", "prices": "free",
  "operations": {"chat": {"first_token": 0, "per_output_token": 0, "output_tokens": 8}}})";

class Collector final : public proxy::CallSink {
 public:
  void call_seen(record::RecordedCall call) override {
    if (call.end == record::CallEnd::Answered && call.status == 200) {
      calls.push_back(std::move(call));
    }
  }
  std::vector<record::RecordedCall> calls;
};

// One mock server, one proxy before it, and clients of its mounts.
class Bench {
 public:
  Bench(const RedriveOptions& options, std::shared_ptr<const latency::Profile> profile)
      : options_(options), profile_(std::move(profile)), client_(runtime_, {}) {}

  Status open() {
    const auto value = json::parse(kNoTime);
    auto wire = latency::make_profile(*value, "wire", pricing::shipped_prices());
    if (!wire) {
      return wire.errors();
    }
    server::MockServer::Options options;
    options.speed = options_.speed;
    options.seed = options_.seed;
    for (const auto& one : {profile_, *wire}) {
      server::Mount mount;
      mount.name = one == profile_ ? "calibrated" : "wire";
      mount.profile = one;
      options.mounts.push_back(std::move(mount));
    }
    auto server = server::MockServer::start(std::move(options));
    if (!server) {
      return server.errors();
    }
    server_ = std::move(server).value();
    proxy::ProxyOptions proxied;
    proxied.upstreams.push_back({"mock", *net::parse_url(server_->url()), 0});
    auto proxy = proxy::RecordingProxy::open(runtime_, std::move(proxied), collector_);
    if (!proxy) {
      return proxy.errors();
    }
    proxy_ = std::move(proxy).value();
    auto calibrated = client_of("/calibrated", *profile_);
    auto direct = client_of("/wire", **wire);
    if (!calibrated || !direct) {
      return !calibrated ? calibrated.errors() : direct.errors();
    }
    calibrated_ = std::move(calibrated).value();
    wire_ = std::move(direct).value();
    return Done{};
  }

  Redriven run(const std::vector<TimedCall>& calls) {
    Redriven out;
    runtime_.run(drive_all(calls));
    std::vector<double> wire;
    for (record::RecordedCall& call : collector_.calls) {
      TimedCall timed = calibration::timed_call(call);
      timed.at_s *= options_.speed;
      timed.first_s *= options_.speed;
      timed.total_s *= options_.speed;
      if (call.path.starts_with("/wire")) {
        wire.push_back(timed.total_s);
      } else {
        out.calls.push_back(std::move(timed));
      }
    }
    out.wire_s = wire.empty() ? 0 : *stats::sorted_quantile(stats::sorted(wire), 0.5);
    for (TimedCall& call : out.calls) {
      call.total_s = std::max(call.total_s - out.wire_s, 1e-9);
      call.first_s = call.stream ? std::clamp(call.first_s - out.wire_s, 0.0, call.total_s) : 0;
    }
    std::stable_sort(out.calls.begin(), out.calls.end(),
                     [](const TimedCall& a, const TimedCall& b) { return a.at_s < b.at_s; });
    return out;
  }

 private:
  Result<std::unique_ptr<net::HttpProvider>> client_of(const std::string& mount,
                                                       const latency::Profile& profile) {
    net::HttpProviderOptions options;
    options.base_url = proxy_->url(0) + mount;
    options.endpoints = endpoints_of(profile, false);
    return net::HttpProvider::make(runtime_, client_, std::move(options));
  }

  runtime::Task<void> drive_all(const std::vector<TimedCall>& calls) {
    runtime::StopSource stop;
    runtime::TaskGroup serving(runtime_);
    serving.spawn(proxy_->serve(stop.token()));
    co_await drive(calls);
    stop.request_stop();
    co_await serving.join();
  }

  runtime::Task<void> drive(const std::vector<TimedCall>& calls) {
    TimedCall nothing;
    nothing.stream = true;
    nothing.output_tokens = 8;
    for (std::size_t i = 0; i < kWireCalls; ++i) {
      co_await one_call(*wire_, nothing, i);
    }
    start_ = runtime_.now();
    const bool timed = std::all_of(calls.begin(), calls.end(),
                                   [](const TimedCall& call) { return call.at_s >= 0; });
    runtime::TaskGroup group(runtime_);
    if (timed) {
      co_await on_schedule(calls, group);
    } else {
      for (std::size_t i = 0; i < options_.concurrency; ++i) {
        group.spawn(worker(calls));
      }
    }
    co_await group.join();
  }

  runtime::Task<void> on_schedule(const std::vector<TimedCall>& calls, runtime::TaskGroup& group) {
    std::vector<std::size_t> order(calls.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return calls[a].at_s < calls[b].at_s; });
    const double begin = calls[order.front()].at_s;
    const double span = calls[order.back()].at_s - begin + 1;
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      for (const std::size_t i : order) {
        const double at = static_cast<double>(round) * span + calls[i].at_s - begin;
        const Instant due = start_ + Duration::from_seconds(at / options_.speed);
        co_await runtime_.sleep_until(due);
        group.spawn(one_call(*calibrated_, calls[i], next_++));
      }
    }
  }

  runtime::Task<void> worker(const std::vector<TimedCall>& calls) {
    while (next_ < calls.size() * options_.rounds) {
      const std::size_t i = next_++;
      co_await one_call(*calibrated_, calls[i % calls.size()], i);
    }
  }

  runtime::Task<void> one_call(net::HttpProvider& provider, const TimedCall& what,
                               std::size_t job) {
    provider::Call call;
    call.key.seed = options_.seed;
    call.key.job = job;
    call.key.stage = hash_name(what.operation);
    call.stage = what.operation;
    call.features = what.features();
    const runtime::StopToken never;
    const provider::Outcome outcome = co_await provider.call(call, never);
    unanswered_ += outcome.ok() ? 0 : 1;
    if (!outcome.ok() && trouble_.empty()) {
      trouble_ = std::string(provider::failure_name(outcome.failure)) + " " + outcome.detail;
    }
  }

  RedriveOptions options_;
  std::shared_ptr<const latency::Profile> profile_;
  net::AsioRuntime runtime_;
  net::HttpClient client_;
  Collector collector_;
  std::unique_ptr<server::MockServer> server_;
  std::unique_ptr<proxy::RecordingProxy> proxy_;
  std::unique_ptr<net::HttpProvider> calibrated_;
  std::unique_ptr<net::HttpProvider> wire_;
  Instant start_;
  std::size_t next_ = 0;

 public:
  std::size_t unanswered_ = 0;
  std::string trouble_;
};

}  // namespace

Result<Redriven> redrive(std::shared_ptr<const latency::Profile> profile,
                         const std::vector<TimedCall>& calls, const RedriveOptions& options) {
  // Its limits and faults would only take calls away.
  auto calm = std::make_shared<latency::Profile>(*profile);
  calm->name = "calibrated";
  calm->limits = {};
  calm->faults.clear();
  // Where nobody knows how tokens came in chunks, few large ones do: first, pace and total are the
  // same, and a machine that also builds and tests keeps up.
  const bool chunks_known = std::any_of(calls.begin(), calls.end(),
                                        [](const TimedCall& call) { return call.chunks > 0; });
  if (!chunks_known) {
    for (latency::Entry& entry : calm->entries) {
      entry.units_per_chunk = Distribution::constant(kTokensPerChunk);
    }
  }
  Bench bench(options, std::move(calm));
  const Status opened = bench.open();
  if (!opened) {
    return opened.errors();
  }
  Redriven out = bench.run(calls);
  if (bench.unanswered_ > 0) {
    return Error{"redrive",
                 std::to_string(bench.unanswered_) + " calls were not answered: " + bench.trouble_};
  }
  return out;
}

}  // namespace rehearse::cli
