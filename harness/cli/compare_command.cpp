#include <filesystem>

#include "harness/cli/command.hpp"
#include "harness/cli/estimate.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/cli/run_file_flags.hpp"
#include "harness/cli/run_point.hpp"
#include "harness/cli/run_watch.hpp"
#include "harness/cli/scenario_flags.hpp"
#include "harness/record/comparison.hpp"
#include "harness/study/grid.hpp"

namespace rehearse::cli {
namespace {

// What is compared: one run file with a point for each side, or two run files.
struct Sides {
  record::Run before;
  record::Run after;
  std::size_t after_point = 0;
  bool aborted = false;  // a side missed an --abort-on objective
};

// One side of `compare SCENARIO --before V --after V`, as it is to run.
Result<scenarios::Scenario> make_side(const scenarios::ScenarioFile& file,
                                      const Arguments& arguments, std::string_view side,
                                      const RunSetup& setup) {
  Result<scenarios::Selection> selection = read_selection(arguments);
  if (!selection) {
    return selection.errors();
  }
  for (std::string& name : study::split_variants(arguments.text(side).value_or("base"))) {
    selection->variants.push_back(std::move(name));
  }
  Result<scenarios::Scenario> scenario = make_scenario(file, *selection, arguments);
  if (!scenario) {
    return scenario;
  }
  const Status against = check_against(*scenario, setup.world.against);
  const Status reachable = check_live(*scenario, setup.world.against);
  const Status abortable = check_abort_on(*scenario, setup);
  if (!against || !reachable || !abortable) {
    return !against ? against.errors() : !reachable ? reachable.errors() : abortable.errors();
  }
  const Status allowed = allow_spending(*scenario, setup, arguments.has("yes"));
  if (!allowed) {
    return allowed.errors();
  }
  return scenario;
}

// Runs a side into the common run file.
Result<PointResult> run_side(const scenarios::Scenario& scenario, std::string_view side,
                             const RunSetup& setup, record::RunWriter& writer,
                             const Console& console) {
  RunSetup own = setup;
  own.point = std::string(side);
  return run_point(scenario, own, &writer, console);
}

Result<Sides> run_both(const Arguments& arguments, const Console& console) {
  const Result<scenarios::ScenarioFile> file =
      scenarios::load_scenario(arguments.positional().front());
  if (!file) {
    return file.errors();
  }
  const Result<RunSetup> setup = read_setup(arguments, file->folder());
  if (!setup) {
    return setup.errors();
  }
  const auto before = make_side(*file, arguments, "before", *setup);
  const auto after = make_side(*file, arguments, "after", *setup);
  if (!before || !after) {
    return !before ? before.errors() : after.errors();
  }
  const auto writer = create_run_file(arguments, file->name() + "-compare");
  if (!writer) {
    return writer.errors();
  }
  Result<PointResult> ran = run_side(*before, "before", *setup, **writer, console);
  bool aborted = ran && ran->aborted;
  if (ran && !interrupted()) {
    ran = run_side(*after, "after", *setup, **writer, console);
    aborted = aborted || (ran && ran->aborted);
  }
  if (!ran) {
    std::error_code ignored;
    std::filesystem::remove((*writer)->path(), ignored);
    return ran.errors();
  }
  const std::filesystem::path path = (*writer)->path();
  const Status closed = (*writer)->close();
  if (!closed) {
    return closed.errors();
  }
  console.say("run file: " + path.string());
  Result<record::Run> run = record::load_run(path);
  if (!run) {
    return run.errors();
  }
  return Sides{*run, *run, 1, aborted};
}

Result<Sides> load_both(const Arguments& arguments) {
  Result<record::Run> before = record::load_run(arguments.positional()[0]);
  Result<record::Run> after = record::load_run(arguments.positional()[1]);
  Errors errors;
  for (const Result<record::Run>* run : {&before, &after}) {
    if (!*run) {
      errors.insert(errors.end(), run->errors().begin(), run->errors().end());
    } else if ((*run)->points.size() != 1) {
      errors.push_back({(*run)->path.string(), "holds " + std::to_string((*run)->points.size()) +
                                                   " points: expected a single run to compare"});
    }
  }
  if (!errors.empty()) {
    return errors;
  }
  return Sides{std::move(before).value(), std::move(after).value(), 0, false};
}

Result<record::Comparison> compare_sides(const Sides& sides, const Arguments& arguments) {
  const auto tolerance = arguments.number("tolerance", 0, 1);
  if (!tolerance) {
    return tolerance.errors();
  }
  const auto before = record::load_side(sides.before, 0);
  const auto after = record::load_side(sides.after, sides.after_point);
  if (!before || !after) {
    return before ? after.errors() : before.errors();
  }
  record::ComparisonOptions options;
  options.force = arguments.has("force");
  options.tolerance = tolerance->value_or(options.tolerance);
  return record::compare(*before, *after, options);
}

int compare(const Arguments& arguments, const Console& console) {
  const Result<ReportOutput> output = ReportOutput::make(arguments, console);
  if (!output) {
    return console.refuse(output.errors());
  }
  const bool of_scenario = arguments.positional().size() == 1;
  if (of_scenario && !arguments.has("after")) {
    const bool half = arguments.has("before");
    console.fail(
        Error{"compare", half ? "--after is missing: name the variants of the second side, or base"
                              : "expected two run files, or a scenario with --before and --after"});
    return kUsage;
  }
  const Result<Sides> sides = of_scenario ? run_both(arguments, console) : load_both(arguments);
  if (!sides) {
    return console.refuse(sides.errors());
  }
  if (sides->after_point >= sides->after.points.size()) {
    console.say("interrupted before the second side began");
    return kInterrupted;
  }
  const Result<record::Comparison> comparison = compare_sides(*sides, arguments);
  if (!comparison) {
    return console.refuse(comparison.errors());
  }
  const Status written = output->write(
      console, [&](const reports::Writer& writer) { return writer.comparison(*comparison); });
  if (!written) {
    return console.refuse(written.errors());
  }
  return interrupted() ? kInterrupted : sides->aborted ? kFailed : kPass;
}

}  // namespace

Command compare_command() {
  using Kind = Flag::Kind;
  Usage usage{
      .verb = "compare",
      .positional = "BEFORE AFTER | SCENARIO",
      .summary = "Compares two runs, or two variants of a scenario with the same luck.",
      .flags = {{"before", "A+B", "variants of the first side; base for none", Kind::Text},
                {"after", "A+B", "variants of the second side", Kind::Text},
                {"tolerance", "SHARE", "changes inside it are the same; 0.02", Kind::Text},
                {"force", "", "compares runs of different scenarios too", Kind::Switch}},
      .least = 1,
      .most = 2,
      .example =
          "rehearse compare scenarios/auto-post.json --before base --after optimised --jobs 1000"};
  for (const std::vector<Flag>& more :
       {selection_flags(), load_flags(), world_flags(), report_flags()}) {
    usage.flags.insert(usage.flags.end(), more.begin(), more.end());
  }
  return {std::move(usage), &compare};
}

}  // namespace rehearse::cli
