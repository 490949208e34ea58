#include "harness/base/draw_table.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace rehearse;

namespace {

std::vector<Distribution> some_distributions() {
  std::vector<Distribution> out{Distribution::typical(5, 0.1),
                                Distribution::between(2, 4),
                                Distribution::exponential(3),
                                Distribution::uniform(1, 2),
                                Distribution::gamma(2, 0.7),
                                Distribution::constant(4),
                                Distribution::typical(5, 0.5).clamped(4, 6)};
  out.push_back(Distribution::mixture({{0.9, out[0]}, {0.1, out[2]}}).value());
  return out;
}

// Draws these jobs by a table and one by one; how many differ in any bit.
int differences(DrawTable& table, const std::vector<std::uint64_t>& jobs, double share) {
  static const std::vector<Distribution> distributions = some_distributions();
  int out = 0;
  for (const std::uint64_t job : jobs) {
    for (std::size_t d = 0; d < distributions.size(); ++d) {
      for (std::uint32_t item = 0; item < 3; ++item) {
        for (std::uint32_t attempt = 0; attempt < 2; ++attempt) {
          const DrawKey key{.seed = 7,
                            .job = job,
                            .stage = 1000 + d % 3,
                            .item = item,
                            .attempt = attempt,
                            .share = share};
          const Dimension dimension = d < 4 ? Dimension::ServiceTime : Dimension::Bytes;
          const double one = distributions[d].quantile(key.uniform(dimension));
          out += table.draw(distributions[d], key, dimension) == one ? 0 : 1;
        }
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a draw from a table has the bits of a draw alone, in whatever order jobs come") {
  std::vector<std::uint64_t> in_order;
  std::vector<std::uint64_t> shuffled;
  std::vector<std::uint64_t> far_apart;
  for (std::uint64_t i = 0; i < 300; ++i) {
    in_order.push_back(i);
    shuffled.push_back((i * 37) % 300);
    far_apart.push_back(mix64(i));
  }
  for (const double share : {0.0, 0.4, 1.0}) {
    DrawTable table;
    CHECK(differences(table, in_order, share) == 0);
    CHECK(differences(table, shuffled, share) == 0);
    CHECK(differences(table, far_apart, share) == 0);
    CHECK(differences(table, in_order, share) == 0);
  }
}

TEST_CASE("a table tells seeds and distributions apart") {
  const Distribution one = Distribution::typical(5, 0.1);
  const Distribution other = Distribution::typical(6, 0.1);
  DrawTable table;
  for (std::uint64_t job = 1; job < 50; ++job) {
    for (const std::uint64_t seed : {1U, 2U}) {
      const DrawKey key{.seed = seed, .job = job, .stage = 3};
      const double u = key.uniform(Dimension::ServiceTime);
      CHECK(table.draw(one, key, Dimension::ServiceTime) == one.quantile(u));
      CHECK(table.draw(other, key, Dimension::ServiceTime) == other.quantile(u));
    }
  }
}
