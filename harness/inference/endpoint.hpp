#pragma once

#include <string>
#include <vector>

#include "harness/json/value.hpp"
#include "harness/record/recorded_call.hpp"

namespace rehearse::inference {

// The path of these calls as a profile describes it: "/rows/{id}" where a segment differs or may be
// a key. At least one call.
std::string path_pattern(const std::vector<const record::RecordedCall*>& calls);

// A generic operation of a profile, with the endpoint at which these calls found it.
json::Value endpoint_operation(const std::vector<const record::RecordedCall*>& calls);

// Bytes of the payload that a call brought down; without what only its framing took, where that is
// known.
double answer_bytes(const record::RecordedCall& call);

}  // namespace rehearse::inference
