#include "harness/engine/job.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace rehearse::engine {

void Job::draw_inputs() {
  inputs.clear();
  for (const scenarios::Input& input : shared.scenario.inputs) {
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

}  // namespace rehearse::engine
