#include "harness/cli/scenario_flags.hpp"

#include "harness/base/text.hpp"
#include "harness/study/grid.hpp"

namespace rehearse::cli {

std::vector<Flag> selection_flags() {
  using Kind = Flag::Kind;
  return {
      {"workload", "NAME", "which workload; the first one of the scenario otherwise", Kind::Text},
      {"variant", "A+B", "variants to switch on; base for none", Kind::List},
      {"set", "NAME=VALUE", "gives a parameter another value", Kind::List},
  };
}

std::vector<Flag> load_flags() {
  using Kind = Flag::Kind;
  return {
      {"jobs", "N", "ends the workload after N jobs", Kind::Text},
      {"concurrency", "N", "jobs at a time (batch)", Kind::Text},
      {"users", "N", "users (closed loop)", Kind::Text},
      {"rate", "R", "jobs a second, or \"10/min\" (open loop)", Kind::Text},
      {"duration", "TIME", "no arrivals after this much scenario time, e.g. 10m", Kind::Text},
      {"warmup", "N", "jobs that run first and are counted apart", Kind::Text},
  };
}

std::vector<Flag> sweep_flags() {
  return {{"sweep", "NAME=A,B,C",
           "runs every value; 1..64 x2 and 1..9 +2 are ranges; a,b=1:2,3:4 move together; repeat "
           "it for a grid; own: the scenario's own sweep",
           Flag::Kind::List},
          {"sweep-when", "EXPR", "runs only points where it holds, e.g. \"users <= 10 * workers\"",
           Flag::Kind::Text}};
}

Result<scenarios::Selection> read_selection(const Arguments& arguments) {
  scenarios::Selection out;
  for (const std::string& value : arguments.list("variant")) {
    for (std::string& name : study::split_variants(value)) {
      out.variants.push_back(std::move(name));
    }
  }
  out.workload = arguments.text("workload").value_or("");
  for (const std::string& value : arguments.list("set")) {
    const std::size_t equals = value.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{"--set", "expected NAME=VALUE, found " + quoted_excerpt(value)};
    }
    out.parameters[value.substr(0, equals)] = study::parse_value(value.substr(equals + 1));
  }
  for (const char* name : {"jobs", "concurrency", "users"}) {
    const auto count = arguments.count(name, 1, 1'000'000'000'000ULL);
    if (!count) {
      return count.errors();
    }
    if (*count) {
      out.parameters[name] = json::Value(static_cast<std::int64_t>(**count));
    }
  }
  if (const auto rate = arguments.text("rate")) {
    out.parameters["rate"] = study::parse_value(*rate);
  }
  return out;
}

Result<scenarios::Sweep> read_sweep(const Arguments& arguments,
                                    const scenarios::ScenarioFile& file) {
  scenarios::Sweep out;
  for (const std::string& text : arguments.list("sweep")) {
    if (text == "own") {
      const scenarios::Sweep& own = file.sweep();
      if (own.axes.empty()) {
        return Error{"--sweep own",
                     "the scenario has no sweep of its own; give --sweep name=a,b,c"};
      }
      out.axes.insert(out.axes.end(), own.axes.begin(), own.axes.end());
      out.when.insert(out.when.end(), own.when.begin(), own.when.end());
      continue;
    }
    Result<scenarios::SweepAxis> axis = study::parse_axis(text);
    if (!axis) {
      return axis.errors();
    }
    out.axes.push_back(std::move(axis).value());
  }
  if (const auto when = arguments.text("sweep-when")) {
    if (out.axes.empty()) {
      return Error{"--sweep-when", "goes with --sweep: there is one point alone"};
    }
    out.when.push_back(*when);
  }
  return out;
}

study::GridOptions grid_options(const scenarios::ScenarioFile& file,
                                const scenarios::Selection& selection) {
  study::GridOptions out;
  if (const Result<scenarios::Scenario> base = scenarios::instantiate(file, selection)) {
    out.parameters = base->parameters.is_object() ? base->parameters : json::Value::object();
    // About a microsecond for each stage of each job, and what a point takes to set up.
    const double jobs = static_cast<double>(base->workload.jobs.value_or(1'000));
    out.seconds_a_point = 1e-3 + 1e-6 * jobs * static_cast<double>(base->stages.size());
  }
  return out;
}

Result<std::vector<study::GridPoint>> read_grid(const Arguments& arguments,
                                                const scenarios::ScenarioFile& file,
                                                const scenarios::Selection& selection) {
  const Result<scenarios::Sweep> sweep = read_sweep(arguments, file);
  if (!sweep) {
    return sweep.errors();
  }
  return study::make_grid(selection, *sweep, grid_options(file, selection));
}

Result<scenarios::Scenario> make_scenario(const scenarios::ScenarioFile& file,
                                          const scenarios::Selection& selection,
                                          const Arguments& arguments) {
  Result<scenarios::Scenario> scenario = scenarios::instantiate(file, selection);
  if (!scenario) {
    return scenario;
  }
  if (const auto text = arguments.text("duration")) {
    const Result<Duration> length = parse_duration(*text);
    if (!length) {
      return Error{"--duration", length.error().what};
    }
    scenario->workload.length = *length;
  }
  const auto warmup = arguments.count("warmup", 0, 1'000'000'000);
  if (!warmup) {
    return warmup.errors();
  }
  scenario->workload.warmup_jobs = warmup->value_or(scenario->workload.warmup_jobs);
  return scenario;
}

}  // namespace rehearse::cli
