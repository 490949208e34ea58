#include "harness/study/knee_fit.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>

// The crossing of three loads, on curves whose crossing is known.

using namespace rehearse;

namespace {

constexpr double kLimit = 0.02;  // of errors_below_limit()

study::Target errors_below_limit() {
  study::Target out;
  out.what = record::parse_objective("errors < 2%").value();
  out.text = "errors";
  return out;
}

study::Probe probe_at(double load, double value) {
  study::Probe out;
  out.level.load = load;
  out.values = {value};
  return out;
}

double crossing_on(const std::function<double(double)>& lost, double at, double apart) {
  const std::vector<study::Target> targets{errors_below_limit()};
  const study::Probe low = probe_at(at * (1 - apart), lost(at * (1 - apart)));
  const study::Probe middle = probe_at(at, lost(at));
  const study::Probe high = probe_at(at * (1 + apart), lost(at * (1 + apart)));
  const study::KneeFit fit = study::crossing_of(targets, {&low, &middle, &high});
  CHECK(fit.inside);
  return fit.load;
}

}  // namespace

TEST_CASE("what a full limit refuses is followed in proportion, past its bend too") {
  // A bucket of 1 a second refuses nothing until it is full, then all that is too much.
  const auto lost = [](double load) { return std::max(0.0, 1 - 1 / load); };
  const double knee = 1 / (1 - kLimit);
  CHECK(std::abs(crossing_on(lost, 1.022, 0.01) / knee - 1) < 5e-5);
  // The lowest of the three refuses nothing, the knee is far from all of them.
  CHECK(std::abs(crossing_on(lost, 1.013, 0.018) / knee - 1) < 1e-3);
}

TEST_CASE("what a group of servers loses is followed by its logarithm") {
  // As M/G/20/20 does about there: a power of the load.
  const auto lost = [](double load) { return kLimit * std::pow(load, 12.0); };
  CHECK(std::abs(crossing_on(lost, 1.04, 0.1) - 1) < 1e-3);
  CHECK(std::abs(crossing_on(lost, 0.95, 0.1) - 1) < 1e-3);
}

TEST_CASE("a quantile's estimate is that of all replications, a mean's is freed of its bias") {
  const auto fit_of = [](const char* objective) {
    study::Target target;
    target.what = record::parse_objective(objective).value();
    study::Probe probes[3];
    for (int i = 0; i < 3; ++i) {
      probes[i] = probe_at(1 + 0.1 * i, 1.0 + 0.1 * i);
      // Replications that say a little less than all of them together.
      probes[i].without = {{0.99 + 0.1 * i}, {1.0 + 0.1 * i}, {0.995 + 0.1 * i}};
    }
    const std::vector<study::Target> targets{target};
    const std::array<const study::Probe*, 3> three{&probes[0], &probes[1], &probes[2]};
    const double all = study::crossing_of(targets, three).load;
    return study::fit_knee(targets, three, INFINITY).load / all - 1;
  };
  CHECK(fit_of("p(99) < 1.1s") == 0);
  CHECK(std::abs(fit_of("mean < 1.1s")) > 0.005);
}
