#pragma once

#include <optional>
#include <span>

#include "harness/record/comparison.hpp"

namespace rehearse::record {

// The innermost stage that most of the change of the mean response time comes from, and what of it
// changed. Of the stages whose own change was found real (`stages`), the one whose time on the
// critical path changed most; where none of them was, the one that jobs wait for more or less than
// before. Its change is split into parts: the queue before it, cache hits, retries, output tokens
// or images of a call; what is left is the model's where that is another one, else the code's. The
// largest part names the cause. A queue is no cause where the stage's own time moved the same way
// by more than 5%. nullopt where the response time changed by less than one part in 10^6.
std::optional<Culprit> find_culprit(const RunSummary& before, const RunSummary& after,
                                    std::span<const StageChange> stages);

}  // namespace rehearse::record
