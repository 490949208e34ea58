#include "scenarios/load.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/record/run_file.hpp"
#include "scenarios/check.hpp"
#include "scenarios/loader.hpp"
#include "scenarios/merge.hpp"

namespace rehearse::scenarios {
namespace {

constexpr std::size_t kMostWork = 2'000'000;  // stages × variants of one file

// What a variant may not touch: what is said about the scenario, not the scenario.
const std::vector<std::string_view>& untouchable() {
  static const std::vector<std::string_view> kKeys{"variants", "claims",   "sweep",
                                                   "gate",     "scenario", "$schema"};
  return kKeys;
}

std::size_t count_stages(const json::Value& value) {
  std::size_t count = 0;
  if (value.is_object()) {
    for (const json::Member& member : value.members()) {
      count += 1 + count_stages(member.value);
    }
  }
  return count;
}

std::string default_workload(const json::Value& file) {
  const std::vector<std::string> names = keys_of(Node{&file, ""}["workloads"]);
  return names.empty() ? "single" : names.front();
}

struct Place {
  const std::filesystem::path& folder;
  TraceScans* scans;
};
// Everything that is wrong with a merged text.
void check_merged(const Merged& merged, const Merged& base, const Place& place, Sink& sink) {
  check(*language().file(), {&merged.json, ""},
        {merged.environment, sink, &merged == &base ? nullptr : &base.json});
  Compiler compiler(merged, base, place.folder, sink);
  compiler.remember_traces(place.scans);
  compiler.compile(default_workload(merged.json), true);
}

std::string name_of(const json::Value& file, std::string_view label) {
  const json::Value* const given = file.find("scenario");
  if (given != nullptr && given->is_string() && !given->as_string().empty()) {
    return given->as_string();
  }
  return std::filesystem::path(label).stem().string();
}

}  // namespace

void Loader::check_variants(const ScenarioFile& file, const Merged& base, const Errors& known,
                            Sink& sink) {
  const Node root{&file.json_, ""};
  Errors seen = known;  // a preset has the faults of its parts: each is said once
  std::vector<const Variant*> parts_first;
  for (const bool preset : {false, true}) {
    for (const Variant& variant : file.variants_) {
      if (variant.of.empty() != preset) {
        parts_first.push_back(&variant);
      }
    }
  }
  for (const Variant* const each : parts_first) {
    const Variant& variant = *each;
    const Node node = root["variants"][variant.name];
    const std::string prefix = "variant \"" + variant.name + "\": ";
    bool sound = true;
    for (const std::string_view key : untouchable()) {
      if (variant.change.find(key) != nullptr) {
        sink.add(node["change"], prefix + "it cannot change \"" + std::string(key) + "\"");
        sound = false;
      }
    }
    const auto chosen = expand_variants(file.variants_, {variant.name});
    if (!chosen) {
      for (const Error& error : chosen.errors()) {
        if (!error.what.starts_with("unknown variant")) {  // reported with the list that names it
          sink.add(node, error.what);
        }
      }
      continue;
    }
    const Errors clashes = conflicts(*chosen);
    for (const Error& clash : clashes) {
      sink.add(node, prefix + clash.text());
    }
    if (!sound || !clashes.empty()) {
      continue;
    }
    const Merged merged{merge_variants(file.json_, *chosen),
                        environment_of(merge_variants(file.json_, *chosen))};
    if (merged.json == base.json) {
      sink.add(node, prefix + "it changes nothing");
      continue;
    }
    Sink own(file.label_);
    check_merged(merged, base, {file.folder_, file.scans_.get()}, own);
    for (const Error& error : own.take()) {
      if (std::find(seen.begin(), seen.end(), error) == seen.end()) {
        seen.push_back(error);
        sink.add_at(error.where, node, prefix + error.what);
      }
    }
  }
}

Result<ScenarioFile> Loader::load(json::Value json, std::string_view name,
                                  const std::filesystem::path& folder) {
  ScenarioFile file;
  file.label_ = name;
  file.folder_ = folder;
  file.json_ = std::move(json);
  if (!file.json_.is_object()) {
    return Error{file.label_,
                 "expected a scenario: an object with \"stages\", found " + found(file.json_)};
  }
  file.name_ = name_of(file.json_, name);
  const Node root{&file.json_, ""};
  if (root["note"] && root["note"]->is_string()) {
    file.note_ = root["note"]->as_string();
  }
  file.workloads_ = keys_of(root["workloads"]);
  if (file.workloads_.empty()) {
    file.workloads_.emplace_back("single");
  }
  const Merged base{file.json_, environment_of(file.json_)};
  Sink sink(file.label_);
  check_merged(base, base, {folder, file.scans_.get()}, sink);
  const Reader reader(base.environment, sink, file.folder_);
  file.variants_ = read_variants(root, reader);
  file.claims_ = read_claims(root, reader);
  file.sweep_ = read_sweep(root);
  check_statements(root, {file.variants_, file.claims_, file.sweep_}, reader);
  const std::size_t variants = keys_of(root["variants"]).size();
  if (root["stages"] && count_stages(*root["stages"]) * variants > kMostWork) {
    sink.add(root["variants"], "too many stages times variants to check");
  } else {
    Sink copy = sink;
    check_variants(file, base, copy.take(), sink);
  }
  if (!sink.empty()) {
    return sink.take();
  }
  return file;
}

Result<Scenario> Loader::instantiate(const ScenarioFile& file, const Selection& selection) {
  const auto chosen = expand_variants(file.variants_, selection.variants);
  if (!chosen) {
    return chosen.errors();
  }
  Errors errors = conflicts(*chosen);
  if (!errors.empty()) {
    return errors;
  }
  const Merged base{file.json_, environment_of(file.json_)};
  Merged merged{merge_variants(file.json_, *chosen), {}};
  merged.environment = environment_of(merged.json);
  const std::string workload =
      selection.workload.empty() ? default_workload(merged.json) : selection.workload;
  std::vector<std::string> workloads = keys_of(Node{&merged.json, ""}["workloads"]);
  if (workloads.empty()) {
    workloads.emplace_back("single");
  }
  if (std::find(workloads.begin(), workloads.end(), workload) == workloads.end()) {
    return Error{"",
                 "unknown workload " + quoted_excerpt(workload) + suggestion(workload, workloads)};
  }
  apply_parameters(merged, selection, workload, errors);
  if (!errors.empty()) {
    return errors;
  }
  Sink sink(file.label_);
  const bool changed = !chosen->empty() || !selection.parameters.empty();
  check(*language().file(), {&merged.json, ""}, {merged.environment, sink, &base.json});
  Compiler compiler(changed ? merged : base, base, file.folder_, sink);
  compiler.scale_figures(selection.scaled_figures);
  compiler.remember_traces(file.scans_.get());
  Scenario scenario = compiler.compile(workload, false);
  if (!sink.empty()) {
    return sink.take();
  }
  scenario.name = file.name_;
  for (const Variant* const variant : *chosen) {
    scenario.variants.push_back(variant->name);
  }
  scenario.canonical = canonical_text(merged.json, {workload, merged.environment.parameters});
  scenario.hash = hash_name(scenario.canonical);
  scenario.file_hash = hash_name(canonical_text(file.json_, {"", base.environment.parameters}));
  return scenario;
}

// The file that somebody meant who gave a scenario's bare name; empty where there is none.
static std::string file_meant(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    return "";
  }
  std::filesystem::path name = path.filename();
  if (name.extension() != ".json") {
    name += ".json";
  }
  for (const auto& candidate :
       {path.parent_path() / name, std::filesystem::path("scenarios") / name}) {
    if (candidate != path && std::filesystem::is_regular_file(candidate, ignored)) {
      return candidate.string();
    }
  }
  return "";
}

Result<ScenarioFile> load_scenario(const std::filesystem::path& path) {
  if (record::is_run_file(path)) {
    return Error{path.string(),
                 "is a run file, and a scenario is expected: give the scenario that was run "
                 "('rehearse report " +
                     path.string() + "' shows what the run says)"};
  }
  auto json = json::read_file(path);
  if (!json) {
    Errors errors = json.errors();
    const std::string meant = file_meant(path);
    errors.front().what += meant.empty() ? "" : ", did you mean " + meant + "?";
    return errors;
  }
  return Loader::load(std::move(*json), path.string(), path.parent_path());
}

Result<ScenarioFile> parse_scenario(std::string_view text, std::string_view name,
                                    const std::filesystem::path& folder) {
  auto json = json::parse(text, name);
  if (!json) {
    return json.errors();
  }
  return Loader::load(std::move(*json), name, folder);
}

Result<Scenario> instantiate(const ScenarioFile& file, const Selection& selection) {
  return Loader::instantiate(file, selection);
}

}  // namespace rehearse::scenarios
