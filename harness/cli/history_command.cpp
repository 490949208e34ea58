#include "harness/record/history.hpp"

#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::cli {
namespace {

int history(const Arguments& arguments, const Console& console) {
  const Result<ReportOutput> output = ReportOutput::make(arguments, console);
  const auto magnitude = arguments.number("magnitude", 0, 10);
  if (!output || !magnitude) {
    return console.refuse(!output ? output.errors() : magnitude.errors());
  }
  std::vector<record::Run> runs;
  for (const std::string& path : arguments.positional()) {
    Result<record::Run> run = record::load_run(path);
    if (!run) {
      return console.refuse(run.errors());
    }
    runs.push_back(std::move(run).value());
  }
  record::HistoryOptions options;
  options.branch = arguments.text("branch").value_or("");
  options.magnitude = magnitude->value_or(options.magnitude);
  const record::History found = record::read_history(runs, options);
  const Status written =
      output->write(console, [&](const reports::Writer& writer) { return writer.history(found); });
  if (!written) {
    return console.refuse(written.errors());
  }
  return kPass;
}

}  // namespace

Command history_command() {
  using Kind = Flag::Kind;
  Usage usage{.verb = "history",
              .positional = "FILE...",
              .summary = "Runs of a branch over time, and where their times or costs changed.",
              .flags = {{"branch", "NAME", "only the runs of this branch", Kind::Text},
                        {"magnitude", "SHARE", "least change that counts; 0.01", Kind::Text}},
              .least = 1,
              .most = 10'000,
              .example = "rehearse history main.rehearsal --branch main"};
  const std::vector<Flag> more = report_flags();
  usage.flags.insert(usage.flags.end(), more.begin(), more.end());
  return {std::move(usage), &history};
}

}  // namespace rehearse::cli
