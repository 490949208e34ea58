#pragma once

#include "harness/base/result.hpp"
#include "harness/cli/arguments.hpp"
#include "harness/cli/console.hpp"
#include "harness/record/comparison.hpp"

namespace rehearse::cli {

// Runs both sides of `compare SCENARIO --before V --after V` into one run file and compares them:
// once, or with --until-decided at growing numbers of seeds until there is a verdict or a budget is
// used up.
struct ComparedVariants {
  record::Comparison comparison;
  bool aborted = false;  // a side missed an --abort-on objective
};
Result<ComparedVariants> compare_variants(const Arguments& arguments,
                                          const record::ComparisonOptions& options, bool detailed,
                                          const Console& console);

// What charts need of one side (of several seeds: the counters of all of them, the traces of the
// first), and of a comparison of two.
std::shared_ptr<const record::RunDetail> detail_of(const record::PointsOf& points,
                                                   const record::ComparisonSide& side);
void add_detail(const record::PointsOf& before, const record::PointsOf& after,
                const record::ComparisonSides& sides, record::Comparison& comparison);

// Compares points of run files; `detailed` adds what charts need.
Result<record::Comparison> compare_points(const record::PointsOf& before,
                                          const record::PointsOf& after,
                                          const record::ComparisonOptions& options, bool detailed);

}  // namespace rehearse::cli
