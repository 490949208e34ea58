#include "harness/base/draw_block.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "harness/base/math.hpp"
#include "harness/base/math_series.hpp"

namespace rehearse {
namespace {

// A register's worth.
constexpr std::size_t kLanes = 2;
typedef double Reals __attribute__((vector_size(kLanes * 8)));
typedef std::int64_t Wholes __attribute__((vector_size(kLanes * 8)));

constexpr double kRounder = 0x1.8p52;       // added and taken off: rounded to a whole number
constexpr double kExponentReader = 0x1p52;  // its low bits count ones
constexpr double kMostQuantile = 39;        // of any uniform that there is
constexpr double kSureExponent = 700;       // |x| of which e^x is neither too small nor too large

template <std::size_t N>
inline Reals polynomial(const std::array<double, N>& coefficients, Reals x) {
  Reals sum = coefficients[N - 1] * x + coefficients[N - 2];
  for (std::size_t i = N - 2; i-- > 0;) {
    sum = sum * x + coefficients[i];
  }
  return sum;
}

// ln x of normal numbers.
inline Reals ln_of(Reals x) {
  const auto bits = std::bit_cast<Wholes>(x);
  // The exponent as a number: put into the low bits of 2^52.
  const Wholes exponent = (bits >> 52) | std::bit_cast<std::int64_t>(kExponentReader);
  Reals k = std::bit_cast<Reals>(exponent) - kExponentReader - 1023.0;
  auto m = std::bit_cast<Reals>((bits & 0x000F'FFFF'FFFF'FFFFLL) | 0x3FF0'0000'0000'0000LL);
  const Wholes large = m > 1.4142135623730951;
  const Reals one = Reals{} + 1.0;
  k += std::bit_cast<Reals>(large & std::bit_cast<Wholes>(one));
  m = std::bit_cast<Reals>((large & std::bit_cast<Wholes>(m * 0.5)) |
                           (~large & std::bit_cast<Wholes>(m)));
  const Reals f = m - 1.0;
  const Reals s = f / (2.0 + f);
  const Reals z = s * s;
  const Reals tail = 2.0 * z * polynomial(series::kAtanh, z);
  return k * series::kLn2High + (f - (s * (f - tail) - k * series::kLn2Low));
}

// normal_quantile() in the middle.
inline Reals middle_of(Reals p) {
  const Reals q = p - 0.5;
  const Reals r = series::kMiddleSquare - q * q;
  return q * polynomial(series::kA, r) / polynomial(series::kB, r);
}

// And in a tail, `p` being the distance from the nearer end.
inline Reals tail_of(Reals p) {
  const Reals square = -ln_of(p);
  const Reals x = Reals{std::sqrt(square[0]), std::sqrt(square[1])} - 1.6;
  return polynomial(series::kC, x) / polynomial(series::kD, x);
}

inline Reals exp_of(Reals x) {
  const Reals y = x * series::kLog2OfE + 0.5;
  const Reals nearest = (y + kRounder) - kRounder;
  const Wholes above = nearest > y;
  const Reals one = Reals{} + 1.0;
  const Reals k = nearest - std::bit_cast<Reals>(above & std::bit_cast<Wholes>(one));  // floor(y)
  const Reals r = (x - k * series::kLn2High) - k * series::kLn2Low;
  const Wholes n = std::bit_cast<Wholes>(k + kRounder) - std::bit_cast<std::int64_t>(kRounder);
  return polynomial(series::kExp, r) * std::bit_cast<Reals>((n + 1023) << 52);
}

// e^-25, where a third approximation begins: one draw in 3.6e10.
constexpr double kFarOut = 1.4e-11;

// The normal quantiles of the uniforms in a tail: few, so they are brought together first.
void fill_tails(const std::array<double, kBlockDraws>& uniforms,
                std::array<double, kBlockDraws>& z) {
  std::array<std::size_t, kBlockDraws + kLanes> places{};
  std::size_t tails = 0;
  for (std::size_t i = 0; i < kBlockDraws; ++i) {
    places[tails] = i;
    tails += std::fabs(uniforms[i] - 0.5) > series::kMiddle ? 1U : 0U;
  }
  places[tails] = places[0];  // fills up the last register
  for (std::size_t first = 0; first < tails; first += kLanes) {
    const std::size_t a = places[first];
    const std::size_t b = places[first + 1];
    const Reals p{std::min(uniforms[a], 1 - uniforms[a]), std::min(uniforms[b], 1 - uniforms[b])};
    const Reals size = tail_of(p);
    z[b] =
        p[1] > kFarOut ? std::copysign(size[1], uniforms[b] - 0.5) : normal_quantile(uniforms[b]);
    z[a] =
        p[0] > kFarOut ? std::copysign(size[0], uniforms[a] - 0.5) : normal_quantile(uniforms[a]);
  }
}

}  // namespace

void exponential_block(std::array<double, kBlockDraws>& draws, double mean) {
  for (std::size_t i = 0; i < kBlockDraws; i += kLanes) {
    const Reals value = -mean * ln_of(1.0 - Reals{draws[i], draws[i + 1]});
    draws[i] = value[0];
    draws[i + 1] = value[1];
  }
}

void lognormal_block(std::array<double, kBlockDraws>& draws, double mu, double sigma) {
  if (!(std::fabs(mu) + std::fabs(sigma) * kMostQuantile < kSureExponent)) {
    for (double& each : draws) {
      each = exp(mu + sigma * normal_quantile(each));
    }
    return;
  }
  std::array<double, kBlockDraws> z;
  for (std::size_t i = 0; i < kBlockDraws; i += kLanes) {
    const Reals middle = middle_of(Reals{draws[i], draws[i + 1]});
    z[i] = middle[0];
    z[i + 1] = middle[1];
  }
  fill_tails(draws, z);
  for (std::size_t i = 0; i < kBlockDraws; i += kLanes) {
    const Reals value = exp_of(mu + sigma * Reals{z[i], z[i + 1]});
    draws[i] = value[0];
    draws[i + 1] = value[1];
  }
}

}  // namespace rehearse
