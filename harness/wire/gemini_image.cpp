#include "harness/wire/gemini_image.hpp"

#include <array>

#include "harness/json/write.hpp"
#include "harness/wire/base64.hpp"
#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_fields.hpp"

namespace rehearse::wire::gemini {
namespace {

// Gemini API guide to image generation, table of aspect ratios.
constexpr std::array<Shape, 10> kGeminiShapes = {{{"1:1", {1024, 1024}},
                                                  {"2:3", {832, 1248}},
                                                  {"3:2", {1248, 832}},
                                                  {"3:4", {864, 1184}},
                                                  {"4:3", {1184, 864}},
                                                  {"4:5", {896, 1152}},
                                                  {"5:4", {1152, 896}},
                                                  {"9:16", {768, 1344}},
                                                  {"16:9", {1344, 768}},
                                                  {"21:9", {1536, 672}}}};
// Gemini API guide to Imagen.
constexpr std::array<Shape, 5> kImagenShapes = {{{"1:1", {1024, 1024}},
                                                 {"3:4", {896, 1280}},
                                                 {"4:3", {1280, 896}},
                                                 {"9:16", {768, 1408}},
                                                 {"16:9", {1408, 768}}}};

// "1K", "2K", "4K": how often a side at 1K fits into that of the picture; 0: no resolution.
std::int64_t resolution(std::string_view name) {
  return name.empty() || name == "1K" ? 1 : name == "2K" ? 2 : name == "4K" ? 4 : 0;
}

// Fills in size and quality from what the body asks.
void take_shape(Fields& fields, std::string_view model, std::string_view size_key,
                ImageRequest& request) {
  const std::string ratio = fields.text(key_of(fields, "aspectRatio"), "1:1");
  const Shape* shape = find_shape(shapes(model), ratio);
  if (shape == nullptr) {
    fields.fail("aspectRatio", "the aspect ratio " + json::dump(ratio) + " is not supported");
    return;
  }
  request.quality = fields.text(key_of(fields, size_key));
  const std::int64_t scale = resolution(request.quality);
  if (scale == 0) {
    fields.fail(size_key, "the image size must be 1K, 2K or 4K");
    return;
  }
  request.size = {shape->size.width * scale, shape->size.height * scale};
}

std::string encode_predict(const ImageRequest& request, std::string_view ratio) {
  json::Value parameters = object_of({{"sampleCount", request.count}, {"aspectRatio", ratio}});
  if (!request.quality.empty()) {
    parameters.set("sampleImageSize", request.quality);
  }
  json::Value instance = object_of({{"prompt", request.prompt}});
  return json::dump(object_of({{"instances", std::vector<json::Value>{std::move(instance)}},
                               {"parameters", std::move(parameters)}}));
}

std::string encode_generate(const ImageRequest& request, std::string_view ratio) {
  json::Value picture = object_of({{"aspectRatio", ratio}});
  if (!request.quality.empty()) {
    picture.set("imageSize", request.quality);
  }
  json::Value part = object_of({{"text", request.prompt}});
  json::Value content =
      object_of({{"role", "user"}, {"parts", std::vector<json::Value>{std::move(part)}}});
  return json::dump(
      object_of({{"contents", std::vector<json::Value>{std::move(content)}},
                 {"generationConfig",
                  object_of({{"responseModalities", std::vector<json::Value>{json::Value("IMAGE")}},
                             {"imageConfig", std::move(picture)}})}}));
}

void take_image(Fields& fields, std::string_view key, ImageReply& reply) {
  const json::Value* encoded = fields.find(key);
  if (encoded == nullptr || !encoded->is_string()) {
    fields.fail(
        key, "expected base64, found " + std::string(encoded == nullptr ? "nothing" : "no string"));
    return;
  }
  auto bytes = decode_base64(encoded->as_string());
  if (!bytes) {
    fields.fail(key, bytes.error().what);
    return;
  }
  reply.images.push_back({{}, std::move(*bytes), {}});
}

void take_inline(Fields& candidate, ImageReply& reply) {
  const json::Value* content = candidate.object("content");
  const json::Value* parts = content == nullptr ? nullptr : content->find("parts");
  for (std::size_t i = 0; parts != nullptr && parts->is_array() && i < parts->items().size(); ++i) {
    Fields part(parts->items()[i], json::pointer_join(candidate.pointer("content") + "/parts", i),
                candidate.errors());
    if (const json::Value* data = part.object("inlineData")) {
      Fields inner(*data, part.pointer("inlineData"), candidate.errors());
      take_image(inner, "data", reply);
    }
  }
}

}  // namespace

bool draws_inline(std::string_view model) {
  return model.starts_with("gemini") && model.find("image") != std::string_view::npos;
}

bool is_imagen(std::string_view model) { return model.starts_with("imagen"); }

std::span<const Shape> shapes(std::string_view model) {
  return is_imagen(model) ? std::span<const Shape>(kImagenShapes)
                          : std::span<const Shape>(kGeminiShapes);
}

std::string encode_image_request(const ImageRequest& request) {
  const std::string_view ratio = nearest_shape(shapes(request.model), request.size).ratio;
  return is_imagen(request.model) ? encode_predict(request, ratio)
                                  : encode_generate(request, ratio);
}

Result<ImageRequest> decode_generate_image(std::string_view text, std::string_view model) {
  const auto chat = decode_chat_request(text);
  if (!chat) {
    return chat.errors();
  }
  ImageRequest request;
  request.model = model;
  request.base64 = true;
  request.count = chat->choices;
  for (const Message& message : chat->messages) {
    request.prompt += message.text;
  }
  const auto body = parse_body(text);
  Errors errors;
  Fields fields(*body, "", errors);
  const std::string config_key = key_of(fields, "generationConfig");
  const json::Value* config = fields.object(config_key);
  const json::Value none = json::Value::object();
  Fields inner(config == nullptr ? none : *config, fields.pointer(config_key), errors);
  const std::string key = key_of(inner, "imageConfig");
  const json::Value* picture = inner.object(key);
  Fields shape(picture == nullptr ? none : *picture, inner.pointer(key), errors);
  take_shape(shape, model, "imageSize", request);
  if (!errors.empty()) {
    return errors;
  }
  return request;
}

Result<ImageRequest> decode_predict(std::string_view text, std::string_view model) {
  return decode_body<ImageRequest>(text, [&](Fields& fields, ImageRequest& request) {
    request.model = model;
    request.base64 = true;
    const json::Value* instances = fields.array("instances");
    if (instances == nullptr || instances->items().empty()) {
      fields.fail("instances", "expected an array of one prompt, found none");
      return;
    }
    Fields instance(instances->items().front(), "/instances/0", fields.errors());
    request.prompt = instance.required_text("prompt");
    const json::Value none = json::Value::object();
    const json::Value* parameters = fields.object("parameters");
    Fields inner(parameters == nullptr ? none : *parameters, "/parameters", fields.errors());
    request.count = inner.integer("sampleCount", 1, 4).value_or(1);
    take_shape(inner, model, "sampleImageSize", request);
  });
}

MessageBody encode_inline_images(const InlineReply& reply) {
  // Written by hand: base64 needs no escaping, and there are megabytes of it.
  MessageBody out;
  out += R"({"candidates":[{"content":{"parts":[)";
  if (!reply.text.empty()) {
    out += "{\"text\":" + json::dump(reply.text) + "}";
  }
  for (std::size_t i = 0; i < reply.images.size(); ++i) {
    out += i == 0 && reply.text.empty() ? "" : ",";
    out += R"({"inlineData":{"mimeType":"image/png","data":")";
    reply.images[i].add_base64(out);
    out += "\"}}";
  }
  out += R"(],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":)";
  out += json::dump(encode_usage(reply.usage));
  out += ",\"modelVersion\":" + json::dump(reply.model) +
         ",\"responseId\":" + json::dump(reply.id) + "}";
  return out;
}

MessageBody encode_predictions(const std::vector<Picture>& images) {
  MessageBody out;
  out += R"({"predictions":[)";
  for (std::size_t i = 0; i < images.size(); ++i) {
    out += i == 0 ? "" : ",";
    out += R"({"mimeType":"image/png","bytesBase64Encoded":")";
    images[i].add_base64(out);
    out += "\"}";
  }
  out += "]}";
  return out;
}

Result<ImageReply> decode_image_reply(std::string_view text) {
  return decode_body<ImageReply>(text, [](Fields& fields, ImageReply& reply) {
    const json::Value* predictions = fields.array("predictions");
    const json::Value* candidates = fields.array("candidates");
    if (predictions == nullptr && candidates == nullptr) {
      fields.fail("candidates", "expected candidates or predictions, found neither");
      return;
    }
    for (std::size_t i = 0; predictions != nullptr && i < predictions->items().size(); ++i) {
      Fields one(predictions->items()[i], json::pointer_join("/predictions", i), fields.errors());
      take_image(one, "bytesBase64Encoded", reply);
    }
    for (std::size_t i = 0; candidates != nullptr && i < candidates->items().size(); ++i) {
      Fields one(candidates->items()[i], json::pointer_join("/candidates", i), fields.errors());
      take_inline(one, reply);
    }
    if (const auto usage = decode_usage(fields)) {
      reply.usage = ImageUsage{usage->input_tokens, usage->output_tokens};
    }
  });
}

}  // namespace rehearse::wire::gemini
