#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::cli {
namespace {

int report(const Arguments& arguments, const Console& console) {
  const Result<ReportOutput> output = ReportOutput::make(arguments, console);
  if (!output) {
    return console.refuse(output.errors());
  }
  std::vector<record::Run> runs;
  for (const std::string& path : arguments.positional()) {
    Result<record::Run> run = record::load_run(path);
    if (!run) {
      return console.refuse(run.errors());
    }
    runs.push_back(std::move(run).value());
  }
  const Status written = output->write_runs(console, runs);
  return written ? static_cast<int>(kPass) : console.refuse(written.errors());
}

}  // namespace

Command report_command() {
  return {{.verb = "report",
           .positional = "RUN...",
           .summary = "Makes any report again from run files, even of a killed run.",
           .flags = report_flags(),
           .least = 1,
           .most = 1000,
           .example = "rehearse report runs/auto-post.rehearsal --format markdown"},
          &report};
}

}  // namespace rehearse::cli
