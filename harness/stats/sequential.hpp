#pragma once

#include <span>
#include <vector>

namespace rehearse::stats {

// The level at which each of several planned looks at growing data may test, two-sided, so that the
// chance of any false alarm over all of them is `alpha` (Pocock, Biometrika 1977: one level for all
// looks). `sizes` are the sample sizes at the looks, strictly ascending, at least one: statistics
// of nested samples correlate by sqrt(n_i / n_j), whatever their own law, and the chance is
// integrated over them (Armitage, McPherson and Rowe, JRSS A 1969). Equal steps give Pocock's
// table: 2 looks 0.0294, 5 looks 0.0158, 10 looks 0.0106. Intervals at this level hold at all looks
// together (Jennison and Turnbull 1989). Stopping before the last look only lowers the chance.
// alpha in (0, 0.5]. About 20 ms for 8 looks.
double look_level(std::span<const double> sizes, double alpha = 0.05);

// The chance of any false alarm where each look tests at `level`.
double chance_of_any(std::span<const double> sizes, double level);

}  // namespace rehearse::stats
