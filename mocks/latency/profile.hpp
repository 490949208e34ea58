#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/distribution.hpp"
#include "harness/base/time.hpp"
#include "harness/pricing/rates.hpp"
#include "mocks/latency/fault.hpp"

// A provider as mocks play it: what mocks/profiles/*.json say, checked and with every default
// filled in. Immutable once made; times in Distributions are seconds. mocks/profiles/README.md has
// the keys.
namespace rehearse::latency {

// What an operation's time depends on.
enum class Kind : std::uint8_t { Chat, Image, Speech, Transcription, Embedding, Generic };

struct NamedFactor {
  std::string name;
  double factor = 1;
};

// Per minute (per day), refilled continuously; 0: not limited.
struct LimitSpec {
  std::int64_t rpm = 0;
  std::int64_t rpd = 0;
  std::int64_t tpm = 0;   // input + max_tokens
  std::int64_t itpm = 0;  // input that came from no cache
  std::int64_t otpm = 0;  // max_tokens
  std::int64_t ipm = 0;
  std::int64_t in_flight = 0;
  bool any() const { return rpm + rpd + tpm + itpm + otpm + ipm + in_flight != 0; }
};

struct CapacitySpec {
  std::int64_t slots = 0;  // 0: unbounded
  std::int64_t queue = 0;  // places; one more is refused
};

struct FaultSpec {
  std::string name;
  Fault fault = Fault::Status;
  std::uint16_t status = 500;
  std::string code;
  std::string message;
  std::string operation;  // empty: every
  std::string model;      // empty: every
  double probability = 0;
  std::optional<Duration> retry_after;  // that a status comes with
  std::optional<Distribution> lasts;    // a stall before the answer that ends: only a delay
};

// How a refusal reads: {model} {what} {limit} {used} {requested} {wait} are filled in.
struct Wording {
  std::uint16_t status = 429;
  std::string code;
  std::string message;
};

// One operation of one model.
struct Entry {
  std::string operation;
  std::string model;
  std::vector<std::string> aliases;  // a trailing * fits every ending
  Kind kind = Kind::Generic;

  Distribution first;  // to first content with no input; images: one at default size
  double per_input_token_s = 0;
  double per_cached_token_s = 0;
  Distribution pace;  // seconds for each unit: output token after the first, character,
                      // second of audio, input token (embedding), 10^6 bytes
  double first_median_s = 0;
  double pace_median_s = 0;
  Distribution units_per_chunk = Distribution::constant(1);  // of a stream

  // Where the features say nothing.
  Distribution input_tokens;
  Distribution output_tokens;
  Distribution characters;
  Distribution audio_s;
  Distribution bytes;
  std::string size;
  std::string quality;
  std::int64_t steps = 0;

  // Images: time × size × quality × (1 + steps_share (steps / default − 1)) × n^n_exponent.
  std::vector<NamedFactor> sizes;
  std::vector<NamedFactor> qualities;
  double pixels_exponent = 1;  // of sizes that are not named
  double steps_share = 0;
  double n_exponent = 1;
  double speech_s_per_character = 0;  // of the audio that is made, for the bill

  LimitSpec limits;
  std::optional<CapacitySpec> capacity;  // in place of the provider's
  pricing::Rates rates;
};

// Slow weather: each slot of time is slow with probability `share`, the same for every variant.
struct SlowSpec {
  double share = 0;
  Duration slot = Duration::seconds(60);
  Distribution factor = Distribution::constant(1);
};

struct Profile {
  std::string name;
  std::string note;
  std::int32_t dated = 0;  // yyyymmdd: the day its prices are of
  Distribution dns;
  Distribution tcp;
  Distribution tls;
  LimitSpec limits;  // of all calls together, besides those of the entries
  CapacitySpec capacity;
  SlowSpec slow;
  std::vector<FaultSpec> faults;
  Wording rate_limited;
  Wording too_large;
  Wording busy;
  Wording not_found;
  std::vector<Entry> entries;
  // (operation, index of the entry of its default model), in the order of the file.
  std::vector<std::pair<std::string, std::size_t>> defaults;

  // The entry that answers such a call: the model by name, by alias, "*", or the operation's
  // default where `model` is empty. nullptr: the provider has no such operation or model. Linear.
  const Entry* find(std::string_view operation, std::string_view model) const;
};

}  // namespace rehearse::latency
