#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/record/run_detail.hpp"
#include "harness/record/run_file.hpp"
#include "harness/record/summary.hpp"

namespace rehearse::cli {
namespace {

int report(const Arguments& arguments, const Console& console) {
  const Result<ReportOutput> output = ReportOutput::make(arguments, console);
  if (!output) {
    console.fail(output.errors());
    return kUsage;
  }
  std::vector<record::RunSummary> summaries;
  for (const std::string& path : arguments.positional()) {
    const Result<record::Run> run = record::load_run(path);
    if (!run) {
      console.fail(run.errors());
      return kUsage;
    }
    for (std::size_t i = 0; i < run->points.size(); ++i) {
      summaries.push_back(record::summarise(run->points[i]));
      if (output->wants_detail()) {
        summaries.back().detail = record::load_detail(run->path, i, run->points[i]);
      }
    }
  }
  const Status written = output->write(console, [&](const reports::Writer& writer) {
    return summaries.size() == 1 ? writer.run(summaries.front()) : writer.sweep(summaries);
  });
  if (!written) {
    console.fail(written.errors());
    return kUsage;
  }
  return kPass;
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
