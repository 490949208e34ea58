#include <charconv>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/base64.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/stability.hpp"

namespace rehearse::wire::stability {
namespace {

std::string_view finish_of(const Drawn& picture) {
  return picture.filtered ? "CONTENT_FILTERED" : "SUCCESS";
}

// By the first bytes of each format.
bool is_image(std::string_view bytes) {
  return bytes.starts_with("\x89PNG") || bytes.starts_with("\xFF\xD8\xFF") ||
         bytes.starts_with("RIFF");
}

// Written by hand: base64 needs no escaping, and there are megabytes of it.
MessageBody encode_artifacts(const std::vector<Drawn>& pictures) {
  MessageBody out;
  out += "{\"artifacts\":[";
  for (const Drawn& one : pictures) {
    out += &one == pictures.data() ? "{\"base64\":\"" : ",{\"base64\":\"";
    one.picture.add_base64(out);
    out += "\",\"seed\":" + std::to_string(one.seed) + ",\"finishReason\":\"" +
           std::string(finish_of(one)) + "\"}";
  }
  out += "]}";
  return out;
}

void take_base64(Fields& fields, std::string_view key, ImageReply& reply) {
  auto bytes = decode_base64(fields.required_text(key));
  if (!bytes) {
    fields.fail(key, bytes.error().what);
    return;
  }
  reply.images.push_back({{}, std::move(*bytes), {}});
}

}  // namespace

Response encode_pictures(const std::vector<Drawn>& pictures, const PictureRequest& request) {
  if (request.engine && request.json) {
    return json_response(200, encode_artifacts(pictures));
  }
  const Drawn none;
  const Drawn& one = pictures.empty() ? none : pictures.front();
  MessageBody body;
  if (request.json) {
    body += "{\"image\":\"";
    one.picture.add_base64(body);
    body += "\",\"finish_reason\":\"" + std::string(finish_of(one)) +
            "\",\"seed\":" + std::to_string(one.seed) + "}";
    return json_response(200, std::move(body));
  }
  Response out;
  out.headers.add("content-type", one.content_type);
  out.headers.add("finish-reason", std::string(finish_of(one)));
  out.headers.add("seed", std::to_string(one.seed));
  body += one.picture.head;
  if (one.picture.shared != nullptr) {
    body += one.picture.shared;
  }
  body.move_into(out);
  return out;
}

Result<ImageReply> decode_pictures(const Response& response) {
  ImageReply reply;
  if (media_type(response.headers.get("content-type")).starts_with("image/")) {
    if (!is_image(response.body)) {
      return Error{"body", "expected a PNG, JPEG or WebP, found something else"};
    }
    reply.images.push_back({{}, response.body, {}});
    return reply;
  }
  const auto body = parse_body(response.body);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  const json::Value* artifacts = fields.array("artifacts");
  if (artifacts == nullptr) {
    take_base64(fields, "image", reply);
  }
  for (std::size_t i = 0; artifacts != nullptr && i < artifacts->items().size(); ++i) {
    Fields one(artifacts->items()[i], json::pointer_join("/artifacts", i), errors);
    take_base64(one, "base64", reply);
  }
  if (!errors.empty()) {
    return errors;
  }
  return reply;
}

std::string_view error_name(int status) {
  switch (status) {
    case 401:
      return "unauthorized";
    case 402:
      return "payment_required";
    case 403:
      return "content_moderation";
    case 404:
      return "not_found";
    case 413:
      return "payload_too_large";
    case 422:
      return "unprocessable_entity";
    case 429:
      return "rate_limit_exceeded";
    default:
      return status >= 500 ? "internal_error" : "bad_request";
  }
}

std::string encode_error(const ApiError& error, bool engine) {
  const std::string_view name =
      error.code ? std::string_view(*error.code) : error_name(error.status);
  json::Value body = object_of({{"id", error.request_id}, {"name", name}});
  if (engine) {
    body.set("message", error.message);
  } else {
    body.set("errors", std::vector<json::Value>{json::Value(error.message)});
  }
  return json::dump(body);
}

ApiError decode_error(int status, std::string_view text) {
  ApiError error;
  error.status = status;
  const auto body = parse_body(text);
  if (!body || !body->is_object() || body->find("name") == nullptr) {
    error.message = quoted_excerpt(text, 200);
    return error;
  }
  Errors ignored;
  Fields fields(*body, "", ignored);
  error.code = fields.text("name");
  error.request_id = fields.text("id");
  error.message = fields.text("message");
  if (const json::Value* all = fields.array("errors")) {
    for (const json::Value& one : all->items()) {
      if (one.is_string()) {
        error.message += (error.message.empty() ? "" : "; ") + one.as_string();
      }
    }
  }
  return error;
}

}  // namespace rehearse::wire::stability
