#include <algorithm>
#include <array>
#include <charconv>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/multipart.hpp"
#include "harness/wire/stability.hpp"

namespace rehearse::wire::stability {
namespace {

// About one megapixel in steps of 64: what SD3 and Ultra draw.
constexpr std::array<Shape, 9> kOneMegapixel = {{{"1:1", {1024, 1024}},
                                                 {"16:9", {1344, 768}},
                                                 {"21:9", {1536, 640}},
                                                 {"2:3", {832, 1216}},
                                                 {"3:2", {1216, 832}},
                                                 {"4:5", {896, 1088}},
                                                 {"5:4", {1088, 896}},
                                                 {"9:16", {768, 1344}},
                                                 {"9:21", {640, 1536}}}};
// Core draws 1.5 megapixels; which sides it takes is assumed: the same steps.
constexpr std::array<Shape, 9> kOneAndAHalf = {{{"1:1", {1216, 1216}},
                                                {"16:9", {1600, 896}},
                                                {"21:9", {1856, 832}},
                                                {"2:3", {1024, 1472}},
                                                {"3:2", {1472, 1024}},
                                                {"4:5", {1088, 1344}},
                                                {"5:4", {1344, 1088}},
                                                {"9:16", {896, 1600}},
                                                {"9:21", {832, 1856}}}};
constexpr std::size_t kLongestPrompt = 10'000;
constexpr std::uint64_t kHighestSeed = 4'294'967'294;

bool is_sd3(std::string_view model) { return model.starts_with("sd3"); }
bool is_service(std::string_view model) {
  return model == "core" || model == "ultra" || is_sd3(model);
}

// Reads the fields of a form, noting what is wrong.
void take_field(const Part& part, PictureRequest& request, std::string& ratio, Errors& errors) {
  const std::string& text = part.body;
  if (part.name == "prompt") {
    request.image.prompt = text;
  } else if (part.name == "aspect_ratio") {
    ratio = text;
  } else if (part.name == "model") {
    request.image.model = text;
  } else if (part.name == "output_format") {
    request.format = text;
    if (text != "png" && text != "jpeg" && text != "webp") {
      errors.push_back({"output_format", "must be one of jpeg, png, webp"});
    }
  } else if (part.name == "seed" && !text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), request.seed);
    if (error != std::errc() || end != text.data() + text.size() || request.seed > kHighestSeed) {
      errors.push_back({"seed", "must be a number between 0 and 4294967294"});
    }
  }
}

bool wants_json(const Request& request) {
  const std::string_view accept = request.headers.get("accept");
  return accept.find("application/json") != std::string_view::npos;
}

Result<PictureRequest> decode_form(const Request& request, std::string_view service) {
  const auto boundary = boundary_of(request.headers.get("content-type"));
  if (!boundary) {
    return Error{"content-type", "must be multipart/form-data"};
  }
  MultipartDecoder decoder(*boundary);
  if (Status fed = decoder.feed(request.body); !fed) {
    return fed.errors();
  }
  auto parts = decoder.finish();
  if (!parts) {
    return parts.errors();
  }
  PictureRequest out;
  out.image.model = service;
  out.json = wants_json(request);
  std::string ratio = "1:1";
  Errors errors;
  for (const Part& part : *parts) {
    take_field(part, out, ratio, errors);
  }
  if (service != "sd3") {
    out.image.model = service;
  }
  if (out.image.prompt.empty()) {
    errors.push_back({"prompt", "cannot be blank"});
  } else if (out.image.prompt.size() > kLongestPrompt) {
    errors.push_back({"prompt", "cannot exceed 10000 characters"});
  }
  if (const Shape* shape = find_shape(shapes(out.image.model), ratio)) {
    out.image.size = shape->size;
  } else {
    errors.push_back(
        {"aspect_ratio", "must be one of 21:9, 16:9, 3:2, 5:4, 1:1, 4:5, 2:3, 9:16, 9:21"});
  }
  if (!errors.empty()) {
    return errors;
  }
  return out;
}

Result<PictureRequest> decode_engine(const Request& request, std::string_view engine) {
  const auto body = parse_body(request.body);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  PictureRequest out;
  out.engine = true;
  out.json = !request.headers.get("accept").starts_with("image/png");
  out.image.model = engine;
  out.image.size.width = fields.integer("width", 128, 8192).value_or(1024);
  out.image.size.height = fields.integer("height", 128, 8192).value_or(1024);
  if (out.image.size.width % 64 != 0 || out.image.size.height % 64 != 0) {
    fields.fail("width", "width and height must be multiples of 64");
  } else if (out.image.size.width * out.image.size.height > (1 << 24)) {
    fields.fail("width", "width and height together are too large");
  }
  out.image.count = fields.integer("samples", 1, 10).value_or(1);
  out.steps = fields.integer("steps", 10, 150).value_or(0);
  out.seed = static_cast<std::uint64_t>(
      fields.integer("seed", 0, static_cast<std::int64_t>(kHighestSeed)).value_or(0));
  const json::Value* prompts = fields.array("text_prompts");
  if (prompts == nullptr || prompts->items().empty()) {
    fields.fail("text_prompts", "cannot be blank");
    return errors;
  }
  for (std::size_t i = 0; i < prompts->items().size(); ++i) {
    Fields one(prompts->items()[i], json::pointer_join("/text_prompts", i), errors);
    out.image.prompt += one.required_text("text");
  }
  if (!errors.empty()) {
    return errors;
  }
  return out;
}

// The older form takes sides in steps of 64.
std::int64_t whole_steps(std::int64_t side) {
  return std::max<std::int64_t>((side + 63) / 64, 2) * 64;
}

Request engine_post(const PictureRequest& request, std::string body) {
  const std::string engine =
      request.image.model == "sdxl" ? "stable-diffusion-xl-1024-v1-0" : request.image.model;
  Request out =
      json_post(std::string(kEngineFolder) + percent_encode(engine) + std::string(kTextToImage),
                std::move(body));
  out.headers.add("accept", request.json ? "application/json" : "image/png");
  return out;
}

Request form_post(const PictureRequest& request, const std::vector<Part>& parts) {
  const std::string boundary = make_boundary(parts);
  const std::string service = is_sd3(request.image.model) ? "sd3" : request.image.model;
  Request out;
  out.method = "POST";
  out.target = std::string(kGenerateFolder) + service;
  out.headers.add("content-type", multipart_type(boundary));
  out.headers.add("accept", request.json ? "application/json" : "image/*");
  out.body = encode_multipart(parts, boundary);
  return out;
}

Request encode_engine(const PictureRequest& request) {
  json::Value prompt = object_of({{"text", request.image.prompt}});
  json::Value body = object_of({{"text_prompts", std::vector<json::Value>{std::move(prompt)}},
                                {"width", whole_steps(request.image.size.width)},
                                {"height", whole_steps(request.image.size.height)},
                                {"samples", request.image.count}});
  if (request.steps > 0) {
    body.set("steps", request.steps);
  }
  if (request.seed > 0) {
    body.set("seed", static_cast<std::int64_t>(request.seed));
  }
  return engine_post(request, json::dump(body));
}

}  // namespace

std::span<const Shape> shapes(std::string_view model) {
  return model == "core" ? std::span<const Shape>(kOneAndAHalf)
                         : std::span<const Shape>(kOneMegapixel);
}

Request encode_picture_request(const PictureRequest& request) {
  const std::string& model = request.image.model;
  if (!is_service(model)) {
    return encode_engine(request);
  }
  const Shape& shape = nearest_shape(shapes(model), request.image.size);
  std::vector<Part> parts;
  parts.push_back({"prompt", "", "", request.image.prompt});
  parts.push_back({"aspect_ratio", "", "", std::string(shape.ratio)});
  parts.push_back({"output_format", "", "", request.format});
  if (is_sd3(model) && model != "sd3") {
    parts.push_back({"model", "", "", model});
  }
  if (request.seed > 0) {
    parts.push_back({"seed", "", "", std::to_string(request.seed)});
  }
  return form_post(request, parts);
}

Result<Request> complete_picture_request(std::string_view own, PictureRequest request) {
  auto body = parse_body(own);
  if (!body) {
    return body.errors();
  }
  if (!body->is_object()) {
    return Error{"request", expected_found("an object", *body)};
  }
  if (!is_service(request.image.model)) {
    return engine_post(request, json::dump(*body));
  }
  if (is_sd3(request.image.model) && request.image.model != "sd3" &&
      body->find("model") == nullptr) {
    body->set("model", request.image.model);
  }
  if (body->find("aspect_ratio") == nullptr) {
    body->set("aspect_ratio", nearest_shape(shapes(request.image.model), request.image.size).ratio);
  }
  std::vector<Part> parts;
  for (const json::Member& member : body->members()) {
    parts.push_back(
        {member.key, "", "",
         member.value.is_string() ? member.value.as_string() : json::dump(member.value)});
  }
  return form_post(request, parts);
}

std::optional<Result<PictureRequest>> decode_picture_request(const Request& request,
                                                             std::string_view path) {
  if (path.starts_with(kGenerateFolder)) {
    const std::string_view service = path.substr(kGenerateFolder.size());
    if (service == "core" || service == "ultra" || service == "sd3") {
      return decode_form(request, service);
    }
  }
  if (path.starts_with(kEngineFolder) && path.ends_with(kTextToImage) &&
      path.size() > kEngineFolder.size() + kTextToImage.size()) {
    path.remove_prefix(kEngineFolder.size());
    path.remove_suffix(kTextToImage.size());
    return decode_engine(request, percent_decode(path));
  }
  return std::nullopt;
}

}  // namespace rehearse::wire::stability
