#include "harness/base/math.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace rehearse {
namespace {

// ln 2 in two parts: the first has 32 trailing zero bits, so k * kLn2High is exact.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;

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
  // ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716: the series to s^23.
  static constexpr std::array<double, 11> kSeries{1.0 / 3,  1.0 / 5,  1.0 / 7,  1.0 / 9,
                                                  1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17,
                                                  1.0 / 19, 1.0 / 21, 1.0 / 23};
  const double f = m - 1;
  const double s = f / (2 + f);
  const double z = s * s;
  const double tail = 2 * z * horner(kSeries, z);  // (ln m - 2s) / s
  // 2s = f - s f, so ln m = f - (f - tail) s: keeps the leading term exact.
  const double k = exponent;
  return k * kLn2High + (f - (s * (f - tail) - k * kLn2Low));
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
  const double k = std::floor(x * 1.44269504088896338700 + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  static constexpr std::array<double, 14> kSeries{1.0,
                                                  1.0,
                                                  1.0 / 2,
                                                  1.0 / 6,
                                                  1.0 / 24,
                                                  1.0 / 120,
                                                  1.0 / 720,
                                                  1.0 / 5040,
                                                  1.0 / 40320,
                                                  1.0 / 362880,
                                                  1.0 / 3628800,
                                                  1.0 / 39916800,
                                                  1.0 / 479001600,
                                                  1.0 / 6227020800.0};
  const double value = horner(kSeries, r);
  const int n = static_cast<int>(k);
  if (n > 1023) {
    return value * power_of_two(1023) * 2;
  }
  return n >= -1022 ? value * power_of_two(n) : value * power_of_two(n + 60) * power_of_two(-60);
}

double normal_quantile(double p) {
  static constexpr std::array<double, 8> kA{3.3871328727963666080e0,  1.3314166789178437745e+2,
                                            1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                            4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                            3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr std::array<double, 8> kB{1.0,
                                            4.2313330701600911252e+1,
                                            6.8718700749205790830e+2,
                                            5.3941960214247511077e+3,
                                            2.1213794301586595867e+4,
                                            3.9307895800092710610e+4,
                                            2.8729085735721942674e+4,
                                            5.2264952788528545610e+3};
  static constexpr std::array<double, 8> kC{1.42343711074968357734e0,  4.63033784615654529590e0,
                                            5.76949722146069140550e0,  3.64784832476320460504e0,
                                            1.27045825245236838258e0,  2.41780725177450611770e-1,
                                            2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr std::array<double, 8> kD{1.0,
                                            2.05319162663775882187e0,
                                            1.67638483018380384940e0,
                                            6.89767334985100004550e-1,
                                            1.48103976427480074590e-1,
                                            1.51986665636164571966e-2,
                                            5.47593808499534494600e-4,
                                            1.05075007164441684324e-9};
  static constexpr std::array<double, 8> kE{6.65790464350110377720e0,  5.46378491116411436990e0,
                                            1.78482653991729133580e0,  2.96560571828504891230e-1,
                                            2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                            2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr std::array<double, 8> kF{1.0,
                                            5.99832206555887937690e-1,
                                            1.36929880922735805310e-1,
                                            1.48753612908506148525e-2,
                                            7.86869131145613259100e-4,
                                            1.84631831751005468180e-5,
                                            1.42151175831644588870e-7,
                                            2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * horner(kA, r) / horner(kB, r);
  }
  const double tail = std::sqrt(-ln(q < 0 ? p : 1 - p));
  const double x = tail <= 5 ? horner(kC, tail - 1.6) / horner(kD, tail - 1.6)
                             : horner(kE, tail - 5) / horner(kF, tail - 5);
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
