#pragma once

#include <array>
#include <cstddef>

namespace rehearse {

inline constexpr std::size_t kBlockDraws = 8;

// Turns uniforms (at least 2^-1022) into exp(mu + sigma * normal_quantile(u)), each to the bit that
// math.hpp gives it: the same additions, multiplications and divisions in the same order, two draws
// in one instruction (SSE2, which every x86-64 has) and all of them in flight at once.
void lognormal_block(std::array<double, kBlockDraws>& draws, double mu, double sigma);

}  // namespace rehearse
