#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/distribution.hpp"
#include "harness/base/endpoint.hpp"
#include "harness/base/time.hpp"
#include "harness/pricing/rates.hpp"
#include "mocks/latency/fault.hpp"

// A provider as mocks play it: what mocks/profiles/*.json say, checked and with every default
// filled in. Immutable once made; times in Distributions are seconds. mocks/profiles/README.md has
// the keys.
namespace rehearse::latency {

// What an operation's time depends on.
enum class Kind : std::uint8_t { Chat, Image, Speech, Transcription, Embedding, Generic, Video };

struct NamedFactor {
  std::string name;
  double factor = 1;
};

// Per minute (per day), refilled continuously; 0: not limited.
struct LimitSpec {
  std::int64_t rpm = 0;
  std::int64_t rpd = 0;
  std::int64_t tpm = 0;   // input + max_tokens
  std::int64_t tpd = 0;   // the same a day
  std::int64_t itpm = 0;  // input that came from no cache
  std::int64_t otpm = 0;  // max_tokens
  std::int64_t ipm = 0;
  std::int64_t in_flight = 0;
  bool any() const { return rpm + rpd + tpm + tpd + itpm + otpm + ipm + in_flight != 0; }
};

struct CapacitySpec {
  std::int64_t slots = 0;  // 0: unbounded
  std::int64_t queue = 0;  // places; one more is refused
  // (calls in service, their total rate in those of one alone), ascending, straight lines between,
  // flat past the last: the knee of a batch. Empty: calls do not slow each other down.
  std::vector<std::pair<double, double>> speed_up;

  // What the time of a call is multiplied by where so many, itself included, are in service.
  double slowdown(std::int64_t in_service) const;
};

// A model that is not always in memory.
struct LoadSpec {
  Distribution time;
  Duration keep;            // unloaded when unused for longer; zero: never
  std::int64_t models = 0;  // of its operation that are loaded at once; 0: all
  bool warm = true;         // loaded when the run starts
};

// When a fault may strike; empty: always.
struct FaultSchedule {
  std::vector<std::pair<Duration, Duration>> during;  // [from, to) of scenario time
  Duration every;                                     // > 0: the windows repeat
  std::vector<std::int64_t> calls;                    // the n-th call that it concerns, from 1
  std::vector<std::int64_t> jobs;
  std::vector<std::int64_t> attempts;  // 0: the first

  bool any() const { return !during.empty() || is_script(); }
  bool is_script() const { return !calls.empty() || !jobs.empty() || !attempts.empty(); }
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
  std::optional<Distribution> lasts;    // a stall that ends: only a delay; of slow bytes, how much
  std::optional<bool> should_retry;     // x-should-retry
  std::string body;                     // in place of the provider's own words
  std::string content_type;             // of `body`
  FaultSchedule when;
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
  // How first content and pace of one call go together, a checkerboard copula: K rows, by the
  // quantile of the first, of K shares each, by that of the pace; rows and columns add up to 1.
  // Empty: not at all.
  std::vector<double> pace_given_first;
  Distribution units_per_chunk = Distribution::constant(1);  // of a stream
  Distribution chunks_per_burst = Distribution::constant(1);
  double burst_pace = 0;  // gaps inside a burst, in mean gaps; 0…1

  // Where the features say nothing.
  Distribution input_tokens;
  Distribution output_tokens;
  Distribution characters;
  Distribution audio_s;  // of videos too
  Distribution bytes;
  std::string size;
  std::string quality;
  std::int64_t steps = 0;

  // Images and videos: time × size × quality × (1 + steps_share (steps / default − 1)) ×
  // n^n_exponent.
  std::vector<NamedFactor> sizes;
  std::vector<NamedFactor> qualities;
  double pixels_exponent = 1;  // of sizes that are not named
  double steps_share = 0;
  double n_exponent = 1;
  double speech_s_per_character = 0;  // of the audio that is made, for the bill

  LimitSpec limits;
  std::optional<CapacitySpec> capacity;  // in place of the provider's
  std::optional<LoadSpec> load;
  pricing::Rates rates;
  std::optional<Endpoint> endpoint;  // where a generic one is found, and what it answers
};

// Slow weather: see weather.hpp.
struct SlowSpec {
  double share = 0;
  Duration slot = Duration::seconds(60);
  double persistence = 0;  // that a slot is like the one before; 0: independent
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
  Wording images_limited;  // by images a minute
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
