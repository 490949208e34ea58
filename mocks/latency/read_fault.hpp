#pragma once

#include "harness/json/object_reader.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

// The member "faults" of a profile: named faults, in the order of the file. A fault whose name says
// what happens ("stalled_in_stream", "status_503") needs no `fault`; one that has a schedule and no
// probability strikes always. Wrong ones become errors of the reader; so do probabilities, without
// a schedule, of more than 1 in all.
void read_faults(json::ObjectReader& top, Profile& profile);

}  // namespace rehearse::latency
