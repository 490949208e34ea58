#pragma once

#include <cstddef>
#include <string>

#include "harness/json/value.hpp"

namespace rehearse::json {

// JSON text as people write it: what fits into a line stands in one, `{ "a": 1, "b": [1, 2] }`, all
// else is indented by two. The value is the same as dump()'s.
std::string dump_for_people(const Value& value, std::size_t width = 100);

}  // namespace rehearse::json
