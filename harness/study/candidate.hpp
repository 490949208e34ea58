#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "harness/json/value.hpp"
#include "harness/record/run.hpp"
#include "harness/record/suggestion.hpp"
#include "mocks/latency/profile.hpp"
#include "scenarios/load.hpp"

namespace rehearse::study {

// A change that might help, before it was tried.
struct Candidate {
  std::string name;  // made of letters, digits and '_'; unique among candidates and variants
  std::string kind;  // see record::Suggestion
  std::string slot;  // candidates of one slot are alternatives; empty: of none
  std::string what;
  std::string trade_off;
  record::Quality quality = record::Quality::Same;
  double harm = 0;     // among those of one slot: the larger, the more it costs in quality
  json::Value change;  // merge patch over the scenario
};

// What candidates are made from.
struct Ground {
  const scenarios::ScenarioFile& file;
  const scenarios::Scenario& scenario;  // the base, with the workload in force
  const record::RunPoint& base;         // what a run of it showed
  // By Scenario::providers.
  std::vector<std::shared_ptr<const latency::Profile>> profiles;
};

// The changes that the graph allows; none breaks data flow (`needs`, and answers that a request
// quotes). Each adds its candidates to `out`.
void propose_order(const Ground& ground, std::vector<Candidate>& out);
void propose_fan_out(const Ground& ground, std::vector<Candidate>& out);
void propose_background(const Ground& ground, std::vector<Candidate>& out);
void propose_caches(const Ground& ground, std::vector<Candidate>& out);
void propose_pools(const Ground& ground, std::vector<Candidate>& out);
void propose_models(const Ground& ground, std::vector<Candidate>& out);
void propose_images(const Ground& ground, std::vector<Candidate>& out);
void propose_token_limits(const Ground& ground, std::vector<Candidate>& out);
void propose_hedges(const Ground& ground, std::vector<Candidate>& out);
void propose_retries(const Ground& ground, std::vector<Candidate>& out);

// All of them, each change once, with unique names.
std::vector<Candidate> propose(const Ground& ground);

// ---- what they have in common

// Stages of one level that run in the order of the level: no fallbacks.
struct LevelOf {
  std::string name;  // of its group or task; empty: the scenario's own
  std::vector<StageIndex> stages;
};
std::vector<LevelOf> levels_of(const scenarios::Scenario& scenario);

// What a stage takes data from, in its own level: `needs`, and the stages that its request quotes.
std::vector<StageIndex> data_of(const scenarios::Scenario& scenario, StageIndex stage);
// All stages of the level that it takes data from, directly or by others.
std::vector<bool> ancestors_of(const scenarios::Scenario& scenario, StageIndex stage);

// The merge patch that sets `keys` (an object) at a stage's place in the file.
json::Value at_stage(const Ground& ground, const scenarios::Stage& stage, json::Value keys);
// The same for one key; where the file has "${name}" alone there, the parameter is set instead, for
// every stage that uses it. `name` becomes that parameter's, else the stage's path.
json::Value at_key(const Ground& ground, const scenarios::Stage& stage, std::string_view key,
                   json::Value value, std::string& name);
// One patch that does both; nulls in either stay.
void add_patch(json::Value& patch, const json::Value& other);

// Whether an operation of that name writes ("insert", "upload"); whether it reads and changes
// nothing.
bool is_write(std::string_view operation);
bool is_read(std::string_view operation);

// What a stage or parameter is called in a variant's name: letters, digits and '_'.
std::string word_of(std::string_view name);
// "title", "title and image", "title, image and 3 more".
std::string list_of(const std::vector<std::string>& names);
// The share of the critical path's time that is a stage's own.
double critical_share(const Ground& ground, const scenarios::Stage& stage);
const record::StageTally* tally_of(const Ground& ground, const scenarios::Stage& stage);
// A duration with two digits that count: "1.2s", "350ms".
std::string round_duration(double seconds);

}  // namespace rehearse::study
