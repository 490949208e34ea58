#pragma once

#include <utility>

#include "harness/cli/arguments.hpp"
#include "harness/cli/report_output.hpp"
#include "scenarios/load.hpp"

namespace rehearse::cli {

// What a study of one scenario begins with: where its report goes, its flags as read, and the file.
template <typename Options>
struct StudyStart {
  ReportOutput output;
  Options options;
  scenarios::ScenarioFile file;
};

// Errors: of --format and --report, else of `options`, else of the file.
template <typename Options>
Result<StudyStart<Options>> start_study(const Arguments& arguments, const Console& console,
                                        Result<Options> options) {
  Result<ReportOutput> output = ReportOutput::make_of_study(arguments, console);
  if (!output || !options) {
    return output ? options.errors() : output.errors();
  }
  Result<scenarios::ScenarioFile> file = scenarios::load_scenario(arguments.positional().front());
  if (!file) {
    return file.errors();
  }
  return StudyStart<Options>{std::move(output).value(), std::move(options).value(),
                             std::move(file).value()};
}

}  // namespace rehearse::cli
