#pragma once

#include <cstdint>
#include <string_view>

#include "harness/wire/api_error.hpp"
#include "harness/wire/http_message.hpp"
#include "mocks/latency/ticket.hpp"

namespace rehearse::server {

// Whose words an answer is in.
enum class Protocol : std::uint8_t { OpenAi, Ollama, Generic, Firecrawl };

// A refusal or an error in those words; `type` may be empty, then it follows from status and code.
wire::Response error_response(Protocol protocol, wire::ApiError error);
// What the model refused; waits are divided by `speed`.
wire::Response refusal_response(Protocol protocol, const latency::Refusal& refusal, double speed);

// The headers that every answer of OpenAI carries; `number` makes the request id unique.
struct ServiceHeaders {
  std::uint64_t seed = 1;
  std::uint64_t number = 0;
  Duration processing;         // wall
  latency::LimitState limits;  // in scenario time
  double speed = 1;
};
void add_service_headers(wire::Headers& headers, const ServiceHeaders& service);

}  // namespace rehearse::server
