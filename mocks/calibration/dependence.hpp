#pragma once

#include <optional>
#include <span>

#include "harness/json/value.hpp"

namespace rehearse::calibration {

// How pairs go together, as a profile writes it (`pace_given_first`): by equal classes of the ranks
// of `a`, the shares of those of `b`; every row and column adds up to 1. As many classes as leave
// eight pairs to a field, 2 to 12. Nothing where it is no more than chance: neither the rank
// correlation nor chi-squared is significant at 1%.
std::optional<json::Value> dependence_of(std::span<const double> a, std::span<const double> b);

}  // namespace rehearse::calibration
