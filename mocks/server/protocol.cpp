#include "mocks/server/protocol.hpp"

#include "harness/base/rng.hpp"
#include "harness/wire/firecrawl.hpp"
#include "harness/wire/ollama.hpp"
#include "harness/wire/openai_error.hpp"
#include "harness/wire/rate_limit.hpp"
#include "mocks/script/content.hpp"

namespace rehearse::server {
namespace {

std::string error_type(const wire::ApiError& error) {
  if (error.status == 429) {
    if (error.code && *error.code != "rate_limit_exceeded") {
      return *error.code;
    }
    return error.message.find(" on tokens") != std::string::npos ||
                   error.message.find("TPM)") != std::string::npos
               ? "tokens"
               : "requests";
  }
  return error.status >= 500 ? "server_error" : "invalid_request_error";
}

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

}  // namespace

wire::Response error_response(Protocol protocol, wire::ApiError error) {
  if (error.code && error.code->empty()) {
    error.code.reset();
  }
  if (protocol == Protocol::Ollama) {
    return wire::json_response(error.status, wire::ollama::encode_error(error.message));
  }
  if (protocol == Protocol::Firecrawl) {
    return wire::json_response(
        error.status, wire::firecrawl::encode_error(error.message, error.code.value_or("")));
  }
  if (error.type.empty()) {
    error.type = error_type(error);
  }
  return wire::json_response(error.status, wire::openai::encode_error(error));
}

wire::Response refusal_response(Protocol protocol, const latency::Refusal& refusal, double speed) {
  wire::ApiError error{refusal.status, refusal.message, {}, std::nullopt, refusal.code};
  if (error.status == 404) {
    error.param = "model";
  }
  wire::Response response = error_response(protocol, std::move(error));
  if (refusal.retry_after) {
    wire::write_retry_after(response.headers, *refusal.retry_after * (1 / speed));
  }
  return response;
}

void add_service_headers(wire::Headers& headers, const ServiceHeaders& service) {
  const latency::LimitState& l = service.limits;
  wire::RateLimits limits;
  limits.requests =
      shown(l.limit_requests, l.remaining_requests, l.reset_requests, service.speed, 30'000);
  limits.tokens =
      shown(l.limit_tokens, l.remaining_tokens, l.reset_tokens, service.speed, 30'000'000);
  wire::write_rate_limits(headers, limits);
  headers.add("x-request-id",
              script::make_id("req_", mix64(service.seed * 0x9E37 + service.number), 24));
  headers.add("openai-processing-ms", std::to_string(service.processing.count_ns() / 1'000'000));
  headers.add("openai-version", "2020-10-01");
  headers.add("openai-organization", "org-rehearse");
}

}  // namespace rehearse::server
