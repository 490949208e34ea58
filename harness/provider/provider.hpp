#pragma once

#include <string_view>

#include "harness/base/call_features.hpp"
#include "harness/base/rng.hpp"
#include "harness/provider/outcome.hpp"
#include "harness/runtime/runtime.hpp"

namespace rehearse::provider {

// One attempt.
struct Call {
  DrawKey key = {};             // stage = hash_name(stage_path)
  std::string_view stage = {};  // its path
  CallFeatures features = {};
  // What a draw from the stage's own `time` is multiplied by: typical(this call) / typical(the same
  // call in the base scenario), 1 where nothing was changed.
  double time_ratio = 1;
  bool new_connection = false;    // pays the connection's set-up
  std::string_view request = {};  // JSON that is really sent; empty: filler of the drawn size
  bool keep_text = false;         // a later stage asks for the answer's text
};

// Answers calls: the one seam between the engine and a world's providers. An implementation returns
// soon after `stop` was requested, with Failure::Cancelled, having freed what it held.
class Provider {
 public:
  virtual ~Provider() = default;
  // `call` lives in the caller's frame until the task ends.
  virtual runtime::Task<Outcome> call(const Call& call, runtime::StopToken stop) = 0;
  // The median time of such a call on an idle provider; zero where nobody knows (live).
  virtual Duration typical(const CallFeatures& features) const = 0;
  // The same, with what the features leave open (an output length) drawn as the call itself draws
  // it.
  virtual Duration typical_of(const CallFeatures& features, const DrawKey& /*key*/) const {
    return typical(features);
  }
};

}  // namespace rehearse::provider
