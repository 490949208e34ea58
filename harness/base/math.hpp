#pragma once

namespace rehearse {

// Elementary functions whose last bit does not depend on the machine: libm picks other code paths
// by CPU, and a draw that differs in one bit changes a run's hash. Within 2 ulp of the true value.

// Natural logarithm; x finite and > 0 (0 gives -infinity, negative NaN).
double ln(double x);

// e^x; overflows to infinity above 709.78, underflows to 0 below -745.
double exp(double x);

// The standard normal quantile, p in (0, 1). Wichura, Algorithm AS 241 (PPND16), 1988:
// about 1 part in 1e16.
double normal_quantile(double p);

// The standard normal distribution function, absolute error below 1e-14; strictly inside (0, 1).
double normal_cdf(double x);

}  // namespace rehearse
