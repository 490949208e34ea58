#pragma once

#include <cstdint>
#include <string>

#include "harness/base/result.hpp"
#include "harness/wire/api_error.hpp"
#include "harness/wire/http_message.hpp"
#include "mocks/latency/profile.hpp"
#include "mocks/latency/ticket.hpp"

namespace rehearse::server {

// Whose words an answer is in.
enum class Protocol : std::uint8_t {
  OpenAi,
  Ollama,
  Generic,
  Firecrawl,
  Anthropic,
  Gemini,
  Stability,
  Replicate,
  Runway,
};

// What a provider of that profile speaks: by the profile's name, where all its operations are not
// generic ones.
Protocol protocol_of(const latency::Profile& profile);
bool is_generic(const latency::Profile& profile);

// A refusal or an error in those words; `type` may be empty, then it follows from status and code.
wire::Response error_response(Protocol protocol, wire::ApiError error);
// How a wait is told.
struct Hint {
  double speed = 1;    // that it is divided by
  bool exact = false;  // to the millisecond, also where the provider tells whole seconds
};
// What the model refused.
wire::Response refusal_response(Protocol protocol, const latency::Refusal& refusal,
                                const Hint& hint, std::string request_id);
// An error that says when to come back, if it does.
wire::Response with_retry_after(Protocol protocol, wire::ApiError error,
                                std::optional<Duration> wait, const Hint& hint);
// An error status that was planned for a call, with the body that its fault asks for.
wire::Response fault_response(Protocol protocol, const latency::FaultSpec& fault, const Hint& hint,
                              std::string request_id);
// 400 for a request that could not be understood.
wire::ApiError bad_request(Protocol protocol, const Errors& errors);
// 401 for one without a key.
wire::ApiError no_key(Protocol protocol);
// How the answer to request `number` is called; some error bodies repeat it.
std::string request_id(Protocol protocol, std::uint64_t seed, std::uint64_t number);

// The headers that every answer carries; `number` makes the request id unique.
struct ServiceHeaders {
  std::uint64_t seed = 1;
  std::uint64_t number = 0;
  Duration processing;         // wall
  latency::LimitState limits;  // in scenario time
  double speed = 1;
};
void add_service_headers(Protocol protocol, wire::Headers& headers, const ServiceHeaders& service);

}  // namespace rehearse::server
