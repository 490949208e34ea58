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

// centre +- t s / sqrt(batches), Student's t.
Interval batch_interval(const Batches& batches, double confidence = 0.95);

// ln(after / before) of two such runs: delta method, Welch's t (1947) with Satterthwaite's degrees
// of freedom. Both wholes > 0.
Effect batch_ratio(const Batches& before, const Batches& after, double alpha = 0.05);

// How many of the first values to cut as warm-up: MSER-5 (White 1997; Hoad, Robinson and Davies
// 2010): the d that minimises the squared standard error of what is left, over means of 5, never
// more than `most` of the values. For a cold start; never for a series that may be saturated, where
// it cuts the long queues and makes the bias worse.
std::size_t mser5(std::span<const double> values, double most = 0.25);

}  // namespace rehearse::stats
