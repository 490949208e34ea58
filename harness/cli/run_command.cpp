#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>
#include <thread>

#include "harness/cli/app_drive.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/estimate.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/cli/run_file_flags.hpp"
#include "harness/cli/run_point.hpp"
#include "harness/cli/run_seeds.hpp"
#include "harness/cli/run_watch.hpp"
#include "harness/cli/scenario_flags.hpp"
#include "harness/cli/shared_cost.hpp"
#include "harness/cli/world.hpp"
#include "harness/record/run_detail.hpp"
#include "harness/record/summary.hpp"
#include "harness/study/grid.hpp"

namespace rehearse::cli {
namespace {

// One point that is ready to run.
struct Prepared {
  scenarios::Scenario scenario;
  RunSetup setup;
};

// Everything that can be wrong is found before anything runs or is written.
Result<std::vector<Prepared>> prepare(const scenarios::ScenarioFile& file,
                                      const Arguments& arguments) {
  Result<scenarios::Selection> selection = read_selection(arguments);
  if (!selection) {
    return selection.errors();
  }
  Result<RunSetup> setup = read_setup(arguments, file.folder());
  if (!setup) {
    return setup.errors();
  }
  const auto points = read_grid(arguments, file, *selection);
  if (!points) {
    return points.errors();
  }
  std::vector<Prepared> out;
  for (const study::GridPoint& point : *points) {
    Result<scenarios::Scenario> scenario = make_scenario(file, point.selection, arguments);
    if (!scenario) {
      Errors errors = scenario.errors();
      for (Error& error : errors) {
        error.what += point.name.empty() ? "" : " (at " + point.name + ")";
      }
      return errors;
    }
    Prepared prepared{std::move(scenario).value(), *setup};
    prepared.setup.point = point.name;
    prepared.setup.axes = arguments.has("sweep") ? point.axes : json::Value();
    if (points->size() > 1) {
      prepared.setup.progress = false;
      if (setup->world.against.is_sim()) {  // what was waited for is kept: a what-if may need it
        prepared.setup.keep = record::KeepRule::nothing();
      }
    }
    const auto profiles = load_profiles(prepared.scenario, prepared.setup.world.folder);
    const Status drivable = check_drive(prepared.scenario, prepared.setup);
    const Status against = check_against(prepared.scenario, prepared.setup.world.against);
    const Status abortable = check_abort_on(prepared.scenario, prepared.setup);
    if (!profiles || !drivable || !against || !abortable) {
      return !profiles   ? profiles.errors()
             : !drivable ? drivable.errors()
             : !against  ? against.errors()
                         : abortable.errors();
    }
    // A dry run sends nothing, so it needs no keys.
    const Status reachable = arguments.has("dry-run")
                                 ? Status(Done{})
                                 : check_live(prepared.scenario, prepared.setup.world.against);
    if (!reachable) {
      return reachable.errors();
    }
    out.push_back(std::move(prepared));
  }
  const auto seeds = read_seeds(arguments, 1);
  if (!seeds) {
    return seeds.errors();
  }
  if (*seeds > 1 && out.size() > 1) {
    return Error{"--seeds", "goes with a single run: a sweep of several seeds each is not made"};
  }
  if (*seeds > 1) {
    std::vector<Prepared> replications;
    for (std::uint64_t i = 0; i < *seeds; ++i) {
      replications.push_back(
          {out.front().scenario, with_seed(out.front().scenario, out.front().setup, {"", i})});
    }
    return replications;
  }
  return out;
}

// Runs every point, virtual ones on all cores; what comes out does not depend on their number.
// Points without their turn, at an interrupt or because --max-cost was used up, are left out.
Result<std::vector<PointResult>> run_points(const std::vector<Prepared>& points,
                                            record::RunWriter* writer, const Console& console) {
  std::vector<std::optional<Result<PointResult>>> results(points.size());
  std::atomic<std::size_t> next = 0;
  SharedCost cost(points.front().setup);
  // A grid over real time runs one point after the other.
  const bool side_by_side = points.front().setup.world.against.is_sim() && points.size() > 1;
  const auto work = [&] {
    for (std::size_t i = next++; i < points.size() && !interrupted(); i = next++) {
      results[i] = run_point(points[i].scenario, cost.lend_to(points[i].setup), writer, console);
      if (!side_by_side && *results[i]) {
        cost.take_back(**results[i]);
        if (cost.used_up()) {
          return;
        }
      }
    }
  };
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; side_by_side && i < cores; ++i) {
    helpers.emplace_back(work);
  }
  work();
  helpers.clear();
  std::vector<PointResult> out;
  for (std::optional<Result<PointResult>>& result : results) {
    if (!result) {
      continue;
    }
    if (!*result) {
      return result->errors();
    }
    out.push_back(std::move(**result));
  }
  return out;
}

// The enforced objectives that nobody can judge, one line each: a gate must not pass by silence.
bool name_unjudged(const std::vector<record::RunSummary>& runs, const Console& console) {
  Errors unjudged;
  for (const record::RunSummary& run : runs) {
    for (const record::ObjectiveSummary& objective : run.objectives) {
      if (objective.info.level == "fail" && !objective.met) {
        const std::string& point = run.header.point;
        unjudged.push_back(
            {"objective \"" + objective.info.text + "\"" + (point.empty() ? "" : " at " + point),
             "cannot be judged" + (objective.why.empty() ? "" : ": " + objective.why)});
      }
    }
  }
  console.fail(unjudged);
  return !unjudged.empty();
}

struct RunsEnd {
  bool aborted = false;  // one of --abort-on
  bool whole = true;     // every point had its turn
};

int exit_code(const std::vector<record::RunSummary>& runs, bool enforce, RunsEnd end,
              const Console& console) {
  if (interrupted()) {
    return kInterrupted;
  }
  if (end.aborted) {
    return kFailed;
  }
  if (!enforce) {
    return kPass;
  }
  int code = name_unjudged(runs, console) || !end.whole ? kInconclusive : kPass;
  for (const record::RunSummary& run : runs) {
    for (const record::ObjectiveSummary& objective : run.objectives) {
      if (objective.info.level == "fail" && objective.met == false) {
        return kFailed;
      }
    }
    code = run.valid ? code : static_cast<int>(kInconclusive);
  }
  return code;
}

Status all_within_time(const std::vector<PointResult>& results, const std::string& scenario) {
  for (const PointResult& result : results) {
    Status counted = within_time(*result.point.end, scenario);
    if (!counted) {
      return counted;
    }
  }
  return Done{};
}

int print_estimates(const std::vector<Prepared>& points, const Console& console) {
  for (const Prepared& point : points) {
    const Result<Estimate> expected = estimate(point.scenario, point.setup);
    if (!expected) {
      return console.refuse(expected.errors());
    }
    console.out((point.setup.point.empty() ? "" : point.setup.point + ": ") + expected->text() +
                "\n");
  }
  return kPass;
}

int run_stages(const scenarios::ScenarioFile& file, const Arguments& arguments,
               const Console& console) {
  const Result<ReportOutput> output = ReportOutput::make(arguments, console);
  if (!output) {
    return console.refuse(output.errors());
  }
  const Result<std::vector<Prepared>> points = prepare(file, arguments);
  if (!points) {
    return console.refuse(points.errors());
  }
  if (arguments.has("dry-run")) {
    return print_estimates(*points, console);
  }
  std::vector<const scenarios::Scenario*> scenarios;
  for (const Prepared& point : *points) {
    scenarios.push_back(&point.scenario);
  }
  const Status allowed = allow_spending(scenarios, points->front().setup, arguments.has("yes"));
  if (!allowed) {
    return console.refuse(allowed.errors());
  }
  const auto writer = create_run_file(arguments, file.name());
  if (!writer) {
    return console.refuse(writer.errors());
  }
  const auto results = run_points(*points, writer->get(), console);
  const Status counted = results ? all_within_time(*results, file.name()) : Status(Done{});
  if (!counted) {
    const std::filesystem::path path = (*writer)->path();
    static_cast<void>((*writer)->close());
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return console.refuse(counted.errors());
  }
  const auto closed = close_run_file(arguments, **writer);
  if (!results || !closed) {
    console.fail(!results ? results.errors() : closed.errors());
    return kInternalError;
  }
  console.say("run file: " + closed->string());
  std::vector<record::RunSummary> summaries;
  for (const PointResult& result : *results) {
    summaries.push_back(record::summarise(result.point));
    if (output->wants_detail()) {
      summaries.back().detail =
          record::load_detail((*writer)->path(), summaries.size() - 1, result.point);
    }
  }
  if (results->size() == 1 && points->size() == 1 && points->front().setup.world.against.is_sim()) {
    console.say(fmt::format("run hash: {:#018x} (same seed, same scenario, same hash)",
                            results->front().hash));
  }
  if (summaries.empty()) {
    console.say("interrupted before the first point ended");
    return kInterrupted;
  }
  const Status written = output->write(console, [&](const reports::Writer& writer_of) {
    return points->size() == 1 ? writer_of.run(summaries.front()) : writer_of.sweep(summaries);
  });
  if (!written) {
    return console.refuse(written.errors());
  }
  RunsEnd end{.whole = results->size() == points->size()};
  for (const PointResult& result : *results) {
    end.aborted = end.aborted || result.aborted;
  }
  if (!end.whole && !interrupted()) {
    console.say(fmt::format("--max-cost was used up: {} of {} runs were not made",
                            points->size() - results->size(), points->size()));
  }
  return exit_code(summaries, arguments.has("enforce"), end, console);
}

int run(const Arguments& arguments, const Console& console) {
  const Result<scenarios::ScenarioFile> file =
      scenarios::load_scenario(arguments.positional().front());
  if (!file) {
    return console.refuse(file.errors());
  }
  return run_stages(*file, arguments, console);
}

}  // namespace

Command run_command() {
  Usage usage{.verb = "run",
              .positional = "SCENARIO",
              .summary = "Runs a scenario or a grid of it; reports where time and money go.",
              .flags = selection_flags(),
              .least = 1,
              .most = 1,
              .example = "rehearse run scenarios/auto-post.json --jobs 1000 --report run.md"};
  for (const std::vector<Flag>& more :
       {load_flags(), world_flags(), seeds_flags(), history_flags(), report_flags()}) {
    usage.flags.insert(usage.flags.end(), more.begin(), more.end());
  }
  for (Flag& flag : sweep_flags()) {
    usage.flags.push_back(std::move(flag));
  }
  usage.flags.push_back({"enforce", "",
                         "exit 99 where an objective of level fail is not met, 96 where "
                         "one cannot be judged or the run is invalid",
                         Flag::Kind::Switch});
  return {std::move(usage), &run};
}

}  // namespace rehearse::cli
