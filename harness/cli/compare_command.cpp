#include "harness/cli/command.hpp"
#include "harness/cli/compare_runs.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/cli/run_file_flags.hpp"
#include "harness/cli/run_seeds.hpp"
#include "harness/cli/scenario_flags.hpp"
#include "harness/record/comparison.hpp"
#include "harness/record/replications.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::cli {
namespace {

Result<ComparedVariants> compare_files(const Arguments& arguments,
                                       const record::ComparisonOptions& options, bool detailed) {
  const Result<record::Run> before = record::load_run(arguments.positional()[0]);
  const Result<record::Run> after = record::load_run(arguments.positional()[1]);
  Errors errors;
  for (const Result<record::Run>* run : {&before, &after}) {
    if (!*run) {
      errors.insert(errors.end(), run->errors().begin(), run->errors().end());
    }
  }
  if (!errors.empty()) {
    return errors;
  }
  const auto points = [](const record::Run& run) {
    return record::find_entry(run, "").value().points;  // of all: there is always a newest one
  };
  Result<record::Comparison> found =
      compare_points({*before, points(*before)}, {*after, points(*after)}, options, detailed);
  return found ? Result(ComparedVariants{std::move(found).value()}) : found.errors();
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
  const auto tolerance = arguments.number("tolerance", 0, 1);
  if (!tolerance) {
    return console.refuse(tolerance.errors());
  }
  record::ComparisonOptions options;
  options.force = arguments.has("force");
  options.tolerance = tolerance->value_or(options.tolerance);
  const bool detailed = output->wants_detail();
  const Result<ComparedVariants> found =
      of_scenario ? compare_variants(arguments, options, detailed, console)
                  : compare_files(arguments, options, detailed);
  if (!found) {
    return console.refuse(found.errors());
  }
  const Status written = output->write(
      console, [&](const reports::Writer& writer) { return writer.comparison(found->comparison); });
  if (!written) {
    return console.refuse(written.errors());
  }
  return interrupted() ? kInterrupted : found->aborted ? kFailed : kPass;
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
                {"force", "", "compares runs of different scenarios too", Kind::Switch},
                {"until-decided", "",
                 "adds seeds until there is a verdict, without more false alarms for looking often",
                 Kind::Switch},
                {"max-jobs", "N", "until decided: at most so many jobs on both sides", Kind::Text},
                {"max-time", "TIME", "until decided: at most so much time, e.g. 10m", Kind::Text}},
      .least = 1,
      .most = 2,
      .example =
          "rehearse compare scenarios/auto-post.json --before base --after optimised --jobs 1000"};
  for (const std::vector<Flag>& more :
       {selection_flags(), load_flags(), world_flags(), seeds_flags(), report_flags()}) {
    usage.flags.insert(usage.flags.end(), more.begin(), more.end());
  }
  return {std::move(usage), &compare};
}

}  // namespace rehearse::cli
