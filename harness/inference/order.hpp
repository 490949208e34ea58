#pragma once

#include <cstddef>
#include <vector>

#include "harness/inference/step.hpp"

namespace rehearse::inference {

// What each step waits for, by numbers of steps that stand before it. No edge follows from others.
struct Order {
  std::vector<std::vector<std::size_t>> needs;  // data flow that bodies show; work between calls
  std::vector<std::vector<std::size_t>> after;  // what else was over when the step began
  bool is_chain = true;                         // each step simply follows the one before it
};

// B follows A where A was over before B began in every job that had both. `steps` are sorted by
// their start.
Order order_of(const std::vector<Step>& steps, const Feeds& feeds);

}  // namespace rehearse::inference
