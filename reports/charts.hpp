#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/record/capacity.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/model_check.hpp"
#include "harness/record/run_detail.hpp"
#include "harness/record/suggestion.hpp"
#include "harness/record/summary.hpp"
#include "harness/stats/histogram.hpp"
#include "reports/page.hpp"

// What is drawn: data of a few hundred points each, whatever the run, with its table.
namespace rehearse::reports {

// The unit of an axis whose largest value is `most_s`: "us", "ms", "s", "min" or "h".
struct TimeUnit {
  double seconds = 1;
  const char* name = "s";
  double of(double s) const { return s / seconds; }
};
TimeUnit time_unit(double most_s);

// An array for `data`; absent and non-finite numbers are null.
json::Value numbers(std::initializer_list<std::optional<double>> values);
// The same at the end of an array.
void push_numbers(json::Value& row, std::initializer_list<std::optional<double>> values);

// One side of a drawing: a whole run, or before and after.
struct ChartSide {
  std::string name;
  const char* tone = "main";  // a colour of page.js: main, before, after
  const record::RunSummary* run = nullptr;
  std::uint64_t runs = 1;  // that its figures are of, laid over each other
};

// An objective, or a delta between two sides, and how it came out.
struct ChartLimit {
  std::string text;
  Tone tone = Tone::Plain;
};

// Cumulative shares of jobs by response time, with 95% bands where jobs share nothing; `limits` on
// quantiles, shares and the maximum of the response stand in it. Sides whose detail is missing are
// left out; none left: nullopt. So do the others below.
std::optional<Chart> distribution_chart(std::span<const ChartSide> sides,
                                        std::span<const ChartLimit> limits = {});
// Jobs by how much their response changed.
std::optional<Chart> difference_chart(const record::PairedDifferences& differences);
// What happened over the run: rates, jobs in flight, latency, failures, limits hit.
std::optional<Chart> timeline_chart(std::span<const ChartSide> sides);
// Mean response of the stages.
std::optional<Chart> stage_chart(const record::RunSummary& run);
std::optional<Chart> stage_change_chart(const record::Comparison& comparison, const Table& table);
// Changes with their intervals; the table says all that the drawing does.
std::optional<Chart> change_chart(const record::Comparison& comparison, const Table& table);
// Of a grid: response, throughput and cost along its longest axis of numbers with the knee; heat
// maps of pairs of axes; cost against latency.
std::vector<Chart> sweep_charts(std::span<const record::RunSummary> points);
std::optional<Chart> pareto_chart(std::span<const record::RunSummary> points);
// Of a capacity plan: objectives against the load with their limits and the knee, and today's load;
// what runs out there. The table says all that the second draws.
std::optional<Chart> load_chart(const record::CapacityKnee& knee, std::optional<double> today);
std::optional<Chart> limits_chart(const record::CapacityKnee& knee, const Table& table);
// What each suggestion saves of the p50 and of the cost, ranked.
std::optional<Chart> gains_chart(const record::Suggestions& all, const Table& table);
// Errors of predicted quantiles against their bound.
std::optional<Chart> model_error_chart(const record::ModelCheck& check, const Table& table);

}  // namespace rehearse::reports
