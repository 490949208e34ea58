#include "harness/wire/replicate.hpp"

#include <algorithm>
#include <charconv>

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/time_text.hpp"

namespace rehearse::wire::replicate {
namespace {

json::Value instant(const std::optional<Instant>& at) {
  return at ? json::Value(rfc3339(*at)) : json::Value();
}

json::Value text_or_null(const std::string& text) {
  return text.empty() ? json::Value() : json::Value(text);
}

// The members of an object without its braces.
std::string inside(const json::Value& object) {
  const std::string text = json::dump(object);
  return text.substr(1, text.size() - 2);
}

json::Value links(const Prediction& p) {
  const std::string own = p.url + "/predictions/" + p.id;
  json::Value out = object_of({{"get", own}, {"cancel", own + "/cancel"}});
  out.set("stream", p.url + "/streams/" + p.id);
  out.set("web", "https://replicate.com/p/" + p.id);
  return out;
}

std::string_view title_of(int status) {
  switch (status) {
    case 401:
      return "Unauthenticated";
    case 402:
      return "Insufficient credit";
    case 404:
      return "Not found";
    case 422:
      return "Input validation failed";
    case 429:
      return "Too many requests";
    default:
      return status >= 500 ? "Server error" : "Bad request";
  }
}

}  // namespace

Result<PredictionRequest> decode_request(std::string_view body) {
  return decode_body<PredictionRequest>(body, [](Fields& fields, PredictionRequest& out) {
    out.model = fields.text("model");
    out.version = fields.text("version");
    out.webhook = fields.text("webhook");
    out.stream = fields.flag("stream", false);
    const json::Value* input = fields.object("input");
    if (input == nullptr) {
      fields.fail("input", "expected an object: what the model is given");
    } else {
      out.input = *input;
    }
    if (const json::Value* events = fields.array("webhook_events_filter")) {
      for (const json::Value& event : events->items()) {
        if (event.is_string()) {
          out.events.push_back(event.as_string());
        } else {
          fields.fail("webhook_events_filter", "expected start, output, logs or completed");
        }
      }
    }
  });
}

std::string encode_request(const PredictionRequest& request) {
  json::Value out = json::Value::object();
  for (const auto& [key, text] :
       {std::pair("model", &request.model), std::pair("version", &request.version),
        std::pair("webhook", &request.webhook)}) {
    if (!text->empty()) {
      out.set(key, *text);
    }
  }
  out.set("input", request.input);
  if (!request.events.empty()) {
    json::Value events = json::Value::array();
    for (const std::string& event : request.events) {
      events.push(event);
    }
    out.set("webhook_events_filter", std::move(events));
  }
  if (request.stream) {
    out.set("stream", true);
  }
  return json::dump(out);
}

std::optional<Duration> prefer_wait(std::string_view prefer) {
  const std::string_view word = trimmed(prefer.substr(0, prefer.find_first_of(",;")));
  if (word == "wait") {
    return Duration::seconds(60);
  }
  if (!word.starts_with("wait=")) {
    return std::nullopt;
  }
  int seconds = 0;
  const auto read = std::from_chars(word.data() + 5, word.data() + word.size(), seconds);
  return read.ec == std::errc() ? std::optional(Duration::seconds(std::clamp(seconds, 1, 60)))
                                : std::nullopt;
}

std::string encode_prediction(const Prediction& p) {
  const bool input = !p.input_json.empty();
  std::string out =
      "{" + inside(object_of({{"id", p.id},
                              {"model", p.model},
                              {"version", p.version.empty() ? "hidden" : p.version}}));
  out += ",\"input\":" + (input ? p.input_json : std::string("{}"));
  out += ",\"logs\":" + json::dump(p.logs);
  out += ",\"output\":" + (p.output_json.empty() ? std::string("null") : p.output_json);
  json::Value rest = object_of({{"data_removed", false},
                                {"error", text_or_null(p.error)},
                                {"source", "api"},
                                {"status", p.status},
                                {"created_at", rfc3339(p.created)},
                                {"started_at", instant(p.started)},
                                {"completed_at", instant(p.completed)},
                                {"urls", links(p)}});
  if (p.completed) {
    const Duration predicted = *p.completed - p.started.value_or(*p.completed);
    rest.set("metrics", object_of({{"predict_time", predicted.count_s()},
                                   {"total_time", (*p.completed - p.created).count_s()}}));
  }
  return out + "," + inside(rest) + "}";
}

Result<Prediction> decode_prediction(std::string_view body) {
  return decode_body<Prediction>(body, [](Fields& fields, Prediction& out) {
    out.id = fields.required_text("id");
    out.status = fields.required_text("status");
    out.model = fields.text("model");
    out.version = fields.text("version");
    out.logs = fields.text("logs");
    if (const json::Value* error = fields.find("error")) {
      out.error = error->is_string() ? error->as_string() : json::dump(*error);
    }
    if (const json::Value* output = fields.find("output")) {
      out.output_json = json::dump(*output);
    }
    if (const json::Value* input = fields.object("input")) {
      out.input_json = json::dump(*input);
    }
    if (const json::Value* urls = fields.object("urls")) {
      const json::Value* get = urls->find("get");
      const std::string own = get != nullptr && get->is_string() ? get->as_string() : "";
      out.url = own.substr(0, std::min(own.size(), own.rfind("/predictions/")));
    }
  });
}

std::string encode_error(int status, std::string_view detail) {
  return json::dump(
      object_of({{"detail", detail}, {"status", status}, {"title", title_of(status)}}));
}

}  // namespace rehearse::wire::replicate
