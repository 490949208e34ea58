#pragma once

#include <algorithm>
#include <string>

#include "harness/record/capacity.hpp"
#include "reports/document.hpp"

// The tables of a capacity plan. Private to this layer.
namespace rehearse::reports {

std::string load_text(const std::string& axis, double load);  // "12.3/s", "140 users"

// The next thing to run out, in a few words; empty: nothing is known of it.
std::string next_binder(const record::CapacityKnee& knee);

// Objectives that no load meets, and what else must be known.
Paragraph plan_notes(const record::CapacityPlan& plan);

Table headroom_table(const record::CapacityPlan& plan);
Table target_table(const record::CapacityTarget& target);
Table money_table(const record::CapacityPlan& plan);
Table objective_table(const record::CapacityKnee& knee);
// What binds next, and what it takes to get there.
Table ladder_table(const record::CapacityKnee& knee);
Table limit_table(const record::CapacityKnee& knee);

}  // namespace rehearse::reports
