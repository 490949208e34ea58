#include "harness/wire/openai_image.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/base64.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire::openai {
namespace {

bool always_base64(std::string_view model) { return model.starts_with("gpt-image"); }

Image decode_image(const json::Value& value, const std::string& pointer, Errors& errors) {
  Fields fields(value, pointer, errors);
  Image image{fields.text("url"), {}, fields.text("revised_prompt")};
  if (const json::Value* encoded = fields.find("b64_json")) {
    if (!encoded->is_string()) {
      fields.fail("b64_json", expected_found("a string", *encoded));
      return image;
    }
    auto bytes = decode_base64(encoded->as_string());
    if (bytes) {
      image.bytes = std::move(*bytes);
    } else {
      fields.fail("b64_json", bytes.error().what);
    }
  }
  return image;
}

}  // namespace

std::string encode_image_request(const ImageRequest& request) {
  json::Value body = object_of({{"model", request.model},
                                {"prompt", request.prompt},
                                {"n", request.count},
                                {"size", image_size_text(request.size)}});
  if (!request.quality.empty()) {
    body.set("quality", request.quality);
  }
  if (!always_base64(request.model)) {
    body.set("response_format", request.base64 ? "b64_json" : "url");
  }
  return json::dump(body);
}

Result<ImageRequest> decode_image_request(std::string_view text) {
  const auto body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  ImageRequest request;
  request.model = fields.text("model", "dall-e-2");
  request.prompt = fields.required_text("prompt");
  request.count = fields.integer("n", 1, 10).value_or(1);
  if (request.model == "dall-e-3" && request.count != 1) {
    fields.fail("n", "expected 1 with dall-e-3, found " + std::to_string(request.count));
  }
  const auto size = parse_image_size(fields.text("size"));
  if (size) {
    request.size = *size;
  } else {
    fields.fail("size", size.error().what);
  }
  request.quality = fields.text("quality");
  const std::string format = fields.text("response_format", "url");
  if (format != "url" && format != "b64_json") {
    fields.fail("response_format", expected_found("url or b64_json", json::Value(format)));
  }
  request.base64 = format == "b64_json" || always_base64(request.model);
  if (!errors.empty()) {
    return errors;
  }
  return request;
}

std::string encode_image_reply(const ImageReply& reply) {
  // Written by hand: base64 needs no escaping, and there are megabytes of it.
  std::string out = "{\"created\":" + std::to_string(reply.created_s) + ",\"data\":[";
  for (std::size_t i = 0; i < reply.images.size(); ++i) {
    const Image& image = reply.images[i];
    out += i == 0 ? "{" : ",{";
    if (image.bytes.empty()) {
      out += "\"url\":" + json::dump(image.url);
    } else {
      out.append("\"b64_json\":\"").append(encode_base64(image.bytes)).append("\"");
    }
    if (!image.revised_prompt.empty()) {
      out += ",\"revised_prompt\":" + json::dump(image.revised_prompt);
    }
    out += '}';
  }
  out += ']';
  if (reply.usage) {
    const auto [input, output] = *reply.usage;
    out += ",\"usage\":" +
           json::dump(object_of(
               {{"input_tokens", input},
                {"input_tokens_details", object_of({{"image_tokens", 0}, {"text_tokens", input}})},
                {"output_tokens", output},
                {"total_tokens", input + output}}));
  }
  return out + "}";
}

Result<ImageReply> decode_image_reply(std::string_view text) {
  const auto body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  ImageReply reply;
  reply.created_s = fields.integer("created", 0, INT64_MAX).value_or(0);
  const json::Value* data = fields.array("data");
  if (data == nullptr) {
    fields.fail("data", "expected an array, found nothing");
    return errors;
  }
  for (std::size_t i = 0; i < data->items().size(); ++i) {
    reply.images.push_back(decode_image(data->items()[i], json::pointer_join("/data", i), errors));
  }
  if (const json::Value* usage = fields.object("usage")) {
    Fields inner(*usage, "/usage", errors);
    reply.usage = ImageUsage{inner.integer("input_tokens", 0, INT64_MAX).value_or(0),
                             inner.integer("output_tokens", 0, INT64_MAX).value_or(0)};
  }
  if (!errors.empty()) {
    return errors;
  }
  return reply;
}

}  // namespace rehearse::wire::openai
