#include "harness/wire/gemini_video.hpp"

#include <algorithm>

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/gemini_fields.hpp"

namespace rehearse::wire::gemini {
namespace {

constexpr std::int64_t kShortest = 4;
constexpr std::int64_t kLongest = 8;
constexpr std::int64_t kMostVideos = 4;
constexpr std::string_view kResponseType =
    "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse";

// The shorter side; 0: no resolution.
std::int64_t short_side(std::string_view resolution) {
  return resolution == "720p" ? 720 : resolution == "1080p" ? 1080 : resolution == "4k" ? 2160 : 0;
}

// Seconds as a number or a text.
std::int64_t seconds_of(Fields& fields) {
  const std::string key = key_of(fields, "durationSeconds");
  const json::Value* value = fields.find(key);
  if (value == nullptr) {
    return kLongest;
  }
  const std::string text = value->is_string() ? value->as_string() : json::dump(*value);
  const bool digit = text.size() == 1 && text[0] >= '0' && text[0] <= '9';
  const std::int64_t seconds = digit ? text[0] - '0' : 0;
  if (seconds < kShortest || seconds > kLongest) {
    fields.fail(key, "durationSeconds: " + text + " is out of bound, expected 4 to 8");
    return kLongest;
  }
  return seconds;
}

bool is_version(std::string_view name) {
  return name == "v1" || name == "v1beta" || name == "v1alpha";
}

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

}  // namespace

std::string encode_video_request(const VideoRequest& request) {
  json::Value instance = object_of({{"prompt", request.prompt}});
  return json::dump(object_of({{"instances", std::vector<json::Value>{std::move(instance)}},
                               {"parameters", object_of({{"aspectRatio", request.ratio},
                                                         {"resolution", request.resolution},
                                                         {"durationSeconds", request.seconds},
                                                         {"sampleCount", request.count}})}}));
}

Result<VideoRequest> decode_video_request(std::string_view text, std::string_view model) {
  return decode_body<VideoRequest>(text, [&](Fields& fields, VideoRequest& request) {
    request.model = model;
    const json::Value* instances = fields.array("instances");
    if (instances == nullptr || instances->items().size() != 1) {
      fields.fail("instances", "expected an array of one instance");
      return;
    }
    Fields instance(instances->items().front(), "/instances/0", fields.errors());
    const bool starts = instance.find("image") != nullptr || instance.find("video") != nullptr;
    request.prompt = starts ? instance.text("prompt") : instance.required_text("prompt");
    const json::Value none = json::Value::object();
    const json::Value* parameters = fields.object("parameters");
    Fields inner(parameters == nullptr ? none : *parameters, "/parameters", fields.errors());
    request.seconds = seconds_of(inner);
    request.ratio = inner.text(key_of(inner, "aspectRatio"), request.ratio);
    if (request.ratio != "16:9" && request.ratio != "9:16") {
      inner.fail("aspectRatio", "the aspect ratio " + json::dump(request.ratio) +
                                    " is not supported, expected 16:9 or 9:16");
    }
    request.resolution = inner.text("resolution", request.resolution);
    if (short_side(request.resolution) == 0) {
      inner.fail("resolution", "the resolution " + json::dump(request.resolution) +
                                   " is not supported, expected 720p, 1080p or 4k");
    }
    request.count = inner.integer(key_of(inner, "sampleCount"), 1, kMostVideos).value_or(1);
  });
}

ImageSize video_size(const VideoRequest& request) {
  const std::int64_t side = std::max<std::int64_t>(short_side(request.resolution), 720);
  const std::int64_t length = side / 9 * 16;
  return request.ratio == "9:16" ? ImageSize{side, length} : ImageSize{length, side};
}

std::string encode_operation(const VideoOperation& operation) {
  json::Value out = object_of({{"name", operation.name}});
  if (!operation.done) {
    return json::dump(out, 2);
  }
  out.set("done", true);
  if (operation.error) {
    out.set("error",
            object_of({{"code", operation.error->status}, {"message", operation.error->message}}));
    return json::dump(out, 2);
  }
  std::vector<json::Value> samples;
  for (const std::string& uri : operation.uris) {
    samples.push_back(object_of({{"video", object_of({{"uri", uri}})}}));
  }
  out.set("response",
          object_of({{"@type", kResponseType},
                     {"generateVideoResponse", object_of({{"generatedSamples", samples}})}}));
  return json::dump(out, 2);
}

Result<VideoOperation> decode_operation(std::string_view text) {
  return decode_body<VideoOperation>(text, [&](Fields& fields, VideoOperation& out) {
    out.name = fields.required_text("name");
    out.done = fields.flag("done", false);
    if (const json::Value* error = fields.object("error")) {
      Fields inner(*error, "/error", fields.errors());
      ApiError read;
      read.status = static_cast<int>(inner.integer("code", 0, 999).value_or(500));
      read.message = inner.text("message");
      out.error = std::move(read);
    }
    const json::Value* samples =
        json::pointer_find(fields.value(), "/response/generateVideoResponse/generatedSamples");
    const bool listed = samples != nullptr && samples->is_array();
    for (std::size_t i = 0; listed && i < samples->items().size(); ++i) {
      const json::Value* uri = json::pointer_find(samples->items()[i], "/video/uri");
      if (uri != nullptr && uri->is_string()) {
        out.uris.push_back(uri->as_string());
      }
    }
  });
}

std::optional<std::string> parse_operation_path(std::string_view path) {
  constexpr std::string_view kMark = "/operations/";
  const std::size_t at = path.find(kMark);
  if (at == std::string_view::npos || !path.starts_with('/')) {
    return std::nullopt;
  }
  const std::string_view before = path.substr(1, at - 1);
  const std::size_t slash = before.find('/');
  const std::string_view id = path.substr(at + kMark.size());
  if (!is_version(before.substr(0, slash)) || slash == std::string_view::npos ||
      !before.substr(slash + 1).starts_with("models/") || !is_id(id)) {
    return std::nullopt;
  }
  return std::string(id);
}

std::optional<std::string> parse_download_path(std::string_view path) {
  constexpr std::string_view kMark = "/files/";
  const std::size_t first = path.find(kMark);
  const std::size_t last = path.rfind(kMark);
  if (first == std::string_view::npos || !is_version(path.substr(1, first - 1))) {
    return std::nullopt;
  }
  const std::string_view rest = path.substr(last + kMark.size());
  const std::string_view id = rest.substr(0, rest.find(':'));
  if (!rest.substr(id.size()).starts_with(":download") || !is_id(id)) {
    return std::nullopt;
  }
  return std::string(id);
}

}  // namespace rehearse::wire::gemini
