#pragma once

#include "scenarios/compile.hpp"
#include "scenarios/load.hpp"

namespace rehearse::scenarios {

// Builds ScenarioFiles, and Scenarios from them.
class Loader {
 public:
  static Result<ScenarioFile> load(json::Value json, std::string_view name,
                                   const std::filesystem::path& folder);
  static Result<Scenario> instantiate(const ScenarioFile& file, const Selection& selection);

 private:
  static void check_variants(const ScenarioFile& file, const Merged& base, const Errors& known,
                             Sink& sink);
};

// The merged text with the selection's parameters in force: known ones, or words such as
// "concurrency" that are set on the workload. What is unknown or does not fit is reported.
void apply_parameters(Merged& merged, const Selection& selection, const std::string& workload,
                      Errors& errors);

}  // namespace rehearse::scenarios
