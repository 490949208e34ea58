#include "harness/cli/command.hpp"
#include "harness/cli/estimate.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/cli/run_file_flags.hpp"
#include "harness/cli/run_seeds.hpp"
#include "harness/cli/scenario_flags.hpp"
#include "harness/record/gate.hpp"
#include "harness/record/noise.hpp"

namespace rehearse::cli {
namespace {

constexpr std::uint64_t kRealSeeds = 5;

std::vector<const record::RunPoint*> side_of(const record::Run& run, const std::string& side) {
  std::vector<const record::RunPoint*> out;
  for (const std::size_t point : points_of_side(run, side)) {
    out.push_back(&run.points[point]);
  }
  return out;
}

Result<record::NoiseReport> measure(const Arguments& arguments, const Console& console) {
  const auto file = scenarios::load_scenario(arguments.positional().front());
  if (!file) {
    return file.errors();
  }
  const auto selection = read_selection(arguments);
  const auto setup = read_setup(arguments, file->folder());
  if (!selection || !setup) {
    return !selection ? selection.errors() : setup.errors();
  }
  const auto scenario = make_scenario(*file, *selection, arguments);
  if (!scenario) {
    return scenario.errors();
  }
  const bool sim = setup->world.against.is_sim();
  const auto seeds = read_seeds(arguments, sim ? kSimSeeds : kRealSeeds);
  if (!seeds) {
    return seeds.errors();
  }
  if (*seeds < 2) {
    return Error{"--seeds", "expected at least 2: one run says nothing of the noise between runs"};
  }
  const Status against = check_against(*scenario, setup->world.against);
  const Status reachable = check_live(*scenario, setup->world.against);
  const Status allowed = allow_spending({&*scenario}, *setup, arguments.has("yes"));
  for (const Status* const status : {&against, &reachable, &allowed}) {
    if (!*status) {
      return status->errors();
    }
  }
  const auto writer = create_run_file(arguments, file->name() + "-aa");
  if (!writer) {
    return writer.errors();
  }
  const SidePlan first{"a", &*scenario};
  const SidePlan second{"b", &*scenario};
  const auto ran = run_planned(interleave(first, second, *setup, {0, *seeds}), **writer, console);
  const Status closed = (*writer)->close();
  if (!ran || !closed) {
    return !ran ? ran.errors() : closed.errors();
  }
  console.say("run file: " + (*writer)->path().string());
  const Result<record::Run> run = record::load_run((*writer)->path());
  if (!run) {
    return run.errors();
  }
  const auto runs = side_of(*run, "a");
  if (runs.size() < 2) {
    return Error{"aa", "was interrupted before the second run"};
  }
  const std::vector<std::string> asked = arguments.list("gate");
  const std::vector<std::string>& gate = !asked.empty()            ? asked
                                         : !scenario->gate.empty() ? scenario->gate
                                                                   : record::default_gate();
  return record::measure_noise(runs, side_of(*run, "b"), gate);
}

int aa(const Arguments& arguments, const Console& console) {
  const Result<ReportOutput> output = ReportOutput::make(arguments, console);
  if (!output) {
    return console.refuse(output.errors());
  }
  const Result<record::NoiseReport> noise = measure(arguments, console);
  if (!noise) {
    return console.refuse(noise.errors());
  }
  const Status written =
      output->write(console, [&](const reports::Writer& writer) { return writer.noise(*noise); });
  if (!written) {
    return console.refuse(written.errors());
  }
  return interrupted() ? kInterrupted : kPass;
}

}  // namespace

Command aa_command() {
  Usage usage{.verb = "aa",
              .positional = "SCENARIO",
              .summary = "A pipeline against itself: its noise, and the jobs a gate needs.",
              .flags = selection_flags(),
              .least = 1,
              .most = 1,
              .example = "rehearse aa scenarios/auto-post.json --jobs 200"};
  for (const std::vector<Flag>& more :
       {load_flags(), world_flags(), seeds_flags(), report_flags()}) {
    usage.flags.insert(usage.flags.end(), more.begin(), more.end());
  }
  usage.flags.push_back({"gate", "OBJECTIVE",
                         "in place of the scenario's own gate list, e.g. \"delta(p95)<10%\"",
                         Flag::Kind::List});
  return {std::move(usage), &aa};
}

}  // namespace rehearse::cli
