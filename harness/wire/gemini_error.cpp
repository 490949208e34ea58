#include "harness/wire/gemini_error.hpp"

#include <algorithm>
#include <array>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::gemini {
namespace {

constexpr std::string_view kType = "type.googleapis.com/google.rpc.";
constexpr std::array<std::pair<int, std::string_view>, 12> kStatus = {{{400, "INVALID_ARGUMENT"},
                                                                       {401, "UNAUTHENTICATED"},
                                                                       {403, "PERMISSION_DENIED"},
                                                                       {404, "NOT_FOUND"},
                                                                       {409, "ABORTED"},
                                                                       {416, "OUT_OF_RANGE"},
                                                                       {429, "RESOURCE_EXHAUSTED"},
                                                                       {499, "CANCELLED"},
                                                                       {500, "INTERNAL"},
                                                                       {501, "UNIMPLEMENTED"},
                                                                       {503, "UNAVAILABLE"},
                                                                       {504, "DEADLINE_EXCEEDED"}}};

bool is_google(std::string_view name) {
  return name == "FAILED_PRECONDITION" || name == "ALREADY_EXISTS" || name == "UNKNOWN" ||
         std::any_of(kStatus.begin(), kStatus.end(),
                     [name](const auto& status) { return status.second == name; });
}

json::Value detail(std::string_view name) {
  return object_of({{"@type", std::string(kType) + std::string(name)}});
}

// "34.074824224s", as protobuf writes a duration in JSON.
std::string seconds_text(Duration wait) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t ns = std::max<std::int64_t>(wait.count_ns(), 0);
  std::string fraction = std::to_string(kSecond + ns % kSecond);
  fraction.front() = '.';
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::to_string(ns / kSecond) + (fraction == "." ? "" : fraction) + "s";
}

// The digits behind `word` in a message of this project's own wording.
std::string number_behind(std::string_view message, std::string_view word) {
  const std::size_t at = message.find(word);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = message.substr(at + word.size());
  return std::string(rest.substr(0, rest.find_first_not_of("0123456789")));
}

json::Value quota_failure(const ApiError& error) {
  struct Quota {
    std::string_view mark, metric, id;
  };
  static constexpr std::string_view kService = "generativelanguage.googleapis.com/";
  static constexpr Quota kQuotas[] = {
      {"(RPD)", "generate_content_requests", "GenerateRequestsPerDayPerProjectPerModel"},
      {"(TPM)", "generate_content_input_token_count",
       "GenerateContentInputTokensPerModelPerMinute"},
      {"(ITPM)", "generate_content_input_token_count",
       "GenerateContentInputTokensPerModelPerMinute"},
      {"(IPM)", "generate_content_images", "GenerateImagesPerMinutePerProjectPerModel"},
      {"", "generate_content_requests", "GenerateRequestsPerMinutePerProjectPerModel"}};
  const Quota* quota = std::find_if(std::begin(kQuotas), std::end(kQuotas), [&](const Quota& q) {
    return error.message.find(q.mark) != std::string::npos;
  });
  json::Value violation =
      object_of({{"quotaMetric", std::string(kService) + std::string(quota->metric)},
                 {"quotaId", quota->id}});
  if (const std::string limit = number_behind(error.message, "limit: "); !limit.empty()) {
    violation.set("quotaValue", limit);
  }
  json::Value out = detail("QuotaFailure");
  out.set("violations", std::vector<json::Value>{std::move(violation)});
  return out;
}

json::Value details_of(const ApiError& error) {
  json::Value details = json::Value::array();
  if (error.status == 429) {
    details.push(quota_failure(error));
    json::Value help = detail("Help");
    json::Value link = object_of({{"description", "Learn more about Gemini API quotas"},
                                  {"url", "https://ai.google.dev/gemini-api/docs/rate-limits"}});
    help.set("links", std::vector<json::Value>{std::move(link)});
    details.push(std::move(help));
  }
  if (error.type == "API_KEY_INVALID" || error.message.starts_with("API key not valid")) {
    json::Value info = detail("ErrorInfo");
    info.set("reason", "API_KEY_INVALID");
    info.set("domain", "googleapis.com");
    details.push(std::move(info));
  }
  if (error.retry_after) {
    details.push(detail("RetryInfo")).set("retryDelay", seconds_text(*error.retry_after));
  }
  return details;
}

// "34.074s", to the nanosecond.
std::optional<Duration> parse_seconds(std::string_view text) {
  const bool seconds = text.find_first_not_of("0123456789.") + 1 == text.size();
  const auto found = parse_duration(text);
  return seconds && text.ends_with('s') && found ? std::optional(*found) : std::nullopt;
}

void decode_details(Fields& fields, ApiError& error) {
  const json::Value* details = fields.array("details");
  for (std::size_t i = 0; details != nullptr && i < details->items().size(); ++i) {
    Fields one(details->items()[i], json::pointer_join(fields.pointer("details"), i),
               fields.errors());
    if (one.find("retryDelay") != nullptr) {
      error.retry_after = parse_seconds(one.text("retryDelay"));
    }
    if (one.find("reason") != nullptr) {
      error.type = one.text("reason");
    }
  }
}

}  // namespace

std::string_view status_name(int status) {
  for (const auto& [number, name] : kStatus) {
    if (number == status) {
      return name;
    }
  }
  return status >= 500 ? "INTERNAL" : "FAILED_PRECONDITION";
}

std::string encode_error(const ApiError& error) {
  const bool named = error.code && is_google(*error.code);
  json::Value inner =
      object_of({{"code", error.status},
                 {"message", error.message},
                 {"status", named ? std::string_view(*error.code) : status_name(error.status)}});
  json::Value details = details_of(error);
  if (!details.items().empty()) {
    inner.set("details", std::move(details));
  }
  return json::dump(object_of({{"error", std::move(inner)}}), 2);
}

ApiError decode_error(int status, std::string_view text) {
  ApiError error;
  error.status = status;
  const auto body = parse_body(text);
  const json::Value* outer = body ? &*body : nullptr;
  if (outer != nullptr && outer->is_array() && !outer->items().empty()) {
    outer = &outer->items().front();
  }
  const json::Value* inner = outer == nullptr ? nullptr : outer->find("error");
  if (inner == nullptr || !inner->is_object()) {
    error.message = quoted_excerpt(text, 200);
    return error;
  }
  Errors ignored;
  Fields fields(*inner, "/error", ignored);
  error.message = fields.text("message");
  error.code = fields.text("status");
  decode_details(fields, error);
  return error;
}

ApiError bad_request(const Errors& errors) {
  ApiError error;
  error.status = 400;
  error.code = "INVALID_ARGUMENT";
  error.message = "* GenerateContentRequest";
  for (const Error& one : errors) {
    std::string place = one.where;
    std::replace(place.begin(), place.end(), '/', '.');
    error.message += place + ": " + one.what + "\n";
    if (error.message.size() > 1'000) {
      break;
    }
  }
  return error;
}

}  // namespace rehearse::wire::gemini
