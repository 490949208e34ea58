#include "harness/wire/openai_video.hpp"

#include <algorithm>

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/openai_form.hpp"

namespace rehearse::wire::openai {
namespace {

constexpr std::string_view kSizes[] = {"720x1280", "1280x720", "1024x1792", "1792x1024"};

template <class T>
json::Value nullable(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value();
}

// The fields of a request, whether it came as JSON or in parts.
Result<json::Value> form_of(const Request& request) {
  if (media_type(request.headers.get("content-type")) != "multipart/form-data") {
    return parse_body(request.body);
  }
  auto parts = decode_form(request);
  if (!parts) {
    return parts.errors();
  }
  json::Value form = json::Value::object();
  for (const Part& part : *parts) {
    form.set(part.name, part.file_name.empty() ? form_text(part) : json::Value());
  }
  return form;
}

std::int64_t seconds_of(Fields& fields) {
  const json::Value* value = fields.find("seconds");
  const std::string text = value == nullptr     ? "4"
                           : value->is_string() ? value->as_string()
                                                : json::dump(*value);
  if (text != "4" && text != "8" && text != "12") {
    fields.fail("seconds", expected_found("4, 8 or 12", *value));
    return 4;
  }
  return text == "4" ? 4 : text == "8" ? 8 : 12;
}

json::Value video_value(const Video& video) {
  const bool failed = video.status == "failed";
  return object_of(
      {{"id", video.id},
       {"object", "video"},
       {"created_at", video.created_s},
       {"status", video.status},
       {"completed_at", nullable(video.completed_s)},
       {"error", failed ? object_of({{"code", video.error_code}, {"message", video.error_message}})
                        : json::Value()},
       {"expires_at", nullable(video.expires_s)},
       {"model", video.asked.model},
       {"progress", video.progress},
       {"prompt", video.asked.prompt},
       {"remixed_from_video_id", nullable(video.remixed_from)},
       {"seconds", std::to_string(video.asked.seconds)},
       {"size", video.asked.size}});
}

}  // namespace

std::string encode_video_request(const VideoRequest& request) {
  return json::dump(object_of({{"model", request.model},
                               {"prompt", request.prompt},
                               {"seconds", std::to_string(request.seconds)},
                               {"size", request.size}}));
}

Result<VideoRequest> decode_video_request(const Request& request) {
  const auto body = form_of(request);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  VideoRequest out;
  out.model = fields.text("model", out.model);
  out.prompt = fields.required_text("prompt");
  out.seconds = seconds_of(fields);
  out.size = fields.text("size", out.size);
  if (std::find(std::begin(kSizes), std::end(kSizes), out.size) == std::end(kSizes)) {
    fields.fail("size", expected_found("720x1280, 1280x720, 1024x1792 or 1792x1024",
                                       json::Value(out.size)));
  }
  if (!errors.empty()) {
    return errors;
  }
  return out;
}

Result<std::string> decode_remix_request(const Request& request) {
  const auto body = form_of(request);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  std::string prompt = fields.required_text("prompt");
  if (!errors.empty()) {
    return errors;
  }
  return prompt;
}

std::string encode_video(const Video& video) { return json::dump(video_value(video)); }

Result<Video> decode_video(std::string_view text) {
  return decode_body<Video>(text, [&](Fields& fields, Video& video) {
    video.id = fields.required_text("id");
    video.status = fields.required_text("status");
    video.progress = fields.integer("progress", 0, 100).value_or(0);
    video.created_s = fields.integer("created_at", 0, INT64_MAX).value_or(0);
    video.completed_s = fields.integer("completed_at", 0, INT64_MAX);
    video.expires_s = fields.integer("expires_at", 0, INT64_MAX);
    video.asked.model = fields.text("model");
    video.asked.prompt = fields.text("prompt");
    video.asked.seconds = seconds_of(fields);
    video.asked.size = fields.text("size");
    if (const std::string from = fields.text("remixed_from_video_id"); !from.empty()) {
      video.remixed_from = from;
    }
    if (const json::Value* error = fields.object("error")) {
      Fields inner(*error, "/error", fields.errors());
      video.error_code = inner.text("code");
      video.error_message = inner.text("message");
    }
  });
}

std::string encode_videos(const std::vector<Video>& videos, bool has_more) {
  json::Value body = object_of({{"object", "list"}, {"data", json::Value::array()}});
  for (const Video& video : videos) {
    body.find("data")->push(video_value(video));
  }
  body.set("first_id", videos.empty() ? json::Value() : json::Value(videos.front().id));
  body.set("last_id", videos.empty() ? json::Value() : json::Value(videos.back().id));
  body.set("has_more", has_more);
  return json::dump(body);
}

std::string encode_deleted_video(std::string_view id) {
  return json::dump(object_of({{"id", id}, {"object", "video.deleted"}, {"deleted", true}}));
}

}  // namespace rehearse::wire::openai
