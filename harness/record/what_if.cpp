#include "harness/record/what_if.hpp"

namespace rehearse::record {

const char* worth_name(Worth worth) {
  static constexpr const char* kNames[] = {"p50",      "p95",      "mean", "first_job",
                                           "warm_job", "makespan", "cost", "first_result"};
  return kNames[static_cast<std::size_t>(worth)];
}

}  // namespace rehearse::record
