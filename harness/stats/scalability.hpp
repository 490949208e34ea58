#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rehearse::stats {

struct ScalePoint {
  double n = 1;           // users or jobs at once; > 0
  double throughput = 0;  // a second; > 0
};

// The Universal Scalability Law (Gunther 2007): X(n) = λ n / (1 + σ (n - 1) + κ n (n - 1)), with λ
// what one alone does, σ the share that waits for its turn and κ what each pair costs.
struct Scalability {
  double lambda = 0;
  double sigma = 0;               // ≥ 0
  double kappa = 0;               // ≥ 0
  std::vector<double> residuals;  // of each point: measured / fitted - 1
  double worst = 0;               // the largest of them, without its sign
  // √((1 - σ)/κ), where throughput is largest: only where it lies inside the n that were tried.
  std::optional<double> peak;
  double most_n = 0;  // that was tried
  std::string why_no_peak;

  double at(double n) const { return lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1)); }
};

// Least squares of n/X, weighted so that relative errors count alike; σ and κ are kept at 0 or
// above (all four ways of it are tried). Nothing where fewer than four different n are given.
std::optional<Scalability> fit_scalability(std::span<const ScalePoint> points);

}  // namespace rehearse::stats
