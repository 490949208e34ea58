#include "harness/stats/resampling.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "harness/base/check.hpp"
#include "harness/base/math.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace rehearse::stats {
namespace {

using FastPolicy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

constexpr double kHighestScore = 4.5;
constexpr int kKnotsPerScore = 32;
constexpr int kKnots = static_cast<int>(2 * kHighestScore) * kKnotsPerScore + 1;

constexpr std::uint64_t kSides[3] = {hash_name("before"), hash_name("after"), hash_name("labels")};

}  // namespace

Resampling::Resampling(std::uint64_t seed, std::uint32_t resamples,
                       std::shared_ptr<OrderTables> tables)
    : seed_(seed),
      count_(resamples),
      tables_(tables != nullptr ? std::move(tables) : std::make_shared<OrderTables>()) {
  REHEARSE_CHECK(resamples >= 100);
  for (unsigned side = 0; side < 2; ++side) {
    normals_[side].reserve(resamples);
    for (std::uint32_t b = 0; b < resamples; ++b) {
      const DrawKey key{.seed = seed, .job = b, .stage = kSides[side]};
      normals_[side].push_back(normal_quantile(key.uniform(Dimension::Bootstrap, 1)));
    }
  }
}

std::uint64_t Resampling::Places::coins() {
  state_ += 0x9E37'79B9'7F4A'7C15ULL;  // SplitMix64
  return mix64(state_);
}

std::size_t Resampling::Places::next_of(std::uint64_t size) {
  return static_cast<std::size_t>(((coins() >> 32) * size) >> 32);
}

Resampling::Places Resampling::places(std::uint32_t b, unsigned side, std::uint64_t size) const {
  const DrawKey key{.seed = seed_, .job = b, .stage = kSides[side % 3]};
  return {key.bits(Dimension::Bootstrap), size};
}

std::shared_ptr<const OrderPlaces> Resampling::order_places(std::uint64_t n, double q,
                                                            unsigned side) const {
  REHEARSE_CHECK(n <= std::numeric_limits<std::uint32_t>::max());
  const std::shared_ptr<const OrderTable> table = order_table(n, q);
  const std::lock_guard lock(places_->mutex);
  std::shared_ptr<const OrderPlaces>& found = places_->of[{n, q, side & 1}];
  if (found == nullptr) {
    OrderPlaces drawn;
    drawn.reserve(count_);
    for (const double score : normals(side)) {
      drawn.push_back(static_cast<std::uint32_t>(table->place(score)));
    }
    found = std::make_shared<const OrderPlaces>(std::move(drawn));
  }
  return found;
}

OrderTable::OrderTable(std::uint64_t n, double q) : n_(n) {
  REHEARSE_CHECK(n > 0 && q > 0 && q < 1);
  const double size = static_cast<double>(n);
  const double a = (size + 1) * q;
  const double b = (size + 1) * (1 - q);
  position_.reserve(kKnots);
  for (int i = 0; i < kKnots; ++i) {
    const double score = static_cast<double>(i) / kKnotsPerScore - kHighestScore;
    const double tail = boost::math::erfc(std::fabs(score) / std::sqrt(2.0), FastPolicy()) / 2;
    position_.push_back(size * (score < 0 ? boost::math::ibeta_inv(a, b, tail, FastPolicy())
                                          : boost::math::ibetac_inv(a, b, tail, FastPolicy())));
  }
}

std::size_t OrderTable::place(double normal_score) const {
  const double at = std::clamp((normal_score + kHighestScore) * kKnotsPerScore, 0.0,
                               static_cast<double>(kKnots - 1));
  const auto knot = std::min(static_cast<std::size_t>(at), static_cast<std::size_t>(kKnots - 2));
  const double share = at - static_cast<double>(knot);
  const double position = position_[knot] + share * (position_[knot + 1] - position_[knot]);
  return std::min(static_cast<std::size_t>(position), static_cast<std::size_t>(n_ - 1));
}

std::shared_ptr<const OrderTable> OrderTables::of(std::uint64_t n, double q) {
  const std::lock_guard lock(mutex_);
  auto& table = tables_[{n, q}];
  if (table == nullptr) {
    table = std::make_shared<const OrderTable>(n, q);
  }
  return table;
}

}  // namespace rehearse::stats
