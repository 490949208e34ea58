#include "tests/support/synthetic_calls.hpp"

#include <cmath>

#include "harness/base/distribution.hpp"
#include "harness/base/rng.hpp"

namespace rehearse::test {
namespace {

// Independent draws by their names.
class Luck {
 public:
  Luck(std::uint64_t seed, std::uint64_t call) : key_{seed, call, 77, 0, 0} {}
  double uniform() { return key_.uniform(Dimension::Content, index_++); }
  double lognormal(double median, double sigma) {
    return Distribution::typical(median, sigma).quantile(uniform());
  }

 private:
  DrawKey key_;
  std::uint32_t index_ = 0;
};

calibration::TimedCall stream_of(const char* model, double first, double pace, Luck& luck) {
  calibration::TimedCall call;
  call.model = model;
  call.stream = true;
  call.input_tokens = 500;
  call.output_tokens = 8 + static_cast<std::int64_t>(16 * luck.uniform());
  call.chunks = 4;
  call.first_s = first;
  call.total_s = first + pace * static_cast<double>(call.output_tokens - 1);
  return call;
}

}  // namespace

calibration::CallTable cold_start_calls(std::size_t count, std::uint64_t seed) {
  calibration::CallTable table;
  for (std::size_t i = 0; i < count; ++i) {
    Luck luck(seed, i);
    const bool cold = luck.uniform() < 0.04;
    const double warm = luck.lognormal(0.5, 0.2);
    const double first = warm + (cold ? luck.lognormal(8, 0.15) : 0);
    table.calls.push_back(stream_of("cold-start", first, luck.lognormal(0.03, 0.1), luck));
  }
  return table;
}

calibration::CallTable bimodal_calls(std::size_t count, std::uint64_t seed) {
  calibration::CallTable table;
  for (std::size_t i = 0; i < count; ++i) {
    Luck luck(seed + 1, i);
    const bool slow = luck.uniform() < 0.35;
    const double first = luck.lognormal(slow ? 1.6 : 0.6, 0.15);
    table.calls.push_back(stream_of("bimodal", first, luck.lognormal(0.03, 0.1), luck));
  }
  return table;
}

calibration::CallTable two_machine_calls(std::size_t count, std::uint64_t seed) {
  calibration::CallTable table;
  for (std::size_t i = 0; i < count; ++i) {
    Luck luck(seed + 5, i);
    const bool slow = luck.uniform() < 0.35;
    const double first = luck.lognormal(slow ? 1.6 : 0.6, 0.15);
    table.calls.push_back(
        stream_of("two-machines", first, luck.lognormal(slow ? 0.09 : 0.03, 0.1), luck));
  }
  return table;
}

calibration::CallTable batching_calls(std::size_t count, std::uint64_t seed) {
  calibration::CallTable table;
  for (std::size_t i = 0; i < count; ++i) {
    Luck luck(seed + 6, i);
    const double shared = luck.lognormal(1, 0.3);
    const double first = 0.5 * shared * luck.lognormal(1, 0.1);
    table.calls.push_back(
        stream_of("batching", first, 0.05 / shared * luck.lognormal(1, 0.1), luck));
  }
  return table;
}

calibration::CallTable autocorrelated_calls(std::size_t count, std::uint64_t seed) {
  calibration::CallTable table;
  for (std::size_t i = 0; i < count; ++i) {
    Luck luck(seed + 2, i);
    const double at = static_cast<double>(i) * 0.2;
    Luck slot(seed + 3, static_cast<std::uint64_t>(at / 5));
    const double weather = slot.lognormal(1, 0.2);
    calibration::TimedCall call =
        stream_of("autocorrelated", luck.lognormal(0.5, 0.2), luck.lognormal(0.03, 0.15), luck);
    call.first_s *= weather;
    call.total_s *= weather;
    call.at_s = at;
    table.calls.push_back(call);
  }
  return table;
}

calibration::CallTable input_bound_calls(std::size_t count, std::uint64_t seed) {
  calibration::CallTable table;
  for (std::size_t i = 0; i < count; ++i) {
    Luck luck(seed + 4, i);
    const auto input = static_cast<std::int64_t>(100 * std::pow(40.0, luck.uniform()));
    const double first = luck.lognormal(0.3, 0.2) + 0.001 * static_cast<double>(input);
    calibration::TimedCall call = stream_of("input-bound", first, luck.lognormal(0.03, 0.1), luck);
    call.input_tokens = input;
    table.calls.push_back(call);
  }
  return table;
}

}  // namespace rehearse::test
