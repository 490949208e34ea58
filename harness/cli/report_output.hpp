#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/cli/arguments.hpp"
#include "harness/cli/console.hpp"
#include "harness/record/run.hpp"
#include "reports/writer.hpp"

namespace rehearse::cli {

// --format, --report and --quiet, for every verb that reports.
std::vector<Flag> report_flags();

// Where a verb's report goes: one format on stdout, any number of files. Made before the work, so
// that a wrong format costs nobody an hour.
class ReportOutput {
 public:
  static Result<ReportOutput> make(const Arguments& arguments, const Console& console);
  // The same for a study, which has no place in formats that hold nothing but runs.
  static Result<ReportOutput> make_of_study(const Arguments& arguments, const Console& console);

  // Renders with each writer that is wanted and puts it in its place; files whole or not at all.
  using Render = std::function<std::string(const reports::Writer&)>;
  Status write(const Console& console, const Render& render) const;
  // Whether a wanted format shows more where summaries carry their detail.
  bool wants_detail() const;
  // The report of one run, or the table of several points.
  Status write_runs(const Console& console, const std::vector<record::Run>& runs) const;

 private:
  struct File {
    std::string path;
    const reports::Writer* writer;
  };
  std::shared_ptr<const reports::Writers> writers_;
  const reports::Writer* out_ = nullptr;
  std::vector<File> files_;
};

}  // namespace rehearse::cli
