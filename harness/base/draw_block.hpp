#pragma once

#include <array>
#include <cstddef>

namespace rehearse {

inline constexpr std::size_t kBlockDraws = 16;

// Turn uniforms (at least 2^-1022) into draws, each to the bit that math.hpp gives it: the same
// additions, multiplications and divisions in the same order, two draws in one instruction (SSE2,
// which every x86-64 has) and all of them in flight at once.

// -mean * ln(1 - u).
void exponential_block(std::array<double, kBlockDraws>& draws, double mean);
// exp(mu + sigma * normal_quantile(u)).
void lognormal_block(std::array<double, kBlockDraws>& draws, double mu, double sigma);

}  // namespace rehearse
