#pragma once

#include <string>
#include <vector>

#include "harness/record/run_header.hpp"

namespace rehearse::record {

// What else than variants and parameters differs between two runs: scenario, luck, machine, …; one
// sentence each.
std::vector<std::string> run_differences(const RunHeader& before, const RunHeader& after);

// The parameters that differ, in the order of `before`: "image_size 1792x1024 → 1024x1024, …";
// empty where none does. Variants set parameters too, so that a difference is no reason to warn.
std::string parameter_differences(const json::Value& before, const json::Value& after);

}  // namespace rehearse::record
