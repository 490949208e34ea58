#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/result.hpp"

namespace rehearse::wire {

// Members for a body that somebody wrote by hand: each is added only where the body lacks it.
using BodyDefaults =
    std::vector<std::pair<std::string_view, std::variant<std::string, std::int64_t, bool>>>;

// The body, a JSON object, with what it lacks.
Result<std::string> complete_body(std::string_view body, const BodyDefaults& defaults);

}  // namespace rehearse::wire
