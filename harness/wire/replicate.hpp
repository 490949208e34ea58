#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/json/value.hpp"
#include "harness/wire/http_message.hpp"

// Replicate's predictions: what is asked to be made, and how far it is.
namespace rehearse::wire::replicate {

struct PredictionRequest {
  std::string model;                // "owner/name", where the body names one
  std::string version;              // a hash, or "owner/name:hash"
  json::Value input;                // an object
  std::string webhook;              // empty: none
  std::vector<std::string> events;  // that the webhook is told of; empty: all
  bool stream = false;
  bool operator==(const PredictionRequest&) const = default;
};
// A body of at most 64 levels; errors name the place in it. The path may name the model instead.
Result<PredictionRequest> decode_request(std::string_view body);
std::string encode_request(const PredictionRequest& request);

// "wait" is 60 s, "wait=5" 5 s (1 to 60); nothing where the header asks for no wait.
std::optional<Duration> prefer_wait(std::string_view prefer);

struct Prediction {
  std::string id;
  std::string model;
  std::string version;
  std::string status;       // starting, processing, succeeded, failed, canceled
  std::string input_json;   // an object
  std::string output_json;  // empty: null
  std::string error;        // empty: null
  std::string logs;
  Instant created;  // since the epoch
  std::optional<Instant> started;
  std::optional<Instant> completed;
  std::string url;  // of the API, "http://host/v1"; its own links are below it
  bool operator==(const Prediction&) const = default;
};
// Linear in the output, which is not parsed again.
std::string encode_prediction(const Prediction& prediction);
// Reads what an answer holds; instants are left out (a client goes by its own clock).
Result<Prediction> decode_prediction(std::string_view body);

// {"detail", "status", "title"}: how Replicate words an error.
std::string encode_error(int status, std::string_view detail);

}  // namespace rehearse::wire::replicate
