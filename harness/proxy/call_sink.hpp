#pragma once

#include "harness/record/recorded_call.hpp"

namespace rehearse::proxy {

// Takes what a proxy saw. Called on the proxy's thread between two chunks, so it must be quick.
class CallSink {
 public:
  virtual ~CallSink() = default;
  // A call has ended, or is still under way (CallEnd::Open) and will be told again.
  virtual void call_seen(record::RecordedCall call) = 0;
};

}  // namespace rehearse::proxy
