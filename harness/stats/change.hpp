#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/stats/bootstrap.hpp"
#include "harness/stats/rate_interval.hpp"
#include "harness/stats/verdict.hpp"

namespace rehearse::stats {

// What of a metric is compared.
class Statistic {
 public:
  static Statistic mean() { return Statistic(Kind::Mean, 0); }
  // q in (0, 1).
  static Statistic quantile(double q);
  // The Hodges-Lehmann shift of the logarithms: the typical ratio, for 5 to 30 samples.
  static Statistic location() { return Statistic(Kind::Location, 0); }

  bool is_mean() const { return kind_ == Kind::Mean; }
  bool is_location() const { return kind_ == Kind::Location; }
  bool is_quantile() const { return kind_ == Kind::Quantile; }
  double q() const { return q_; }
  // "mean", "location", "p50", "p99.9".
  std::string text() const;
  // The fewest samples a side that can carry a verdict: 6 pairs for a mean or a location (sign
  // flips cannot reach 5% with fewer), unpaired 5 and 4; min_samples() for a quantile.
  std::uint64_t floor(bool paired, double alpha) const;

 private:
  enum class Kind { Mean, Quantile, Location };
  Statistic(Kind kind, double q) : kind_(kind), q_(q) {}
  Kind kind_;
  double q_;
};

// mean, p50, p90, p95, p99.
std::vector<Statistic> usual_statistics();

struct ChangeOptions {
  bool paired = false;      // before[i] and after[i] met the same luck, and pairs share nothing
  double tolerance = 0.10;  // relative: 10% for latency; 5% is usual for cost
  double alpha = 0.05;      // false alarms a test
  Better better = Better::Lower;
};

// One row of a comparison. Ratios are after / before - 1 (0.05: 5% more). What the samples cannot
// carry is nullopt; nothing is ever NaN or infinite.
struct Change {
  std::string statistic;
  std::uint64_t count_before = 0;
  std::uint64_t count_after = 0;
  std::optional<double> before;  // in the metric's unit; of a location: the medians
  std::optional<double> after;
  std::optional<double> change;
  std::optional<Interval> interval;  // 1 - alpha
  Verdict verdict = Verdict::Inconclusive;
  bool beyond_tolerance = false;
  std::uint64_t more_samples = 0;  // a side, to decide an inconclusive one
  std::optional<double> p_value;   // for holm() and benjamini_hochberg()
  std::string method;  // "bootstrap-t", "order statistics", "signed rank", "rank sum", ...
  std::string note;    // why something is missing: "needs 36 samples, found 12"
};

// Compares the samples of one metric, a row for each statistic, in their order. Values that are not
// finite or below zero make every row inconclusive with a note; so do unequal sizes of pairs. Equal
// samples are Same. O(n log n) and luck.count() draws a row.
std::vector<Change> compare_samples(std::span<const double> before, std::span<const double> after,
                                    std::span<const Statistic> statistics, const Resampling& luck,
                                    const ChangeOptions& options = {});

// Compares two rates: `change` is the *difference* (0.005: half a point more), by Miettinen and
// Nurminen; p by Fisher's exact test under 10 hits or misses, else from the score. tolerance is
// absolute.
Change compare_rates(Rate before, Rate after, double tolerance = 0.005, double alpha = 0.05);

}  // namespace rehearse::stats
