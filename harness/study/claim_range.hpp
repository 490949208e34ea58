#pragma once

#include <optional>
#include <string>

#include "harness/record/audit.hpp"
#include "scenarios/model.hpp"

// Ranges of claims: how they are widened, compared and written.
namespace rehearse::study {

inline constexpr double kClaimTolerance = 0.1;

// The claimed range, a tenth wider at both ends; around 0, by `scale` / 100.
record::ClaimRange widened(record::ClaimRange claimed, double scale);

inline bool overlap(record::ClaimRange a, record::ClaimRange b) {
  return a.low <= b.high && b.low <= a.high;
}

// Each end within a tenth of the other's.
bool same_ends(record::ClaimRange a, record::ClaimRange b);

// "4 s", "4-5 s", "67%", "0.04 USD".
std::string range_text(record::ClaimRange range, const std::string& unit);
std::string value_text(double value, const std::string& unit);

}  // namespace rehearse::study
