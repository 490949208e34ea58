#include "harness/net/http_provider.hpp"

#include <algorithm>
#include <utility>

#include "harness/net/answer_reader.hpp"
#include "harness/net/call_request.hpp"
#include "harness/wire/call_header.hpp"
#include "harness/wire/gemini_path.hpp"

namespace rehearse::net {

using provider::Call;
using provider::Failure;
using provider::Outcome;
using runtime::StopToken;
using runtime::Task;

namespace {

void cancel(Outcome& outcome, Instant now) {
  outcome.failure = Failure::Cancelled;
  outcome.status = 0;
  outcome.should_retry = false;
  outcome.truncated = false;
  outcome.retry_after.reset();
  outcome.detail = "stopped by the caller";
  outcome.done = now;
}

// Where each API wants its key.
void add_key(wire::Headers& headers, Flavour flavour, const Secret& key) {
  if (flavour == Flavour::Anthropic) {
    headers.add("x-api-key", key.header_value());
  } else if (flavour == Flavour::Gemini) {
    headers.add(std::string(wire::gemini::kKeyHeader), key.header_value());
  } else {
    headers.add("Authorization", key.bearer());
  }
}

}  // namespace

Result<std::unique_ptr<HttpProvider>> HttpProvider::make(AsioRuntime& runtime, HttpClient& client,
                                                         HttpProviderOptions options) {
  auto base = parse_url(options.base_url);
  if (!base) {
    return base.errors();
  }
  if (!options.live && !options.key.empty()) {
    return Error{options.base_url, "a key may go to a live provider only"};
  }
  return std::unique_ptr<HttpProvider>(
      new HttpProvider(runtime, client, std::move(options), std::move(*base)));
}

HttpProvider::HttpProvider(AsioRuntime& runtime, HttpClient& client, HttpProviderOptions options,
                           Url base)
    : runtime_(runtime), client_(client), options_(std::move(options)), base_(std::move(base)) {}

Duration HttpProvider::typical(const CallFeatures& features) const {
  return options_.typical ? options_.typical(features) : Duration::zero();
}

Duration HttpProvider::typical_of(const CallFeatures& features, const DrawKey& key) const {
  return options_.typical_of ? options_.typical_of(features, key) : typical(features);
}

const EndpointSpec* HttpProvider::find(std::string_view operation) const {
  for (const EndpointSpec& endpoint : options_.endpoints) {
    if (endpoint.operation == operation) {
      return &endpoint;
    }
  }
  return nullptr;
}

Result<ClientRequest> HttpProvider::request_of(const EndpointSpec& endpoint,
                                               const Call& call) const {
  auto request = encode_call(endpoint, call, base_.path);
  if (!request) {
    return request.errors();
  }
  request->headers.add("User-Agent", "rehearse/0.1");
  if (options_.live) {
    if (!options_.key.empty()) {
      add_key(request->headers, endpoint.flavour, options_.key);
    }
  } else {
    request->headers.add(std::string(wire::kCallHeaderName), call_header_of(call, endpoint));
  }
  ClientRequest out = ClientRequest::make(base_.origin, *request);
  out.new_connection = call.new_connection;
  return out;
}

Task<Outcome> HttpProvider::call(const Call& call, StopToken stop) {
  Outcome outcome;
  outcome.started = outcome.first_chunk = outcome.done = runtime_.now();
  const EndpointSpec* endpoint = find(call.features.operation);
  if (endpoint == nullptr) {
    outcome.failure = Failure::NotFound;
    outcome.detail = "this provider has no operation " + std::string(call.features.operation);
    co_return outcome;
  }
  const Result<ClientRequest> request = request_of(*endpoint, call);
  if (!request) {
    outcome.failure = Failure::BadRequest;
    outcome.detail = request.error().text();
    co_return outcome;
  }
  // Half of it before and half after, as in virtual time: the provider sees calls in that order.
  Duration there;
  Duration back;
  if (!options_.rtt.is_zero()) {
    const double seconds = options_.rtt.quantile(call.key.uniform(Dimension::RoundTrip));
    const Duration rtt = Duration::from_seconds(seconds);
    there = rtt * 0.5;
    back = rtt - there;
    const runtime::Wake wake = co_await runtime_.sleep(there, stop);
    if (wake == runtime::Wake::Stopped) {
      cancel(outcome, runtime_.now());
      co_return outcome;
    }
  }
  AnswerReader reader(codec_of(*endpoint), call, runtime_);
  const ClientRequest& sent = request.value();
  const Exchange exchange = co_await client_.exchange(sent, reader, stop);
  reader.finish(exchange, outcome.started + there, outcome);
  if (options_.price && (outcome.ok() || outcome.usage != Usage())) {
    outcome.cost = options_.price(call.features, outcome.usage);
  }
  outcome.detail = options_.key.redact(std::move(outcome.detail));
  if (back > Duration::zero() && outcome.failure != Failure::Cancelled) {
    const runtime::Wake wake = co_await runtime_.sleep(back, stop);
    outcome.first_chunk = outcome.first_chunk + back;
    outcome.done = runtime_.now();
    if (wake == runtime::Wake::Stopped) {
      cancel(outcome, runtime_.now());
    }
    outcome.first_chunk = std::min(outcome.first_chunk, outcome.done);
  }
  co_return outcome;
}

}  // namespace rehearse::net
