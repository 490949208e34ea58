#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/base/distribution.hpp"
#include "harness/base/rng.hpp"

namespace rehearse {

// distribution.quantile(key.uniform(dimension)), to the last bit, in less time where jobs come by
// number: a draw is a pure function of its key, so those of sixteen neighbouring jobs are made at
// once. One draw is a chain of arithmetic in which each step waits for the one before; sixteen of
// them side by side keep the processor busy. Where neighbours do not come (jobs far out of order),
// it notices that most of what it made was for nothing, and draws singly.
//
// Distributions are known by their address: they outlive the table and do not change. About 24 KB,
// from the second job on. Not thread-safe.
class DrawTable {
 public:
  double draw(const Distribution& distribution, const DrawKey& key, Dimension dimension) {
    if (key.job == 0 || key.attempt != 0) {
      return distribution.quantile(key.uniform(dimension));
    }
    if (!blocks_.empty()) {
      Block& block = blocks_[place(key, dimension)];
      if (block.distribution == &distribution && block.group == key.job / kJobs &&
          block.stage == key.stage && block.item == key.item && block.dimension == dimension &&
          block.seed == key.seed && block.share == key.share) {
        ++block.used;
        return block.values[key.job % kJobs];
      }
    }
    return draw_new(distribution, key, dimension);
  }

 private:
  static constexpr std::size_t kBlocks = 128;
  static constexpr std::uint64_t kJobs = kBlockDraws;

  struct Block {
    const Distribution* distribution = nullptr;
    std::uint64_t seed = 0;
    std::uint64_t stage = 0;
    std::uint64_t group = 0;  // of jobs
    double share = 0;
    std::uint32_t item = 0;
    std::uint16_t used = 0;
    Dimension dimension = Dimension::ServiceTime;
    std::array<double, kBlockDraws> values = {};
  };

  static std::size_t place(const DrawKey& key, Dimension dimension) {
    const std::uint64_t mixed =
        (key.stage ^ (key.item * 0x9E37'79B9ULL) ^ (static_cast<std::uint64_t>(dimension) << 20)) *
        0x9E37'79B9'7F4A'7C15ULL;
    return static_cast<std::size_t>((mixed >> 40) + key.job / kJobs) % kBlocks;
  }
  double draw_new(const Distribution& distribution, const DrawKey& key, Dimension dimension);

  std::vector<Block> blocks_;
  int credit_ = 0;  // draws that blocks have saved, less what they cost
  std::uint32_t single_ = 0;
};

}  // namespace rehearse
