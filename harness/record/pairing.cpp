#include "harness/record/pairing.hpp"

#include <algorithm>

namespace rehearse::record {
namespace {

std::vector<double> values_of(const std::vector<SideValue>& side) {
  std::vector<double> out;
  out.reserve(side.size());
  for (const SideValue& each : side) {
    out.push_back(each.value);
  }
  return out;
}

std::size_t common_seeds(const ComparisonSide& before, const ComparisonSide& after) {
  std::size_t out = 0;
  for (const RunPoint* const mine : before.seeds) {
    out += std::any_of(after.seeds.begin(), after.seeds.end(), [&](const RunPoint* other) {
      return other->header.seed == mine->header.seed;
    });
  }
  return out;
}

}  // namespace

bool draws_its_luck(const RunHeader& header) {
  return header.against.find("live") == std::string::npos && header.against != "recorded";
}

bool shares_nothing(const RunPoint& point) {
  if (!point.header.isolated) {
    return false;
  }
  const std::vector<std::string>& names = point.header.failures;
  const auto refused = std::find(names.begin(), names.end(), "rate_limited");
  if (refused == names.end()) {
    return true;
  }
  const auto at = static_cast<std::size_t>(refused - names.begin());
  return std::all_of(
      point.tally.stages.begin(), point.tally.stages.end(),
      [&](const StageTally& stage) { return at >= stage.errors.size() || stage.errors[at] == 0; });
}

namespace {

bool shares_nothing(const ComparisonSide& side) {
  return side.seeds.empty()
             ? shares_nothing(side.point)
             : std::all_of(side.seeds.begin(), side.seeds.end(),
                           [](const RunPoint* point) { return shares_nothing(*point); });
}

// As of one run on each side.
PairingChoice choose_single(const ComparisonSide& before_side, const ComparisonSide& after_side) {
  const RunHeader& before = before_side.point.header;
  const RunHeader& after = after_side.point.header;
  const bool independent = shares_nothing(before_side) && shares_nothing(after_side);
  if (!draws_its_luck(before) || !draws_its_luck(after)) {
    return {Pairing::Unpaired, independent, "real providers draw their own luck"};
  }
  if (before.drive != after.drive) {
    return {Pairing::Unpaired, independent, "different drivers"};
  }
  if (before.seed != after.seed) {
    return {Pairing::Unpaired, independent, "different seeds"};
  }
  if (before.workload != after.workload) {
    return {Pairing::Unpaired, independent, "different workloads"};
  }
  if (independent) {
    return {Pairing::Jobs, true, "same seed and workload, and jobs share nothing"};
  }
  return {
      Pairing::Batches, false,
      "same seed and workload; jobs share queues, limits or caches, so neighbours stand together"};
}

}  // namespace

const char* pairing_name(Pairing pairing) {
  static constexpr const char* kNames[] = {"jobs", "batches", "unpaired", "seeds", "runs"};
  return kNames[static_cast<int>(pairing)];
}

PairingChoice choose_pairing(const ComparisonSide& before, const ComparisonSide& after) {
  PairingChoice choice = choose_single(before, after);
  if (before.seeds.size() < 2 || after.seeds.size() < 2 || choice.independent) {
    return choice;
  }
  const std::size_t pairs = common_seeds(before, after);
  if (choice.pairing == Pairing::Batches || choice.why == "different seeds") {
    if (pairs >= 2) {
      return {Pairing::Seeds, true,
              "same workload; jobs share queues, limits or caches, so a whole run is one sample"};
    }
    choice.why = "different seeds";
  }
  return {Pairing::Runs, true, choice.why + "; a whole run is one sample"};
}

std::string lone_jobs(Pairing pairing, std::uint64_t done_before, std::uint64_t done_after) {
  const std::uint64_t pairs = std::min(done_before, done_after);
  const std::uint64_t most = std::max(done_before, done_after);
  if (pairing != Pairing::Jobs || pairs == 0 || pairs >= most - pairs) {
    return "";
  }
  return "only " + std::to_string(pairs) + " of " + std::to_string(most) +
         " jobs can have a partner in the other run: the verdict is of those alone";
}

Samples lay_side_by_side(const std::vector<SideValue>& before, const std::vector<SideValue>& after,
                         Pairing pairing) {
  if (pairing == Pairing::Unpaired || pairing == Pairing::Runs) {
    return {values_of(before), values_of(after)};
  }
  Samples out;
  std::size_t j = 0;
  for (const SideValue& each : before) {
    while (j < after.size() && after[j].job < each.job) {
      ++j;
    }
    if (j < after.size() && after[j].job == each.job) {
      out.before.push_back(each.value);
      out.after.push_back(after[j].value);
    }
  }
  return out;
}

}  // namespace rehearse::record
