#pragma once

#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "scenarios/model.hpp"

namespace rehearse::scenarios {

// The variants behind these names ("a", "a+b", presets, "base" for none), each once and sorted by
// name, so that the order of asking never matters. Unknown names, presets in a circle, and two of
// one group are errors.
Result<std::vector<const Variant*>> expand_variants(const std::vector<Variant>& all,
                                                    const std::vector<std::string>& names);

// The places that two of the variants set to different values (or a place and one around it).
Errors conflicts(const std::vector<const Variant*>& variants);

// The file with the variants' patches applied.
json::Value merge_variants(const json::Value& file, const std::vector<const Variant*>& variants);

// The text that a run's hash is of: what is run (one workload, parameters as they are, `order`
// written out), and nothing of what is only said about it (variants, claims, objectives, notes,
// nulls). Sorted keys. It is a scenario again, and runs the same.
struct CanonicalPart {
  std::string workload;    // empty: all of them
  json::Value parameters;  // in force
};
std::string canonical_text(const json::Value& merged, const CanonicalPart& part);

}  // namespace rehearse::scenarios
