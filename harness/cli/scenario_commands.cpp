#include <cstdio>
#include <filesystem>

#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/output_file.hpp"
#include "harness/cli/scenario_flags.hpp"
#include "harness/cli/world.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "scenarios/describe.hpp"
#include "scenarios/load.hpp"

// The verbs that only read or write scenarios: check, show, init, schema.
namespace rehearse::cli {
namespace {

// Everything that can be wrong with a scenario before it runs, its providers' profiles included.
Errors check_file(const std::string& path) {
  const Result<scenarios::ScenarioFile> file = scenarios::load_scenario(path);
  if (!file) {
    return file.errors();
  }
  const Result<scenarios::Scenario> scenario = scenarios::instantiate(*file, {});
  if (!scenario) {
    return scenario.errors();
  }
  const auto profiles = load_profiles(*scenario, file->folder());
  return profiles ? Errors() : profiles.errors();
}

// The schema that `rehearse schema` prints usually lies beside the scenarios that name it, where
// `check *.json` meets it.
bool is_schema(const std::filesystem::path& path) {
  if (path.filename() != "schema.json") {
    return false;
  }
  const auto json = json::read_file(path);
  const json::Value* dialect = json ? json->find("$schema") : nullptr;
  return dialect != nullptr && dialect->is_string() &&
         dialect->as_string().find("json-schema.org") != std::string::npos;
}

int run_check(const Arguments& arguments, const Console& console) {
  bool good = true;
  for (const std::string& path : arguments.positional()) {
    if (is_schema(path)) {
      console.say(path + ": is a JSON Schema, not a scenario; skipped");
      continue;
    }
    const Errors errors = check_file(path);
    if (errors.empty()) {
      console.out(path + ": valid\n");
    } else {
      console.fail(errors);
      good = false;
    }
  }
  return good ? kPass : kUsage;
}

int run_show(const Arguments& arguments, const Console& console) {
  const Result<scenarios::ScenarioFile> file =
      scenarios::load_scenario(arguments.positional().front());
  if (!file) {
    return console.refuse(file.errors());
  }
  const Result<scenarios::Selection> selection = read_selection(arguments);
  if (!selection) {
    return console.refuse(selection.errors());
  }
  const Result<scenarios::Scenario> scenario = make_scenario(*file, *selection, arguments);
  if (!scenario) {
    return console.refuse(scenario.errors());
  }
  console.out(scenarios::describe(*file, *scenario, console.width));
  return kPass;
}

int run_init(const Arguments& arguments, const Console& console) {
  const std::vector<std::string>& positional = arguments.positional();
  const std::string path = positional.empty() ? "scenario.json" : positional.front();
  const Status written = write_new_file(path, scenarios::starter());
  if (!written) {
    return console.refuse(written.errors());
  }
  console.say("wrote " + path + "; try: rehearse run " + path);
  return kPass;
}

}  // namespace

Command check_command() {
  return {{.verb = "check",
           .positional = "SCENARIO...",
           .summary = "Validates scenarios and their profiles, and lists every error.",
           .flags = {},
           .least = 1,
           .most = 10'000,
           .example = "rehearse check scenarios/auto-post.json"},
          &run_check};
}

Command show_command() {
  Usage usage{.verb = "show",
              .positional = "SCENARIO",
              .summary = "Shows a scenario: graph, parameters, variants, workloads and claims.",
              .flags = selection_flags(),
              .least = 1,
              .most = 1,
              .example = "rehearse show scenarios/auto-post.json --variant optimised"};
  const std::vector<Flag> load = load_flags();
  usage.flags.insert(usage.flags.end(), load.begin(), load.end());
  return {std::move(usage), &run_show};
}

Command init_command() {
  return {{.verb = "init",
           .positional = "[FILE]",
           .summary = "Writes a starter scenario (scenario.json); never overwrites a file.",
           .flags = {},
           .least = 0,
           .most = 1,
           .example = "rehearse init my-pipeline.json"},
          &run_init};
}

Command schema_command() {
  return {{.verb = "schema",
           .positional = "",
           .summary = "Prints the JSON Schema of the scenario language, for editors.",
           .flags = {},
           .least = 0,
           .most = 0,
           .example = "rehearse schema > schema.json"},
          [](const Arguments&, const Console& console) {
            console.out(json::dump(scenarios::schema(), 2) + "\n");
            return static_cast<int>(kPass);
          }};
}

}  // namespace rehearse::cli
