#include "harness/base/math.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "harness/base/math_series.hpp"

namespace rehearse {
namespace {

double power_of_two(int k) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52);
}

template <std::size_t N>
double horner(const std::array<double, N>& coefficients, double x) {
  double sum = coefficients[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) {
    sum = sum * x + coefficients[i];
  }
  return sum;
}

}  // namespace

double ln(double x) {
  if (!(x > 0)) {
    return x == 0 ? -std::numeric_limits<double>::infinity()
                  : std::numeric_limits<double>::quiet_NaN();
  }
  if (x == std::numeric_limits<double>::infinity()) {
    return x;
  }
  int exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= power_of_two(54);
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000F'FFFF'FFFF'FFFFULL) | 0x3FF0'0000'0000'0000ULL);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  const double f = m - 1;
  const double s = f / (2 + f);
  const double z = s * s;
  const double tail = 2 * z * horner(series::kAtanh, z);  // (ln m - 2s) / s
  // 2s = f - s f, so ln m = f - (f - tail) s: keeps the leading term exact.
  const double k = exponent;
  return k * series::kLn2High + (f - (s * (f - tail) - k * series::kLn2Low));
}

double exp(double x) {
  if (!(x == x)) {
    return x;
  }
  if (x > 709.782712893384) {
    return std::numeric_limits<double>::infinity();
  }
  if (x < -745.2) {
    return 0;
  }
  const double k = std::floor(x * series::kLog2OfE + 0.5);
  const double r = (x - k * series::kLn2High) - k * series::kLn2Low;
  const double value = horner(series::kExp, r);
  const int n = static_cast<int>(k);
  if (n > 1023) {
    return value * power_of_two(1023) * 2;
  }
  return n >= -1022 ? value * power_of_two(n) : value * power_of_two(n + 60) * power_of_two(-60);
}

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::fabs(q) <= series::kMiddle) {
    const double r = series::kMiddleSquare - q * q;
    return q * horner(series::kA, r) / horner(series::kB, r);
  }
  const double tail = std::sqrt(-ln(q < 0 ? p : 1 - p));
  const double x = tail <= series::kFarTail
                       ? horner(series::kC, tail - 1.6) / horner(series::kD, tail - 1.6)
                       : horner(series::kE, tail - 5) / horner(series::kF, tail - 5);
  return q < 0 ? -x : x;
}

double normal_cdf(double x) {
  const double size = std::fabs(x);
  if (size > 8.2) {
    return x < 0 ? 0x1p-54 : 1 - 0x1p-53;
  }
  const double density = exp(-x * x / 2) * 0.39894228040143267794;
  if (size < 3) {
    // Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/(3*5) + ...): Abramowitz and Stegun 26.2.11.
    double term = x;
    double sum = x;
    for (int i = 3; std::fabs(term) > 1e-17; i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  // The tail as a continued fraction: Abramowitz and Stegun 26.2.14.
  double fraction = size;
  for (int i = 60; i > 0; --i) {
    fraction = size + i / fraction;
  }
  const double tail = density / fraction;
  return x < 0 ? tail : 1 - tail;
}

}  // namespace rehearse
