#include <filesystem>

#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/cli/run_file_flags.hpp"
#include "harness/record/merge.hpp"
#include "harness/record/summary.hpp"

namespace rehearse::cli {
namespace {

Result<std::vector<record::Run>> load_parts(const Arguments& arguments) {
  std::vector<record::Run> runs;
  Errors errors;
  for (const std::string& path : arguments.positional()) {
    Result<record::Run> run = record::load_run(path);
    if (run) {
      runs.push_back(std::move(run).value());
    } else {
      errors.insert(errors.end(), run.errors().begin(), run.errors().end());
    }
  }
  if (errors.empty()) {
    errors = record::check_mergeable(runs);
  }
  return errors.empty() ? Result(std::move(runs)) : Result<std::vector<record::Run>>(errors);
}

// Writes the merged file; nothing stays of it where that failed.
Result<record::Run> write_merged(const std::vector<record::Run>& runs, record::RunWriter& writer) {
  const std::filesystem::path path = writer.path();
  Status written = record::merge_runs(runs, writer);
  const Status closed = writer.close();
  written = written ? closed : written;
  if (!written) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return written.errors();
  }
  return record::load_run(path);
}

Result<record::Run> merge(const Arguments& arguments, const Console& console) {
  const auto runs = load_parts(arguments);
  if (!runs) {
    return runs.errors();
  }
  const auto writer =
      create_run_file(arguments, runs->front().points.front().header.scenario + "-merged");
  if (!writer) {
    return writer.errors();
  }
  Result<record::Run> merged = write_merged(*runs, **writer);
  if (merged) {
    console.say("run file: " + merged->path.string());
  }
  return merged;
}

int run_merge(const Arguments& arguments, const Console& console) {
  const Result<ReportOutput> output = ReportOutput::make(arguments, console);
  if (!output) {
    return console.refuse(output.errors());
  }
  const Result<record::Run> merged = merge(arguments, console);
  if (!merged) {
    return console.refuse(merged.errors());
  }
  const Status written = output->write_runs(console, {*merged});
  return written ? static_cast<int>(kPass) : console.refuse(written.errors());
}

}  // namespace

Command merge_command() {
  Usage usage{.verb = "merge",
              .positional = "RUN RUN...",
              .summary = "Makes one run of several parts, made side by side with a seed each.",
              .flags = {{"out", "FILE", "the merged run file; a dated name under runs/ otherwise",
                         Flag::Kind::Text}},
              .least = 2,
              .most = 10'000,
              .example = "rehearse merge node-*.rehearsal --out all.rehearsal"};
  const std::vector<Flag> report = report_flags();
  usage.flags.insert(usage.flags.end(), report.begin(), report.end());
  return {std::move(usage), &run_merge};
}

}  // namespace rehearse::cli
