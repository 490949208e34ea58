#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model.hpp"
#include "scenarios/read.hpp"
#include "scenarios/sweep.hpp"

namespace rehearse::scenarios {

// A text that is to be compiled: merged, with the values that its parameters have.
struct Merged {
  json::Value json;
  Environment environment;
};

// The environment of a merged text: its parameters' own values and the names of its inputs.
Environment environment_of(const json::Value& file);

// Turns a merged text into a Scenario: resolves names, fills in defaults. What is wrong goes to the
// sink; the scenario means something only where that stayed empty.
class Compiler {
 public:
  // `base` is the file without variants and with its default parameters; both outlive the compiler.
  Compiler(const Merged& merged, const Merged& base, const std::filesystem::path& folder,
           Sink& sink);

  // The scenario with this workload in force; `all` also checks the other workloads.
  Scenario compile(const std::string& workload, bool all);
  void scale_figures(const std::map<std::string, double>& scaled) {
    reader_.scale_figures(&scaled);
  }
  // Where traces that were looked through are remembered; outlives the compiler.
  void remember_traces(TraceScans* scans) { scans_ = scans; }

 private:
  // One level of stages: a scenario's, a task's or a group's.
  struct Level {
    Node stages;
    Node order;
    bool sequential = false;  // what holds where `order` is absent
    std::string prefix;       // of the paths
    std::optional<StageIndex> parent;
    Origin origin;
    std::vector<std::string> names;            // in file order
    std::map<std::string, StageIndex> places;  // of its stages
  };

  // compile_parts.cpp
  void compile_inputs();
  Input compile_input(const std::string& name, const Node& node);
  void compile_resources();
  void compile_pools();
  void compile_providers();
  Provider compile_provider(const std::string& name, const Node& node, const Reader& reader);
  std::optional<std::uint32_t> provider_named(const std::string& name, const Node& at);
  // The index of a name among `known`, or an error that suggests the nearest one.
  template <typename Part>
  std::optional<std::uint32_t> index_of(const std::vector<Part>& known, const std::string& name,
                                        const Node& at, std::string_view what);

  // compile_stage.cpp
  std::vector<StageIndex> compile_level(Level level);
  void compile_stage(StageIndex index, const Node& node, const Level& level);
  void compile_common(Stage& stage, const Node& node);
  void compile_group(StageIndex index, const Node& node, const Level& level);
  std::vector<ResourceUse> resource_uses(const Node& node);
  ResourceUse resource_use(const Node& node);

  // compile_call.cpp
  void compile_call(Stage& stage, const Node& node);
  CallSpec call_spec(const Node& node, const Reader& reader, const Origin& origin);
  void compile_base_call(Stage& stage, const Node& node);
  std::uint32_t base_provider(const std::string& name);
  RetrySpec retry_spec(const Node& node);
  CacheSpec cache_spec(const Node& node, const Origin& origin);
  ConnectionSpec connection_spec(const Node& node, const Origin& origin);

  // compile_order.cpp
  void connect(Level& level);
  std::vector<StageIndex> named(const Level& level, const Node& names, const Node& stage);
  std::string unknown_stage(const Level& level, const std::string& name);
  void chain(const Level& level, const std::vector<std::string>& order);
  void spread_background(const Level& level);
  void find_cycles(const Level& level);

  // compile_workload.cpp
  Workload compile_workload(const std::string& name, const Node& node);
  void compile_kind(Workload& workload, const Node& node);
  void compile_open(Workload& workload, const Node& node);
  void compile_tasks(Workload& workload, const Node& node);

  // compile_trace.cpp
  void compile_trace(Workload& workload, const Node& node);
  void compile_replay(Workload& workload, const Node& trace);
  bool choose_targets(TracePlay& play, const Node& trace);
  bool check_targets(const TracePlay& play, const Node& map);
  void apply_trace();

  // compile_statement.cpp
  void compile_statements();
  void compile_app();
  void check_runtime_texts(const Node& node);

  const Merged& merged_;
  const Merged& base_;
  const std::filesystem::path& folder_;
  Sink& sink_;
  Reader reader_;
  Sink nowhere_;
  Reader base_reader_;
  Node root_;
  Node base_root_;
  Scenario scenario_;
  std::map<std::string, std::uint32_t> base_providers_;
  TraceScans* scans_ = nullptr;
};

// ---- claims and the like, which do not depend on a selection (read_statement.cpp)

std::vector<Variant> read_variants(const Node& file, const Reader& reader);
std::vector<Claim> read_claims(const Node& file, const Reader& reader);
Sweep read_sweep(const Node& file);
// Names in them that nothing in the file has.
struct Statements {
  const std::vector<Variant>& variants;
  const std::vector<Claim>& claims;
  const Sweep& sweep;
};
void check_statements(const Node& file, const Statements& statements, const Reader& reader);
void check_sweep(const Node& file, const Sweep& sweep, const std::vector<std::string>& variants,
                 const Reader& reader);  // read_sweep.cpp, as read_sweep is

// What stands wrong in the text of an objective, gate or metric; nothing where it reads well.
std::optional<std::string> objective_trouble(std::string_view text);

// " did you mean …" or nothing.
std::string suggestion(const std::string& name, const std::vector<std::string>& known);
std::vector<std::string> keys_of(const Node& node);
// A copy with parameters in the place of every `${…}`; `"${name}"` alone keeps its type. Inputs and
// unknown names are errors.
json::Value filled_in(const Node& node, const Reader& reader);

}  // namespace rehearse::scenarios
