#include "harness/engine/job.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "scenarios/resolve.hpp"

namespace rehearse::engine {

void Job::draw_inputs(const std::vector<scenarios::InputValue>* cells) {
  inputs.clear();
  for (const scenarios::Input& input : shared.scenario.inputs) {
    if (input.column && cells != nullptr) {
      inputs.push_back((*cells)[*input.column]);
      continue;
    }
    std::size_t place = 0;
    if (input.feed) {
      place = id.value % input.values.size();
    } else if (input.values.size() > 1) {
      const double u = key(hash_name(input.name), 0).uniform(Dimension::Input);
      const auto found = std::upper_bound(input.cumulative.begin(), input.cumulative.end(), u);
      place = std::min(input.values.size() - 1,
                       static_cast<std::size_t>(found - input.cumulative.begin()));
    }
    inputs.push_back(input.values[place]);
  }
}

std::string Job::fill_request(std::uint32_t stage) const {
  const scenarios::Scenario& scenario = shared.scenario;
  const auto lookup = [&](std::string_view name) -> std::optional<scenarios::InputValue> {
    if (name == "job" || name == "seed") {
      return static_cast<double>(name == "job" ? id.value : shared.seed);
    }
    for (std::size_t i = 0; i < scenario.inputs.size(); ++i) {
      if (scenario.inputs[i].name == name) {
        return inputs[i];
      }
    }
    if (const json::Value* parameter = scenario.parameters.find(name)) {
      return parameter->is_string() ? scenarios::InputValue(parameter->as_string())
             : parameter->is_bool() ? scenarios::InputValue(parameter->as_bool() ? 1.0 : 0.0)
                                    : scenarios::InputValue(parameter->as_double());
    }
    for (const auto& [answered, text] : texts) {
      if (name == "stages." + scenario.stages[answered].name + ".text") {
        return text;
      }
    }
    return std::string();  // a stage that was skipped or answered no text
  };
  const Result<json::Value> filled = scenarios::fill(scenario.stages[stage].request, lookup);
  return filled ? json::dump(*filled) : shared.plan.requests[stage];
}

}  // namespace rehearse::engine
