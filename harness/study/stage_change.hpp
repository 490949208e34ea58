#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "scenarios/model.hpp"

namespace rehearse::study {

// For each stage of `after`: does it do other work than in `before` (or is it new), or does what it
// runs on differ: its provider, connection pool, resources? A stage that was only moved (`after`,
// `background`, another level of parallel stages) does the same work.
std::vector<bool> changed_work(const scenarios::Scenario& before, const scenarios::Scenario& after);

// The text of a stage by its path, "task:group/stage"; null where a scenario has none.
const json::Value& stage_text(const json::Value& scenario, const std::string& workload,
                              std::string_view path);

}  // namespace rehearse::study
