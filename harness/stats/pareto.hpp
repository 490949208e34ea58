#pragma once

#include <span>
#include <vector>

namespace rehearse::stats {

// Which rows no other row beats: at most as large in every column and smaller in one. Smaller is
// better; rows of equal length. A NaN is beaten by every number. O(n² columns).
std::vector<bool> pareto_front(std::span<const std::vector<double>> rows);

}  // namespace rehearse::stats
