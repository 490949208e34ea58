#include "tests/rates/process.hpp"

#include <cmath>

#include "harness/base/math.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace rehearse::rates {
namespace {

constexpr std::size_t kRunIn = 100;  // values before the first one that counts

double uniform(std::uint64_t seed, std::uint64_t i, std::uint32_t index) {
  return DrawKey{.seed = seed, .job = i}.uniform(Dimension::Content, index);
}

// Two standard normals of a given correlation; `index` names the draw.
struct Scores {
  double before, after;
};
Scores scores(std::uint64_t seed, std::uint64_t i, std::uint32_t index, double correlation) {
  const double own = std::sqrt(1 - correlation);
  const double common =
      correlation > 0 ? std::sqrt(correlation) * normal_quantile(uniform(seed, i, index)) : 0;
  return {common + own * normal_quantile(uniform(seed, i, index + 1)),
          common + own * normal_quantile(uniform(seed, i, index + 2))};
}

// A value from its own score and that of its mode.
double value_of(const Process& process, double z, double mode) {
  switch (process.law) {
    case Law::SlowMode:
      return exp(0.5 * z) * (mode > 1.6448536 ? 3 : 1);  // 5% are three times as slow
    case Law::Pareto:
      return std::pow(1 - normal_cdf(z), -1 / 2.5);
    case Law::Bimodal:
      return mode > 0.5244005 ? 0.05 * exp(0.2 * z) : exp(0.3 * z);  // 30% hits
    default:
      return exp(process.parameter * z);
  }
}

Pair independent_pair(const Process& process, std::size_t n, std::uint64_t seed, const Tie& tie) {
  const bool modes = process.law == Law::SlowMode || process.law == Law::Bimodal;
  Pair out;
  out.before.reserve(n);
  out.after.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Scores z = scores(seed, i, 0, tie.correlation);
    const Scores mode = modes ? scores(seed, i, 3, tie.correlation) : Scores{};
    out.before.push_back(value_of(process, z.before, mode.before));
    out.after.push_back(tie.factor * value_of(process, z.after, mode.after));
  }
  return out;
}

Pair ar1_pair(const Process& process, std::size_t n, std::uint64_t seed, const Tie& tie) {
  const double own = std::sqrt(1 - process.parameter * process.parameter);
  Scores state{};
  Pair out;
  for (std::size_t i = 0; i < n + 100; ++i) {
    const Scores z = scores(seed, i, 0, tie.correlation);
    state.before = process.parameter * state.before + own * z.before;
    state.after = process.parameter * state.after + own * z.after;
    if (i >= 100) {
      out.before.push_back(exp(0.3 * state.before));
      out.after.push_back(tie.factor * exp(0.3 * state.after));
    }
  }
  return out;
}

// The same jobs on both sides, on a machine that is busy at different times.
Pair burst_pair(const Process& process, std::size_t n, std::uint64_t seed, const Tie& tie) {
  const double own = std::sqrt(1 - process.parameter * process.parameter);
  Scores busy = scores(seed, n, 0, 0);
  Pair out;
  for (std::size_t i = 0; i < n; ++i) {
    const Scores z = scores(seed, i, 0, 0);
    busy.before = process.parameter * busy.before + own * z.before;
    busy.after = process.parameter * busy.after + own * z.after;
    const double job = exp(0.2 * normal_quantile(uniform(seed, i, 3)));
    out.before.push_back(job * (1 + 0.01 * std::fabs(busy.before)));
    out.after.push_back(tie.factor * job * (1 + 0.01 * std::fabs(busy.after)));
  }
  return out;
}

// Two exponentials of mean 1, tied by their normal scores.
Scores exponentials(std::uint64_t seed, std::uint64_t i, double correlation) {
  if (correlation > 0) {
    const Scores z = scores(seed, i, 0, correlation);
    return {-ln(1 - normal_cdf(z.before)), -ln(1 - normal_cdf(z.after))};
  }
  return {-ln(uniform(seed, i, 1)), -ln(uniform(seed, i, 2))};
}

// A wait in the steady state of an M/M/1 queue with services of mean 1: none with probability
// 1 - load, else exponential of mean 1 / (1 - load) (Kleinrock 1975, §5.12).
double steady_wait(double load, double u) {
  return u < 1 - load ? 0 : -ln((1 - u) / load) / (1 - load);
}

// Response times of two queues by Lindley's recursion: with a correlation, the same arrivals and
// alike services; else nothing in common. Each starts in its steady state; a run-in lets two that
// are tied drift as far apart as they do.
Pair queue_pair(const Process& process, std::size_t n, std::uint64_t seed, const Tie& tie) {
  const double load = process.parameter;
  const bool tied = tie.correlation > 0;
  Scores wait{steady_wait(load, uniform(seed, n + kRunIn, 6)),
              steady_wait(load, uniform(seed, n + kRunIn, tied ? 6 : 7))};
  Pair out;
  out.before.reserve(n);
  out.after.reserve(n);
  for (std::size_t i = 0; i < n + kRunIn; ++i) {
    const double first = -ln(uniform(seed, i, 6)) / load;
    const double second = tied ? first : -ln(uniform(seed, i, 7)) / load;
    const Scores service = exponentials(seed, i, tie.correlation);
    const double after = tie.factor * service.after;
    if (i >= kRunIn) {
      out.before.push_back(wait.before + service.before);
      out.after.push_back(wait.after + after);
    }
    wait.before = std::max(0.0, wait.before + service.before - first);
    wait.after = std::max(0.0, wait.after + after - second);
  }
  return out;
}

}  // namespace

std::string Process::text() const {
  static constexpr const char* kNames[] = {"lognormal", "5% x 3", "Pareto 2.5", "bimodal cache",
                                           "AR(1)",     "M/M/1",  "drift",      "bursts"};
  const std::string name = kNames[static_cast<int>(law)];
  const bool bare = law == Law::SlowMode || law == Law::Pareto || law == Law::Bimodal;
  return bare ? name : name + " " + number_text(parameter);
}

Pair draw_pair(const Process& process, std::size_t n, std::uint64_t seed, const Tie& tie) {
  switch (process.law) {
    case Law::Ar1:
      return ar1_pair(process, n, seed, tie);
    case Law::Mm1:
      return queue_pair(process, n, seed, tie);
    case Law::Bursts:
      return burst_pair(process, n, seed, tie);
    case Law::Drift: {
      Pair out = independent_pair({Law::Lognormal, 0.5}, n, seed, tie);
      const Scores z = scores(seed, 0, 9, 0);
      for (std::size_t i = 0; i < n; ++i) {
        out.before[i] *= 1 + process.parameter * z.before;
        out.after[i] *= 1 + process.parameter * z.after;
      }
      return out;
    }
    default:
      return independent_pair(process, n, seed, tie);
  }
}

}  // namespace rehearse::rates
