#include "harness/cli/bench_points.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/run_header.hpp"
#include "harness/cli/scenario_flags.hpp"
#include "harness/cli/world.hpp"
#include "harness/record/summary.hpp"
#include "harness/study/grid.hpp"
#include "reports/formats.hpp"

namespace rehearse::cli {
namespace {

// The base and every variant alone, unless one combination is asked for or the sweep names them.
std::vector<scenarios::Selection> selections_of(const scenarios::ScenarioFile& file,
                                                const scenarios::Selection& base, bool every) {
  std::vector<scenarios::Selection> out{base};
  for (const scenarios::Variant& variant : file.variants()) {
    if (every) {
      out.push_back(base);
      out.back().variants = {variant.name};
    }
  }
  return out;
}

std::string name_of(const scenarios::Scenario& scenario, const std::string& point) {
  record::RunSummary run;
  run.header = make_header(scenario, {});
  run.header.point = point;
  return terminal_safe(reports::run_name(run));
}

Result<BenchPoint> make_point(const scenarios::ScenarioFile& file, const study::GridPoint& point,
                              const Arguments& arguments,
                              const std::shared_ptr<const SimPlayer>& player) {
  Result<scenarios::Scenario> scenario = make_scenario(file, point.selection, arguments);
  Errors errors = scenario ? Errors() : scenario.errors();
  if (scenario) {
    const auto profiles = load_profiles(*scenario, file.folder());
    errors = profiles ? Errors() : profiles.errors();
  }
  for (Error& error : errors) {
    error.what += point.name.empty() ? "" : " (at " + point.name + ")";
  }
  if (!errors.empty()) {
    return errors;
  }
  std::string name = name_of(*scenario, point.name);
  return BenchPoint{std::move(name), std::move(scenario).value(), player};
}

Status add_file(const std::string& path, const Arguments& arguments, std::vector<BenchPoint>& out) {
  const Result<scenarios::ScenarioFile> file = scenarios::load_scenario(path);
  if (!file) {
    return file.errors();
  }
  const Result<scenarios::Selection> base = read_selection(arguments);
  const Result<scenarios::Sweep> asked = read_sweep(arguments, *file);
  if (!base || !asked) {
    return !base ? base.errors() : asked.errors();
  }
  const scenarios::Sweep& sweep = arguments.has("sweep") ? *asked : file->sweep();
  const auto is_variant = [](const std::string& name) { return name == "variant"; };
  const bool swept = std::any_of(sweep.axes.begin(), sweep.axes.end(), [&](const auto& axis) {
    const std::vector<std::string> names = axis.names();
    return std::any_of(names.begin(), names.end(), is_variant);
  });
  const bool every = !arguments.has("variant") && !swept;
  const auto player = std::make_shared<const SimPlayer>(file->folder());
  for (const scenarios::Selection& selection : selections_of(*file, *base, every)) {
    const auto grid = study::make_grid(selection, sweep, grid_options(*file, selection));
    if (!grid) {
      return grid.errors();
    }
    if (out.size() + grid->size() > study::kMostPoints) {
      return Error{path, "makes more than " + std::to_string(study::kMostPoints) +
                             " benchmarks: name a --variant, or --sweep fewer values"};
    }
    for (const study::GridPoint& point : *grid) {
      Result<BenchPoint> made = make_point(*file, point, arguments, player);
      if (!made) {
        return made.errors();
      }
      out.push_back(std::move(made).value());
    }
  }
  return Done{};
}

}  // namespace

Result<std::vector<BenchPoint>> make_bench_points(const Arguments& arguments) {
  std::vector<BenchPoint> out;
  for (const std::string& path : arguments.positional()) {
    const Status added = add_file(path, arguments, out);
    if (!added) {
      return added.errors();
    }
  }
  return out;
}

}  // namespace rehearse::cli
