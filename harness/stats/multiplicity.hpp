#pragma once

#include <span>
#include <vector>

namespace rehearse::stats {

// p-values adjusted so that "adjusted <= alpha" keeps the chance of any false alarm under alpha,
// whatever their dependence (Holm, Scandinavian Journal of Statistics 1979): for what gates. In the
// order given; each in [0, 1].
std::vector<double> holm(std::span<const double> p_values);

// p-values adjusted so that "adjusted <= q" keeps the expected share of false ones among those
// called under q, for independent or positively dependent tests (Benjamini and Hochberg, JRSS B
// 1995): for "worth a look", never for a gate.
std::vector<double> benjamini_hochberg(std::span<const double> p_values);

}  // namespace rehearse::stats
