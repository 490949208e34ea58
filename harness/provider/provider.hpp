#pragma once

#include <cstdint>
#include <string_view>

#include "harness/base/rng.hpp"
#include "harness/provider/outcome.hpp"
#include "harness/runtime/runtime.hpp"

namespace rehearse::provider {

// What is asked of a provider: all that time, price and limits depend on. Zero or empty means "the
// profile's default". Texts are owned by the caller until the call has ended.
struct Features {
  std::string_view operation;  // "chat", "image", …, or a generic endpoint's name
  std::string_view model;
  std::string_view size;       // "1792x1024"
  std::string_view quality;
  std::int64_t input_tokens = 0;
  std::int64_t cached_tokens = 0;
  std::int64_t output_tokens = 0;  // as drawn, before the cut at max_tokens
  std::int64_t max_tokens = 0;     // 0: no limit asked
  std::int64_t n = 1;
  std::int64_t steps = 0;
  std::int64_t audio_ms = 0;
  std::int64_t characters = 0;
  std::int64_t bytes = 0;
  bool stream = false;

  bool operator==(const Features&) const = default;
};

// One attempt.
struct Call {
  DrawKey key;             // stage = hash_name(stage_path)
  std::string_view stage;  // its path
  Features features;
  // The same call in the base scenario, same draws; equal to `features` where nothing was changed.
  // A stage's own `time` is multiplied by typical(features) / typical(base).
  Features base;
  bool new_connection = false;  // pays the connection's set-up
  std::string_view request;     // JSON that is really sent; empty: filler of the drawn size
  bool keep_text = false;       // a later stage asks for the answer's text
};

// Answers calls: the one seam between the engine and a world's providers. An implementation returns
// soon after `stop` was requested, with Failure::Cancelled, having freed what it held.
class Provider {
 public:
  virtual ~Provider() = default;
  // `call` lives in the caller's frame until the task ends.
  virtual runtime::Task<Outcome> call(const Call& call, runtime::StopToken stop) = 0;
};

}  // namespace rehearse::provider
