#include "mocks/latency/read_fault.hpp"

#include <algorithm>
#include <charconv>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "mocks/latency/read_distribution.hpp"

namespace rehearse::latency {
namespace {

constexpr std::int64_t kMostCount = 1'000'000'000'000;
constexpr std::size_t kMostWindows = 10'000;

// In the order of the enumeration, from Status on.
constexpr std::string_view kFaults[] = {
    "status",          "connection_refused",  "connection_reset",
    "reset_in_stream", "stall_before_answer", "stall_in_stream",
    "truncated_body",  "malformed_body",      "wrong_content_type",
    "slow_bytes"};

// Names that say what happens.
struct Standard {
  std::string_view name;
  Fault fault;
  std::uint16_t status = 500;
  std::string_view code = {};
  std::string_view message = {};
};
constexpr Standard kStandard[] = {
    {"outage", Fault::ConnectionRefused},
    {"stalled", Fault::StallBeforeAnswer},
    {"delayed", Fault::StallBeforeAnswer},
    {"stalled_in_stream", Fault::StallInStream},
    {"truncated", Fault::TruncatedBody},
    {"malformed", Fault::MalformedBody},
    {"quota_exhausted", Fault::Status, 429, "insufficient_quota",
     "You exceeded your current quota, please check your plan and billing details."},
    {"status_400", Fault::Status, 400, "invalid_request", "The request is not valid."},
    {"status_401", Fault::Status, 401, "invalid_api_key", "Incorrect API key provided."},
    {"status_402", Fault::Status, 402, "insufficient_credit", "Insufficient credit."},
    {"status_403", Fault::Status, 403, "permission_denied", "You may not do this."},
    {"status_404", Fault::Status, 404, "not_found", "Not found."},
    {"status_408", Fault::Status, 408, "timeout", "The request timed out."},
    {"status_409", Fault::Status, 409, "conflict", "Another request is under way; try again."},
    {"status_413", Fault::Status, 413, "request_too_large", "The request is too large."},
    {"status_422", Fault::Status, 422, "unprocessable", "The request cannot be processed."},
    {"status_429", Fault::Status, 429, "rate_limit_exceeded", "Rate limit reached."},
    {"status_500", Fault::Status, 500, "server_error", "The server had an error."},
    {"status_502", Fault::Status, 502, "bad_gateway", "Bad gateway."},
    {"status_503", Fault::Status, 503, "service_unavailable", "The service is overloaded."},
    {"status_504", Fault::Status, 504, "gateway_timeout", "The gateway timed out."},
    {"status_529", Fault::Status, 529, "overloaded_error", "Overloaded."}};

const Standard* standard(std::string_view name) {
  const auto* found = std::find_if(std::begin(kStandard), std::end(kStandard),
                                   [name](const Standard& s) { return s.name == name; });
  return found == std::end(kStandard) ? nullptr : found;
}

// "connection_reset" and the other kinds are names that say what happens, too.
bool is_kind(std::string_view name) {
  return name != "status" &&
         std::find(std::begin(kFaults), std::end(kFaults), name) != std::end(kFaults);
}

// Whole numbers, from `low`.
std::vector<std::int64_t> read_numbers(json::ObjectReader& at, std::string_view key,
                                       std::int64_t low) {
  std::vector<std::int64_t> out;
  const json::Value* value = at.find(key);
  if (value == nullptr) {
    return out;
  }
  const auto add = [&](const json::Value& item) {
    if (!item.is_integer() || item.as_integer() < low || item.as_integer() > kMostCount) {
      at.fail(item, at.pointer(key), "expected whole numbers from " + std::to_string(low));
    } else {
      out.push_back(item.as_integer());
    }
  };
  if (!value->is_array()) {
    add(*value);
    return out;
  }
  for (const json::Value& item : value->items()) {
    add(item);
  }
  return out;
}

std::optional<Duration> read_time(json::ObjectReader& at, const json::Value& value) {
  if (value.is_integer() && value.as_integer() == 0) {
    return Duration::zero();
  }
  const auto read = value.is_string() ? parse_duration(value.as_string())
                                      : Result<Duration>(Error{"", "expected a time"});
  if (!read) {
    at.fail(
        value, at.pointer("during"),
        "expected [from, to], times such as \"10m\", found " + quoted_excerpt(json::dump(value)));
    return std::nullopt;
  }
  return *read;
}

// One window, ["10m", "12m"], or an array of them.
void read_windows(json::ObjectReader& at, FaultSchedule& out) {
  const json::Value* value = at.find("during");
  if (value == nullptr) {
    return;
  }
  const bool list = value->is_array() && !value->items().empty() && value->items()[0].is_array();
  const std::vector<json::Value> one{*value};
  for (const json::Value& window : list ? value->items() : one) {
    if (!window.is_array() || window.items().size() != 2 || out.during.size() >= kMostWindows) {
      at.fail(window, at.pointer("during"), "expected [from, to] or an array of these");
      return;
    }
    const auto from = read_time(at, window.items()[0]);
    const auto to = read_time(at, window.items()[1]);
    if (!from || !to) {
      return;
    }
    if (*from >= *to) {
      at.fail(window, at.pointer("during"), "expected a window that ends after it begins");
    }
    out.during.emplace_back(*from, *to);
  }
}

FaultSchedule read_schedule(json::ObjectReader& at) {
  FaultSchedule out;
  read_windows(at, out);
  if (const std::optional<double> every = read_seconds(at, "every")) {
    out.every = Duration::from_seconds(*every);
    const bool fits = std::all_of(out.during.begin(), out.during.end(),
                                  [&](const auto& w) { return w.second <= out.every; });
    if (out.during.empty() || !fits) {
      at.fail(*at.find("every"), at.pointer("every"),
              "expected \"during\", windows inside this time, which then repeat");
    }
  }
  out.calls = read_numbers(at, "calls", 1);
  out.jobs = read_numbers(at, "jobs", 0);
  out.attempts = read_numbers(at, "attempts", 0);
  return out;
}

// A literal body: text as it is, anything else as JSON.
void read_body(json::ObjectReader& at, FaultSpec& out) {
  const json::Value* body = at.find("body");
  out.content_type = at.text("content_type").value_or("");
  if (body == nullptr) {
    return;
  }
  out.body = body->is_string() ? body->as_string() : json::dump(*body);
  if (out.content_type.empty()) {
    out.content_type = body->is_string() ? "text/plain" : "application/json";
  }
}

// Keys that belong to a status alone, or to what lasts.
void check_keys(json::ObjectReader& at, const FaultSpec& fault) {
  const bool is_status = fault.fault == Fault::Status;
  for (const std::string_view key :
       {"status", "retry_after", "should_retry", "body", "content_type"}) {
    if (!is_status && at.find(key) != nullptr) {
      at.fail(*at.find(key), at.pointer(key), "belongs to \"fault\": \"status\" alone");
    }
  }
  if (at.find("lasts") != nullptr && fault.fault != Fault::StallBeforeAnswer &&
      fault.fault != Fault::SlowBytes) {
    at.fail(*at.find("lasts"), at.pointer("lasts"),
            "belongs to \"fault\": \"stall_before_answer\" and \"slow_bytes\" alone");
  }
}

FaultSpec read_fault(json::ObjectReader& at, const json::Value& value, const std::string& name) {
  FaultSpec out;
  out.name = name;
  read_origin(at);
  std::vector<std::string_view> kinds(std::begin(kFaults), std::end(kFaults));
  auto kind = at.choice("fault", kinds);
  if (at.find("fault") == nullptr) {
    if (const Standard* known = standard(name)) {
      out.fault = known->fault;
      out.status = known->status;
      out.code = known->code;
      out.message = known->message;
    } else if (is_kind(name)) {
      kind = static_cast<std::size_t>(std::find(kinds.begin(), kinds.end(), name) - kinds.begin());
    } else {
      at.fail(value, at.pointer(), "expected \"fault\": what happens");
    }
  }
  out.fault = kind ? static_cast<Fault>(*kind + 1) : out.fault;
  if (const auto status = at.integer("status", kLeastStatus, kMostStatus)) {
    out.status = static_cast<std::uint16_t>(*status);
  }
  out.code = at.text("code").value_or(out.code);
  out.message = at.text("message").value_or(out.message);
  out.operation = at.text("operation").value_or("");
  out.model = at.text("model").value_or("");
  out.when = read_schedule(at);
  out.probability = at.number("probability", 0, 1).value_or(out.when.any() ? 1 : 0);
  if (const std::optional<double> wait = read_seconds(at, "retry_after")) {
    out.retry_after = Duration::from_seconds(*wait);
  }
  if (const json::Value* retry = at.find("should_retry")) {
    if (retry->is_bool()) {
      out.should_retry = retry->as_bool();
    } else {
      at.fail(*retry, at.pointer("should_retry"), "expected true or false");
    }
  }
  read_body(at, out);
  out.lasts = read_distribution(at, "lasts", Quantity::Time);
  if (!out.lasts && (out.fault == Fault::SlowBytes || (name == "delayed" && !kind))) {
    out.lasts = Distribution::constant(30);
  }
  check_keys(at, out);
  at.finish();
  return out;
}

}  // namespace

void read_faults(json::ObjectReader& top, Profile& profile) {
  const json::Value* value = top.find("faults");
  if (value == nullptr) {
    return;
  }
  if (!value->is_object()) {
    top.fail(*value, top.pointer("faults"), "expected an object of named faults");
    return;
  }
  double total = 0;
  for (const json::Member& member : value->members()) {
    if (member.value.is_null()) {
      continue;
    }
    json::ObjectReader at(member.value, json::pointer_join(top.pointer("faults"), member.key),
                          top.name(), top.errors());
    profile.faults.push_back(read_fault(at, member.value, member.key));
    total += profile.faults.back().when.any() ? 0 : profile.faults.back().probability;
  }
  if (total > 1) {
    top.fail(*value, top.pointer("faults"),
             "the probabilities add up to " + number_text(total) + ", more than 1");
  }
}

}  // namespace rehearse::latency
