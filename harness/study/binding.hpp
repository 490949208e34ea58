#pragma once

#include <string>
#include <vector>

#include "harness/study/capacity_parts.hpp"

namespace rehearse::study {

// What keeps a system from carrying more: of the fullest constraints the first of which more is
// seen to help; where none helps alone, as few as do together.
struct Binding {
  std::vector<Constraint> constraints;  // empty: none does
  std::string names;
  double share = 0;  // to which the fullest of them is used at the knee
  std::string evidence;
};

Result<Binding> what_binds(const Player& player, const Surveyed& surveyed, const KneeOptions& how,
                           const Knee& knee);

// Those that jobs need or that refused some, the fullest first.
std::vector<Constraint> fullest_first(const std::vector<Constraint>& constraints,
                                      double jobs_per_s);

}  // namespace rehearse::study
