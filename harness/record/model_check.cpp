#include "harness/record/model_check.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::record {

double ModelCheck::worst() const {
  double out = 0;
  for (const ModelError& each : errors) {
    out = std::max(out, std::abs(each.error()));
  }
  return out;
}

}  // namespace rehearse::record
