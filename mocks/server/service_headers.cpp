#include <algorithm>
#include <chrono>

#include "harness/wire/anthropic_limits.hpp"
#include "harness/wire/rate_limit.hpp"
#include "mocks/server/protocol.hpp"

namespace rehearse::server {
namespace {

// Where nobody limits a call, its headers show a limit that nobody meets.
wire::LimitState shown(std::int64_t limit, std::int64_t remaining, Duration reset, double speed,
                       std::int64_t otherwise) {
  if (limit < 0) {
    return {otherwise, otherwise - 1, Duration::zero()};
  }
  const std::int64_t ns = (reset * (1 / speed)).count_ns();
  return {limit, remaining < 0 ? 0 : remaining,
          Duration::milliseconds((ns + 999'999) / 1'000'000)};  // as fine as OpenAI shows it
}

Instant wall_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_ns(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

std::string milliseconds(Duration wall) { return std::to_string(wall.count_ns() / 1'000'000); }

void add_openai(wire::Headers& headers, const ServiceHeaders& service) {
  const latency::LimitState& l = service.limits;
  wire::RateLimits limits;
  limits.requests =
      shown(l.limit_requests, l.remaining_requests, l.reset_requests, service.speed, 30'000);
  limits.tokens =
      shown(l.limit_tokens, l.remaining_tokens, l.reset_tokens, service.speed, 30'000'000);
  wire::write_rate_limits(headers, limits);
  headers.add("x-request-id", request_id(Protocol::OpenAi, service.seed, service.number));
  headers.add("openai-processing-ms", milliseconds(service.processing));
  headers.add("openai-version", "2020-10-01");
  headers.add("openai-organization", "org-rehearse");
}

// The limit of all tokens is that of both kinds together where there is none of its own.
void add_anthropic(wire::Headers& headers, const ServiceHeaders& service) {
  const latency::LimitState& l = service.limits;
  wire::anthropic::RateLimits limits;
  limits.requests =
      shown(l.limit_requests, l.remaining_requests, l.reset_requests, service.speed, 4'000);
  const wire::LimitState input =
      shown(l.limit_input, l.remaining_input, l.reset_input, service.speed, 2'000'000);
  const wire::LimitState output =
      shown(l.limit_output, l.remaining_output, l.reset_output, service.speed, 400'000);
  limits.input_tokens = input;
  limits.output_tokens = output;
  limits.tokens =
      l.limit_tokens >= 0
          ? shown(l.limit_tokens, l.remaining_tokens, l.reset_tokens, service.speed, 0)
          : wire::LimitState{input.limit + output.limit, input.remaining + output.remaining,
                             std::max(input.reset, output.reset)};
  wire::anthropic::write_rate_limits(headers, limits, wall_now());
  headers.add("request-id", request_id(Protocol::Anthropic, service.seed, service.number));
  headers.add("anthropic-organization-id", "org-rehearse");
}

}  // namespace

void add_service_headers(Protocol protocol, wire::Headers& headers, const ServiceHeaders& service) {
  switch (protocol) {
    case Protocol::OpenAi:
      add_openai(headers, service);
      break;
    case Protocol::Anthropic:
      add_anthropic(headers, service);
      break;
    case Protocol::Gemini:  // tells nothing of its limits
      headers.add("server-timing", "gfet4t7; dur=" + milliseconds(service.processing));
      break;
    case Protocol::Stability:
      headers.add("x-request-id", request_id(protocol, service.seed, service.number));
      break;
    case Protocol::Ollama:
    case Protocol::Firecrawl:
    case Protocol::Generic:
    case Protocol::Replicate:
    case Protocol::Runway:
      break;
  }
}

}  // namespace rehearse::server
