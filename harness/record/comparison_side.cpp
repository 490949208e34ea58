#include <algorithm>

#include "harness/record/comparison.hpp"
#include "harness/record/replications.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::record {
namespace {

constexpr std::size_t kMostTraces = 20'200;  // first, sampled and failed ones
constexpr unsigned kSeedShift = 44;          // where the seed stands in a job's id

Status load_rows(const Run& run, std::size_t point, std::uint64_t mark, ComparisonSide& side) {
  Result<std::vector<JobRecord>> jobs = load_jobs(run, point);
  if (!jobs.ok()) {
    return jobs.errors();
  }
  Result<std::vector<JobTrace>> traces = load_traces(run, point, kMostTraces);
  if (!traces.ok()) {
    return traces.errors();
  }
  for (JobRecord& job : *jobs) {
    job.id.value += mark;
    side.jobs.push_back(job);
  }
  for (JobTrace& trace : *traces) {
    trace.job.id.value += mark;
    side.traces.push_back(std::move(trace));
  }
  return Done{};
}

void match_single(const PointsOf& single, PointsOf& several) {
  const std::uint64_t seed = single.run.points[single.points.front()].header.seed;
  std::size_t chosen = several.points.front();
  for (const std::size_t point : several.points) {
    if (several.run.points[point].header.seed == seed) {
      chosen = point;
      break;
    }
  }
  several.points = {chosen};
}

Status check_points(const PointsOf& side) {
  if (are_replications(side.run, side.points)) {
    return Done{};
  }
  return Error{side.run.path.string(),
               "holds " + std::to_string(side.points.size()) +
                   " points that differ in more than their seed: expected one run, or several "
                   "seeds of it"};
}

}  // namespace

Result<ComparisonSide> load_side(const Run& run, std::size_t point) {
  return load_side(run, std::vector<std::size_t>{point});
}

Result<ComparisonSide> load_side(const Run& run, const std::vector<std::size_t>& points) {
  ComparisonSide side{run.points[points.front()], {}, {}, {}};
  if (points.size() == 1) {
    const Status loaded = load_rows(run, points.front(), 0, side);
    return loaded ? Result(std::move(side)) : loaded.errors();
  }
  for (const std::size_t point : points) {
    side.seeds.push_back(&run.points[point]);
    if (!side.point.header.isolated) {
      continue;
    }
    const Status loaded = load_rows(run, point, run.points[point].header.seed << kSeedShift, side);
    if (!loaded) {
      return loaded.errors();
    }
  }
  std::sort(side.jobs.begin(), side.jobs.end(),
            [](const JobRecord& a, const JobRecord& b) { return a.id < b.id; });
  std::sort(side.traces.begin(), side.traces.end(),
            [](const JobTrace& a, const JobTrace& b) { return a.job.id < b.job.id; });
  return side;
}

Result<ComparisonSides> load_sides(PointsOf before, PointsOf after) {
  for (const PointsOf* const side : {&before, &after}) {
    const Status fits = check_points(*side);
    if (!fits) {
      return fits.errors();
    }
  }
  if (before.points.size() == 1) {
    match_single(before, after);
  } else if (after.points.size() == 1) {
    match_single(after, before);
  }
  Result<ComparisonSide> left = load_side(before.run, before.points);
  if (!left) {
    return left.errors();
  }
  Result<ComparisonSide> right = load_side(after.run, after.points);
  if (!right) {
    return right.errors();
  }
  return ComparisonSides{std::move(left).value(), std::move(right).value()};
}

}  // namespace rehearse::record
