#include "harness/cli/report_output.hpp"

#include <algorithm>

#include "harness/cli/output_file.hpp"
#include "harness/record/run_detail.hpp"
#include "harness/record/summary.hpp"

namespace rehearse::cli {

std::vector<Flag> report_flags() {
  using Kind = Flag::Kind;
  return {
      {"format", "NAME",
       "of the report on stdout: terminal (default), markdown, json, html, csv, "
       "junit, openmetrics, k6, google-benchmark, bmf, hdr, annotations",
       Kind::Text},
      {"report", "FILE", "also writes the report to a file, its format by its ending; repeatable",
       Kind::List},
      {"quiet", "", "no progress and no words for people", Kind::Switch},
  };
}

Result<ReportOutput> ReportOutput::make(const Arguments& arguments, const Console& console) {
  ReportOutput output;
  const reports::TerminalOptions terminal{.width = static_cast<unsigned>(console.width),
                                          .colour = console.color};
  output.writers_ = std::make_shared<const reports::Writers>(reports::Writers::standard(terminal));
  const Result<const reports::Writer*> out =
      output.writers_->by_name(arguments.text("format").value_or("terminal"));
  if (!out) {
    return Error{"--format", out.error().text()};
  }
  output.out_ = *out;
  for (const std::string& path : arguments.list("report")) {
    const Result<const reports::Writer*> writer = output.writers_->by_file(path);
    if (!writer) {
      return Error{"--report", writer.error().text()};
    }
    output.files_.push_back({path, *writer});
  }
  return output;
}

Result<ReportOutput> ReportOutput::make_of_study(const Arguments& arguments,
                                                 const Console& console) {
  Result<ReportOutput> output = make(arguments, console);
  if (!output) {
    return output;
  }
  const auto refusal = [](const char* flag, const reports::Writer& writer) {
    return Error{flag, std::string(writer.name()) +
                           " holds single runs, not a study of many; use html, markdown, json, "
                           "csv or junit"};
  };
  if (!output->out_->holds_studies()) {
    return refusal("--format", *output->out_);
  }
  for (const File& file : output->files_) {
    if (!file.writer->holds_studies()) {
      return refusal("--report", *file.writer);
    }
  }
  return output;
}

Status ReportOutput::write_runs(const Console& console,
                                const std::vector<record::Run>& runs) const {
  std::vector<record::RunSummary> summaries;
  for (const record::Run& run : runs) {
    for (std::size_t i = 0; i < run.points.size(); ++i) {
      summaries.push_back(record::summarise(run.points[i]));
      if (wants_detail()) {
        summaries.back().detail = record::load_detail(run.path, i, run.points[i]);
      }
    }
  }
  return write(console, [&](const reports::Writer& writer) {
    return summaries.size() == 1 ? writer.run(summaries.front()) : writer.sweep(summaries);
  });
}

Status ReportOutput::write(const Console& console, const Render& render) const {
  for (const File& file : files_) {
    const Status written = write_file(file.path, render(*file.writer));
    if (!written) {
      return written;
    }
    console.say("report: " + file.path);
  }
  console.out(render(*out_));
  return Done{};
}

bool ReportOutput::wants_detail() const {
  return out_->wants_detail() || std::any_of(files_.begin(), files_.end(), [](const File& file) {
           return file.writer->wants_detail();
         });
}

}  // namespace rehearse::cli
