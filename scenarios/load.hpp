#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "scenarios/model.hpp"
#include "scenarios/sweep.hpp"

namespace rehearse::scenarios {

// A scenario file that was read and found valid, base and every variant alone: the source from
// which Scenarios are instantiated.
class ScenarioFile {
 public:
  const std::string& name() const { return name_; }
  const std::string& note() const { return note_; }
  const std::string& label() const { return label_; }  // what stands before positions in errors
  const std::filesystem::path& folder() const {
    return folder_;
  }  // where feeds and apps are looked for
  const json::Value& json() const { return json_; }
  const std::vector<Variant>& variants() const { return variants_; }
  const std::vector<std::string>& workloads() const {
    return workloads_;
  }  // the first is the default
  const std::vector<Claim>& claims() const { return claims_; }
  const Sweep& sweep() const { return sweep_; }

 private:
  friend class Loader;
  std::string name_;
  std::string note_;
  std::string label_;
  std::filesystem::path folder_;
  json::Value json_;
  std::vector<Variant> variants_;
  std::vector<std::string> workloads_;
  std::vector<Claim> claims_;
  Sweep sweep_;
  std::shared_ptr<TraceScans> scans_ = std::make_shared<TraceScans>();
};

// Reads and checks a file; on failure *all* errors, each with `file:line:column /json/pointer`,
// what was expected, what was found (at most 40 characters) and the nearest name where a name is
// unknown.
Result<ScenarioFile> load_scenario(const std::filesystem::path& path);
Result<ScenarioFile> parse_scenario(std::string_view text, std::string_view name,
                                    const std::filesystem::path& folder);

// What to run of a file.
struct Selection {
  std::vector<std::string> variants;              // names; "base" stands for none; presets expand
  std::map<std::string, json::Value> parameters;  // --set and sweep axes
  std::string workload;                           // empty: the first
  // Figures (Scenario::figures) by pointer, and what to multiply them by (> 0): what a study moves.
  std::map<std::string, double> scaled_figures = {};
};

// Merges the variants (conflicts are errors), substitutes parameters, resolves names.
Result<Scenario> instantiate(const ScenarioFile& file, const Selection& selection);

// The published JSON Schema (draft 2020-12), generated from the loader's own field tables.
json::Value schema();

// A commented starter scenario (`rehearse init`).
std::string starter();

}  // namespace rehearse::scenarios
