#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "harness/stats/effect.hpp"

namespace rehearse::stats {

// The luck of a bootstrap, drawn once and shared by every metric of a comparison: resample b draws
// from DrawKey(seed, b, side, Dimension::Bootstrap), so results are the same on any number of
// threads and in any order. Safe to share between threads. 10,000 resamples put a 5% tail within
// 0.4 points.
class Resampling {
 public:
  explicit Resampling(std::uint64_t seed = 1, std::uint32_t resamples = 10'000);

  std::uint32_t count() const { return count_; }

  // A stream of places in a sample for resample b of one side (0 before, 1 after).
  class Places {
   public:
    Places(std::uint64_t state, std::uint64_t size) : state_(state), size_(size) {}
    // The next place, in [0, size); size up to 2^32.
    std::size_t next();
    // The next 64 fair coins.
    std::uint64_t coins();

   private:
    std::uint64_t state_;
    std::uint64_t size_;
  };
  Places places(std::uint32_t b, unsigned side, std::uint64_t size) const;

  // Standard normals, one a resample; the two sides are independent.
  std::span<const double> normals(unsigned side) const { return normals_[side & 1]; }

  // Where in an ascending sample of n the q-quantile of a resample falls, by the normal score of
  // its probability: n times the Beta((n+1)q, (n+1)(1-q)) inverse (Harrell and Davis, Biometrika
  // 1982, have its density as weights), tabled at kKnots scores, linear between.
  class OrderTable {
   public:
    OrderTable(std::uint64_t n, double q);
    // A place in [0, n).
    std::size_t place(double normal_score) const;

   private:
    std::uint64_t n_;
    std::vector<double> position_;
  };
  std::shared_ptr<const OrderTable> order_table(std::uint64_t n, double q) const;

 private:
  std::uint64_t seed_;
  std::uint32_t count_;
  std::vector<double> normals_[2];
  mutable std::mutex mutex_;
  mutable std::map<std::pair<std::uint64_t, double>, std::shared_ptr<const OrderTable>> tables_;
};

// ln(mean after / mean before) with the bootstrap-t interval (Efron and Tibshirani 1993, §12.5;
// Hall 1988), the standard error by the delta method. Percentile bootstraps are too narrow here:
// 14% false alarms at n = 5. Past 500 values a sample is cut into 128 or more runs of neighbours
// and their means are resampled: the mean of means has the same skewness and the cost no longer
// grows with n. Values are finite and not negative, both means above zero, at least two values a
// side.
Effect ratio_of_means(std::span<const double> before, std::span<const double> after,
                      const Resampling& luck, double alpha = 0.05);
// The same for pairs (equal sizes): pairs are resampled. Where the two sides are exchangeable but
// for a factor, random halves give an exact interval (Hartigan, JASA 1969, typical values: the
// inverse of the sign-flip test); rare slow modes fool the bootstrap-t alone (10% false alarms at n
// = 36), so each end is the wider one of both, and the p-value the larger.
Effect paired_ratio_of_means(std::span<const double> before, std::span<const double> after,
                             const Resampling& luck, double alpha = 0.05);

// ln(q-quantile after / q-quantile before) of ascending samples; the percentile interval of a
// bootstrap that draws the order statistic's place instead of resampling the data. Values are
// finite and not negative, both samples not empty. Whether they can carry q: min_samples().
Effect quantile_ratio(std::span<const double> before, std::span<const double> after, double q,
                      const Resampling& luck, double alpha = 0.05);
// The same for pairs, given in the order of the pairs beside their ascending copies: the two places
// are drawn with the correlation that "below my quantile" has between the sides (Bahadur 1966: a
// sample quantile moves with that count alone).
struct PairedSamples {
  std::span<const double> before;
  std::span<const double> after;
  std::span<const double> before_ascending;
  std::span<const double> after_ascending;
};
Effect paired_quantile_ratio(const PairedSamples& samples, double q, const Resampling& luck,
                             double alpha = 0.05);

}  // namespace rehearse::stats
