#include "harness/wire/openai_image.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/base64.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/openai_form.hpp"

namespace rehearse::wire::openai {
namespace {

bool always_base64(std::string_view model) {
  return model.starts_with("gpt-image") || model.starts_with("chatgpt-image");
}

constexpr std::int64_t kMostPartials = 3;

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

void add_base64(const Image& image, MessageBody& out) {
  if (image.picture.empty()) {
    out += encode_base64(image.bytes);
  } else {
    image.picture.add_base64(out);
  }
}

// What a reply says about how its images were made, by name; what is empty is left out.
std::vector<std::pair<const char*, const std::string*>> made_of(const ImageReply& reply) {
  std::vector<std::pair<const char*, const std::string*>> all = {
      {"background", &reply.background},
      {"output_format", &reply.output_format},
      {"quality", &reply.quality},
      {"size", &reply.size}};
  std::erase_if(all, [](const auto& one) { return one.second->empty(); });
  return all;
}

json::Value encode_image_usage(const ImageUsage& usage) {
  const std::int64_t text = usage.input_tokens - usage.input_image_tokens;
  return object_of({{"input_tokens", usage.input_tokens},
                    {"input_tokens_details", object_of({{"image_tokens", usage.input_image_tokens},
                                                        {"text_tokens", text}})},
                    {"output_tokens", usage.output_tokens},
                    {"total_tokens", usage.input_tokens + usage.output_tokens}});
}

void decode_made(Fields& fields, ImageReply& reply) {
  reply.background = fields.text("background");
  reply.output_format = fields.text("output_format");
  reply.quality = fields.text("quality");
  reply.size = fields.text("size");
  const json::Value* usage = fields.object("usage");
  if (usage == nullptr) {
    return;
  }
  Fields inner(*usage, "/usage", fields.errors());
  reply.usage = ImageUsage{inner.integer("input_tokens", 0, INT64_MAX).value_or(0),
                           inner.integer("output_tokens", 0, INT64_MAX).value_or(0), 0};
  if (const json::Value* details = inner.object("input_tokens_details")) {
    Fields more(*details, "/usage/input_tokens_details", fields.errors());
    reply.usage->input_image_tokens = more.integer("image_tokens", 0, INT64_MAX).value_or(0);
  }
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
  if (request.format != ImageFormat::Png) {
    body.set("output_format", image_format_name(request.format));
  }
  if (!request.background.empty()) {
    body.set("background", request.background);
  }
  if (request.stream) {
    body.set("stream", true);
  }
  if (request.partial_images > 0) {
    body.set("partial_images", request.partial_images);
  }
  return json::dump(body);
}

namespace {

// The fields that requests in JSON and in parts have in common. Models of one kind refuse what only
// the other has.
void decode_options(Fields& fields, ImageRequest& request) {
  request.model = fields.text("model", "dall-e-2");
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
  const std::string encoding = fields.text("output_format", "png");
  const auto known = parse_image_format(encoding);
  if (known) {
    request.format = *known;
  } else {
    fields.fail("output_format", expected_found("png, jpeg or webp", json::Value(encoding)));
  }
  request.background = fields.text("background");
  if (request.background == "transparent" && request.format == ImageFormat::Jpeg) {
    fields.fail("background", "expected opaque or auto with jpeg, found transparent");
  }
  request.stream = fields.flag("stream", false);
  request.partial_images = fields.integer("partial_images", 0, kMostPartials).value_or(0);
  if (request.stream && !always_base64(request.model)) {
    fields.fail("stream", "expected false with " + request.model + ", found true");
  }
}

}  // namespace

Result<ImageRequest> decode_image_request(std::string_view text) {
  return decode_body<ImageRequest>(text, [](Fields& fields, ImageRequest& request) {
    request.prompt = fields.required_text("prompt");
    decode_options(fields, request);
  });
}

Request encode_image_edit_request(const ImageRequest& request, std::string target) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    parts.push_back({request.inputs.size() == 1 ? "image" : "image[]",
                     "image" + std::to_string(i) + ".png", "image/png", request.inputs[i]});
  }
  const auto add = [&parts](const char* name, std::string value) {
    if (!value.empty()) {
      parts.push_back({name, "", "", std::move(value)});
    }
  };
  add("model", request.model);
  add("prompt", request.prompt);
  add("n", std::to_string(request.count));
  add("size", image_size_text(request.size));
  add("quality", request.quality);
  if (!always_base64(request.model)) {
    add("response_format", request.base64 ? "b64_json" : "url");
  }
  if (request.format != ImageFormat::Png) {
    add("output_format", std::string(image_format_name(request.format)));
  }
  add("background", request.background);
  if (request.stream) {
    add("stream", "true");
  }
  if (request.partial_images > 0) {
    add("partial_images", std::to_string(request.partial_images));
  }
  const std::string boundary = make_boundary(parts);
  return {"POST",
          std::move(target),
          {{"content-type", multipart_type(boundary)}},
          encode_multipart(parts, boundary)};
}

Result<ImageRequest> decode_image_edit_request(const Request& request, bool variation) {
  auto parts = decode_form(request);
  if (!parts) {
    return parts.errors();
  }
  ImageRequest out;
  json::Value form = json::Value::object();
  for (Part& part : *parts) {
    if (part.name == "image" || part.name == "image[]") {
      out.inputs.push_back(std::move(part.body));
    } else if (part.name != "mask") {
      form.set(part.name, form_value(part));
    }
  }
  Errors errors;
  Fields fields(form, "", errors);
  out.prompt = variation ? fields.text("prompt") : fields.required_text("prompt");
  if (out.inputs.empty()) {
    fields.fail("image", "expected an image file, found nothing");
  }
  decode_options(fields, out);
  if (!errors.empty()) {
    return errors;
  }
  return out;
}

MessageBody encode_image_reply(const ImageReply& reply) {
  // Written by hand: base64 needs no escaping, and there are megabytes of it.
  MessageBody out;
  out += "{\"created\":" + std::to_string(reply.created_s) + ",\"data\":[";
  for (std::size_t i = 0; i < reply.images.size(); ++i) {
    const Image& image = reply.images[i];
    out += i == 0 ? "{" : ",{";
    if (!image.picture.empty() || !image.bytes.empty()) {
      out += "\"b64_json\":\"";
      add_base64(image, out);
      out += "\"";
    } else {
      out += "\"url\":" + json::dump(image.url);
    }
    if (!image.revised_prompt.empty()) {
      out += ",\"revised_prompt\":" + json::dump(image.revised_prompt);
    }
    out += "}";
  }
  out += "]";
  for (const auto& [key, value] : made_of(reply)) {
    out += std::string(",\"") + key + "\":" + json::dump(*value);
  }
  if (reply.usage) {
    out += ",\"usage\":" + json::dump(encode_image_usage(*reply.usage));
  }
  out += "}";
  return out;
}

std::string encode_image_event(const ImageEvent& event) {
  const std::string type = std::string(event.edit ? "image_edit." : "image_generation.") +
                           (event.partial ? "partial_image" : "completed");
  const ImageReply& reply = event.reply;
  std::string out = "event: " + type + "\ndata: {\"type\":\"" + type +
                    "\",\"created_at\":" + std::to_string(reply.created_s);
  for (const auto& [key, value] : made_of(reply)) {
    out.append(",\"").append(key).append("\":").append(json::dump(*value));
  }
  if (event.partial) {
    out += ",\"partial_image_index\":" + std::to_string(*event.partial);
  } else if (reply.usage) {
    out += ",\"usage\":" + json::dump(encode_image_usage(*reply.usage));
  }
  MessageBody picture;
  add_base64(reply.images.front(), picture);
  return out.append(",\"b64_json\":\"").append(picture.joined()).append("\"}\n\n");
}

Result<ImageEvent> decode_image_event(std::string_view data) {
  const auto body = parse_body(data);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  ImageEvent event;
  const std::string type = fields.required_text("type");
  if (type == "error" || body->find("error") != nullptr) {
    return Error{"event stream", fields.text("message", "an error without a message")};
  }
  event.edit = type.starts_with("image_edit.");
  if (type.ends_with(".partial_image")) {
    event.partial = fields.integer("partial_image_index", 0, kMostPartials).value_or(0);
  }
  event.reply.created_s = fields.integer("created_at", 0, INT64_MAX).value_or(0);
  event.reply.images.push_back(decode_image(*body, "", errors));
  decode_made(fields, event.reply);
  if (!errors.empty()) {
    return errors;
  }
  return event;
}

Result<ImageReply> decode_image_reply(std::string_view text) {
  return decode_body<ImageReply>(text, [](Fields& fields, ImageReply& reply) {
    reply.created_s = fields.integer("created", 0, INT64_MAX).value_or(0);
    const json::Value* data = fields.array("data");
    if (data == nullptr) {
      fields.fail("data", "expected an array, found nothing");
      return;
    }
    for (std::size_t i = 0; i < data->items().size(); ++i) {
      reply.images.push_back(
          decode_image(data->items()[i], json::pointer_join("/data", i), fields.errors()));
    }
    decode_made(fields, reply);
  });
}

}  // namespace rehearse::wire::openai
