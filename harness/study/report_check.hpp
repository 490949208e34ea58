#pragma once

#include <vector>

#include "harness/record/audit.hpp"
#include "scenarios/model.hpp"

namespace rehearse::study {

// Holds the claims of one report against each other, by arithmetic alone: do the parts add up, do
// two figures of the same thing differ, does a saving fit the times before and after, is a target
// met by the report's own numbers, does a share fit? One opinion a claim, in their order; "cannot
// be judged" where the report says nothing else about it.
std::vector<record::ClaimOpinion> check_report(const std::vector<scenarios::Claim>& claims);

// Whether the report measured it.
bool is_measured(const scenarios::Claim& claim);

}  // namespace rehearse::study
