#include "tests/sim/support.hpp"

#include <cmath>
#include <vector>

#include "harness/base/math.hpp"

using namespace rehearse;
using namespace rehearse::sim;

namespace {

constexpr int kSlots = 5;
constexpr double kOffered = 4;  // Erlang: arrivals a second × one second of service

// Erlang's loss formula by its recursion B_k = a B_{k-1} / (k + a B_{k-1}).
double erlang_b(int slots, double offered) {
  double blocked = 1;
  for (int k = 1; k <= slots; ++k) {
    blocked = offered * blocked / (k + offered * blocked);
  }
  return blocked;
}

struct Tally {
  std::uint64_t lost = 0;
  std::uint64_t done = 0;
};

runtime::Task<void> one_call(provider::Provider& provider, provider::Call call, Tally& tally) {
  const runtime::StopToken never;
  const provider::Outcome outcome = co_await provider.call(call, never);
  ++(outcome.failure == provider::Failure::Overloaded ? tally.lost : tally.done);
}

runtime::Task<void> poisson(runtime::Runtime& rt, provider::Provider& provider, std::uint64_t seed,
                            std::uint64_t calls, Tally& tally) {
  runtime::TaskGroup group(rt);
  for (std::uint64_t job = 0; job < calls; ++job) {
    provider::Call call = call_of("ask", job);
    call.key.seed = seed;
    const double u = call.key.uniform(Dimension::Arrival);
    const Duration gap = Duration::from_seconds(-ln(u) / kOffered);
    co_await rt.sleep(gap);
    group.spawn(one_call(provider, call, tally));
  }
  co_await group.join();
}

}  // namespace

TEST_CASE("slots without a queue lose what Erlang's B formula says, whatever the service law") {
  for (const char* time :
       {R"({ "exponential": "1s" })", R"("1s")", R"({ "gamma": { "mean": "1s", "cv": 2 } })"}) {
    INFO(time);
    const auto profile = profile_of(R"({ "ask": { "time": )" + std::string(time) + "} }",
                                    R"(, "capacity": { "slots": 5 })");
    const std::uint64_t calls = 8'000;
    std::vector<double> loss;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      runtime::SimRuntime rt;
      latency::ProviderModel model(profile, {});
      VirtualProvider provider(rt, model);
      Tally tally;
      rt.run(poisson(rt, provider, seed, calls, tally));
      REQUIRE(tally.lost + tally.done == calls);
      loss.push_back(static_cast<double>(tally.lost) / static_cast<double>(calls));
    }
    double mean = 0;
    for (const double value : loss) {
      mean += value / static_cast<double>(loss.size());
    }
    double variance = 0;
    for (const double value : loss) {
      variance += (value - mean) * (value - mean) / static_cast<double>(loss.size() - 1);
    }
    const double z = (mean - erlang_b(kSlots, kOffered)) /
                     std::sqrt(variance / static_cast<double>(loss.size()));
    INFO("loss " << mean << ", z " << z);
    CHECK(std::fabs(z) < 3.3);
    CHECK(mean == Approx(erlang_b(kSlots, kOffered)).epsilon(0.03));
  }
}
