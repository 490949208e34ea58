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
  // What the drawn time is multiplied by: typical(this call) / typical(the same call in the base
  // scenario) where the stage has a `time` of its own, and a study's virtual speed-up; 1 where
  // nothing was changed.
  double time_ratio = 1;
  bool new_connection = false;    // pays the connection's set-up
  std::string_view request = {};  // JSON that is really sent; empty: filler of the drawn size
  bool keep_text = false;         // a later stage asks for the answer's text
};

// A call under way whose end is known already; its provider owns it.
struct Foreseen {
  Instant ends;            // unless its caller leaves before
  bool has_ended = false;  // refused: it takes no time at all
};

// Answers calls: the one seam between the engine and a world's providers. An implementation returns
// soon after `stop` was requested, with Failure::Cancelled, having freed what it held.
class Provider {
 public:
  virtual ~Provider() = default;
  // `call` lives in the caller's frame until the task ends.
  virtual runtime::Task<Outcome> call(const Call& call, runtime::StopToken stop) = 0;
  // Takes a call on, as call() does, and says when it will end: virtual time can, where the call
  // begins at once. One settle() follows, at that instant or when the caller is told to stop; it
  // costs no coroutine. nullptr: nothing has happened, use call(). `call` may go when this returns.
  virtual Foreseen* foresee(const Call&) { return nullptr; }
  virtual Outcome settle(Foreseen&, runtime::Wake) { return {}; }
  // The median time of such a call on an idle provider; zero where nobody knows (live).
  virtual Duration typical(const CallFeatures& features) const = 0;
  // The same, with what the features leave open (an output length) drawn as the call itself draws
  // it.
  virtual Duration typical_of(const CallFeatures& features, const DrawKey& /*key*/) const {
    return typical(features);
  }
};

}  // namespace rehearse::provider
