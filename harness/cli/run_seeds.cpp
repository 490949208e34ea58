#include "harness/cli/run_seeds.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "harness/cli/interrupt.hpp"
#include "harness/cli/shared_cost.hpp"
#include "harness/cli/sharing.hpp"
#include "harness/cli/world.hpp"

namespace rehearse::cli {

std::vector<Flag> seeds_flags() {
  return {{"seeds", "N",
           "makes N runs with the seeds SEED, SEED+1, …: the samples of a comparison where jobs "
           "share queues, limits or caches",
           Flag::Kind::Text}};
}

Result<std::uint64_t> read_seeds(const Arguments& arguments, std::uint64_t otherwise) {
  const auto seeds = arguments.count("seeds", 1, 10'000);
  return seeds ? Result(seeds->value_or(otherwise)) : seeds.errors();
}

RunSetup with_seed(const scenarios::Scenario& scenario, const RunSetup& setup,
                   const Replication& which) {
  RunSetup out = setup;
  out.world.seed = setup.world.seed + which.number;
  out.axes = json::Value::object();
  if (!which.side.empty()) {
    out.axes.set("side", which.side);
    out.point = which.side;
  }
  if (which.alone) {
    return out;
  }
  out.progress = !setup.world.against.is_sim();
  out.axes.set("seed", static_cast<std::int64_t>(out.world.seed));
  out.point += (out.point.empty() ? "seed=" : ", seed=") + std::to_string(out.world.seed);
  if (!is_isolated(scenario, setup.world.folder)) {
    out.keep = record::KeepRule::nothing();
    out.keep.first_traces = which.number == 0 ? setup.keep.first_traces : 0;
  }
  return out;
}

std::vector<PlannedRun> interleave(const SidePlan& first, const SidePlan& second,
                                   const RunSetup& setup, SeedRange seeds) {
  const bool alone = seeds.from == 0 && seeds.to == 1;
  const auto plan = [&](const SidePlan& side, std::uint64_t number) {
    return PlannedRun{side.scenario, with_seed(*side.scenario, setup, {side.name, number, alone})};
  };
  std::vector<PlannedRun> out;
  for (std::uint64_t i = seeds.from; i < seeds.to; ++i) {
    out.push_back(plan(i % 2 == 0 ? first : second, i));
    out.push_back(plan(i % 2 == 0 ? second : first, i));
  }
  return out;
}

Result<PlannedEnd> run_planned(const std::vector<PlannedRun>& runs, record::RunWriter& writer,
                               const Console& console) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> aborted = false;
  const bool virtually = !runs.empty() && runs.front().setup.world.against.is_sim();
  std::mutex mutex;
  Errors errors;
  SharedCost cost(runs.empty() ? RunSetup() : runs.front().setup);
  const auto work = [&] {
    for (std::size_t i = next++; i < runs.size() && !interrupted() && !cost.used_up(); i = next++) {
      const RunSetup setup = cost.lend_to(runs[i].setup);
      const Result<PointResult> result = run_point(*runs[i].scenario, setup, &writer, console);
      const Status counted =
          result ? within_time(*result->point.end, runs[i].scenario->name) : Status(Done{});
      const std::lock_guard lock(mutex);
      if (!result || !counted) {
        const Errors& why = !result ? result.errors() : counted.errors();
        errors.insert(errors.end(), why.begin(), why.end());
        next = runs.size();
        return;
      }
      cost.take_back(*result);
      aborted = aborted || result->aborted;
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; virtually && i < std::thread::hardware_concurrency(); ++i) {
    helpers.emplace_back(work);
  }
  work();
  helpers.clear();
  if (!errors.empty()) {
    return Errors{errors.front()};
  }
  return PlannedEnd{aborted, cost.spent()};
}

std::vector<std::size_t> points_of_side(const record::Run& run, const std::string& side) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < run.points.size(); ++i) {
    const json::Value* const name = run.points[i].header.axes.find("side");
    if (name != nullptr && name->is_string() && name->as_string() == side) {
      out.push_back(i);
    }
  }
  std::sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
    return run.points[a].header.seed < run.points[b].header.seed;
  });
  return out;
}

}  // namespace rehearse::cli
