#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/stats/effect.hpp"

namespace rehearse::stats {

// What is read off each batch of one long run.
struct BatchStatistic {
  std::optional<double> quantile;  // nullopt: the mean

  // Of values in any order; not empty.
  double of(std::span<const double> values) const;
};

// One long run cut into equal neighbouring batches, so long that their statistics are nearly
// independent although the values are not (Schmeiser, Operations Research 1982).
struct Batches {
  std::vector<double> values;  // the statistic of each batch, in the order of time
  double whole = 0;            // the statistic of the whole run, for display
  double lag1 = 0;             // first autocorrelation of `values`

  // The mean of `values`, which intervals are about. Not `whole`: the p95 of a whole run leans on
  // its worst batches and varies more than the spread of the batches tells (14% false alarms, not
  // 5%).
  double centre() const;
};

// 10 batches; 5 where the lag-1 autocorrelation of the 10 exceeds 0.3; nullopt where it still does,
// or under 2 values a batch (run longer, or replicate). Values are in the order of time. The last n
// mod 10 values count in `whole` alone.
std::optional<Batches> batches_of(std::span<const double> values, BatchStatistic statistic = {});

// The first autocorrelation, 0 for constants and under 2 values.
double lag1_autocorrelation(std::span<const double> values);

// How many independent values would tell as much about the mean as these, in the order of time: n
// over the integrated autocorrelation time by Geyer's initial monotone sequence (Statistical
// Science 1992, §3.3), of up to 1000 means of neighbours. In [0, n]; n for constants. A series that
// is short against its own correlation looks more independent than it is, though never like many
// values: at 90% load 100 response times of an M/M/1 queue count as 3 to 14, 10,000 as 13 to 68 (27
// are true), 50,000 as 66 to 190 (138).
double independent_values(std::span<const double> values);

// Batches of a run that tells less than this are no samples: their lag-1 autocorrelation cannot be
// seen in 10 of them, and an interval over them misses far more often than it says (half of the
// time for 100 response times at 90% load).
inline constexpr double kFewestIndependent = 60;

// centre +- t s / sqrt(batches), Student's t.
Interval batch_interval(const Batches& batches, double confidence = 0.95);

// How much wider an interval over batches is to be because neighbouring batches still have
// something in common: sqrt(1 + 3 / L), L being the independent values that one batch tells as much
// as. Where correlation falls exponentially, 10 batches understate the variance by 0.5 / L to 1.1 /
// L (Schmeiser 1982 has the trade-off); the slower fall in a busy queue, and that a run passes for
// longer than it is just where it looks calm, take more. 3 keeps every cell of
// reports/ERROR_RATES.md under its rate (2 leaves AR(1) .9, n = 1000, at 7.4%, none at 10%).
double batch_widening(double independent_values, std::size_t batches);

// The same effect with both intervals `factor` times as wide, and the p-value of that.
Effect widened(const Effect& effect, double factor);

// ln(after / before) of two such runs: delta method, Welch's t (1947) with Satterthwaite's degrees
// of freedom. Both wholes > 0.
Effect batch_ratio(const Batches& before, const Batches& after, double alpha = 0.05);

// How many of the first values to cut as warm-up: MSER-5 (White 1997; Hoad, Robinson and Davies
// 2010): the d that minimises the squared standard error of what is left, over means of 5, never
// more than `most` of the values. For a cold start; never for a series that may be saturated, where
// it cuts the long queues and makes the bias worse.
std::size_t mser5(std::span<const double> values, double most = 0.25);

}  // namespace rehearse::stats
