#include "harness/base/draw_table.hpp"

#include <algorithm>

namespace rehearse {
namespace {

constexpr int kCost = 3;  // single draws that take as long as a block
constexpr int kMostCredit = 64;
constexpr std::uint32_t kTryAgain = 32;  // single draws between two blocks that are tried

}  // namespace

double DrawTable::draw_new(const Distribution& distribution, const DrawKey& key,
                           Dimension dimension) {
  if (credit_ < 0 && ++single_ % kTryAgain != 0) {
    return distribution.quantile(key.uniform(dimension));
  }
  if (blocks_.empty()) {
    blocks_.resize(kBlocks);
  }
  Block& block = blocks_[place(key, dimension)];
  if (block.distribution != nullptr) {
    credit_ = std::clamp(credit_ + block.used - kCost, -kMostCredit, kMostCredit);
  }
  block.distribution = &distribution;
  block.seed = key.seed;
  block.stage = key.stage;
  block.group = key.job / kJobs;
  block.share = key.share;
  block.item = key.item;
  block.used = 1;
  block.dimension = dimension;
  DrawKey first = key;
  first.job = block.group * kJobs;
  first.uniforms(dimension, block.values);
  distribution.quantiles(block.values);
  return block.values[key.job % kJobs];
}

}  // namespace rehearse
