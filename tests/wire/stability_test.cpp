#include <catch2/catch.hpp>

#include "harness/wire/multipart.hpp"
#include "harness/wire/stability.hpp"

using namespace rehearse;
using namespace rehearse::wire;
using stability::PictureRequest;

namespace {

PictureRequest request_of(const std::string& model, ImageSize size) {
  PictureRequest request;
  request.image.model = model;
  request.image.prompt = "a \"cat\"\r\n--x";
  request.image.size = size;
  request.seed = 7;
  return request;
}

Request form(std::vector<Part> parts, const std::string& service = "core") {
  Request request;
  request.method = "POST";
  request.target = std::string(stability::kGenerateFolder) + service;
  const std::string boundary = make_boundary(parts);
  request.headers.add("content-type", multipart_type(boundary));
  request.body = encode_multipart(parts, boundary);
  return request;
}

Result<PictureRequest> read(const Request& request) {
  auto found = stability::decode_picture_request(request, path_of(request.target));
  REQUIRE(found);
  return *found;
}

}  // namespace

TEST_CASE("a Stability form survives the wire, drawn in the nearest shape") {
  for (const char* model : {"core", "ultra", "sd3", "sd3.5-large"}) {
    PictureRequest request = request_of(model, {1344, 768});
    const auto back = read(stability::encode_picture_request(request));
    INFO((back ? "" : back.error().text()));
    REQUIRE(back.ok());
    request.image.size = find_shape(stability::shapes(model), "16:9")->size;
    CHECK(*back == request);
  }
  PictureRequest json = request_of("core", {1216, 1216});
  json.json = true;
  CHECK(*read(stability::encode_picture_request(json)) == json);
}

TEST_CASE("the older form takes sides in steps of 64 and several samples") {
  PictureRequest request = request_of("sdxl-beta", {1024, 704});
  request.engine = true;
  request.json = true;
  request.image.count = 4;
  request.steps = 50;
  CHECK(*read(stability::encode_picture_request(request)) == request);
  request.image.size = {1000, 1};
  const auto rounded = read(stability::encode_picture_request(request));
  CHECK(rounded->image.size == ImageSize{1024, 128});
}

TEST_CASE("a Stability request that lacks or mistakes something is told what") {
  const auto wrong = [](std::vector<Part> parts, const std::string& service = "core") {
    const auto request = read(form(std::move(parts), service));
    REQUIRE_FALSE(request.ok());
    return request.error().where;
  };
  const Part prompt{"prompt", "", "", "x"};
  CHECK(wrong({}) == "prompt");
  CHECK(wrong({{"seed", "", "", "1"}}) == "prompt");
  CHECK(wrong({prompt, {"aspect_ratio", "", "", "7:1"}}) == "aspect_ratio");
  CHECK(wrong({prompt, {"output_format", "", "", "gif"}}) == "output_format");
  CHECK(wrong({prompt, {"seed", "", "", "-1"}}, "ultra") == "seed");
  CHECK(wrong({prompt, {"seed", "", "", "99999999999"}}, "sd3") == "seed");
  CHECK(wrong({{"prompt", "", "", std::string(10'001, 'x')}}) == "prompt");
  Request json = form({prompt});
  json.headers.set("content-type", "application/json");
  CHECK(read(json).error().where == "content-type");
  Request older;
  older.target = "/v1/generation/e/text-to-image";
  for (const char* body : {"", "{}", R"({"text_prompts":[]})", R"({"text_prompts":[{}]})",
                           R"({"text_prompts":[{"text":"x"}],"width":1000})",
                           R"({"text_prompts":[{"text":"x"}],"width":8192,"height":8192})",
                           R"({"text_prompts":[{"text":"x"}],"samples":11})"}) {
    older.body = body;
    INFO(body);
    CHECK_FALSE(read(older).ok());
  }
}

TEST_CASE("only Stability's own paths are its own") {
  for (const char* path :
       {"", "/", "/v2beta/stable-image/generate/", "/v2beta/stable-image/generate/best",
        "/v1/generation/text-to-image", "/v1/generation//text-to-image", "/v1/generation/e"}) {
    INFO(path);
    CHECK_FALSE(stability::decode_picture_request(Request(), path));
  }
}

TEST_CASE("what is written by hand goes as fields of the form, with what it lacks") {
  const auto request = stability::complete_picture_request(
      R"({"prompt":"p","style_preset":"anime","cfg_scale":5})", request_of("sd3.5-large", {9, 16}));
  REQUIRE(request.ok());
  CHECK(request->body.find("style_preset") != std::string::npos);
  const auto back = read(*request);
  CHECK(back->image.prompt == "p");
  CHECK(back->image.model == "sd3.5-large");
  CHECK(back->image.size == ImageSize{768, 1344});
  CHECK_FALSE(stability::complete_picture_request("[]", request_of("core", {1, 1})).ok());
}

TEST_CASE("pictures come back as bytes, as JSON and as artifacts") {
  std::string bytes = "\x89PNG";
  bytes += '\0';
  stability::Drawn picture;
  picture.picture.head = bytes;
  picture.seed = 42;
  PictureRequest request = request_of("core", {1, 1});
  const Response plain = stability::encode_pictures({picture}, request);
  CHECK(plain.headers.get("content-type") == "image/png");
  CHECK(plain.headers.get("finish-reason") == "SUCCESS");
  CHECK(plain.headers.get("seed") == "42");
  CHECK(plain.body == bytes);
  CHECK(stability::decode_pictures(plain)->images.at(0).bytes == bytes);
  request.json = true;
  const Response json = stability::encode_pictures({picture}, request);
  CHECK(json.body.find(R"("finish_reason":"SUCCESS")") != std::string::npos);
  CHECK(stability::decode_pictures(json)->images.at(0).bytes == bytes);
  request.engine = true;
  const Response older = stability::encode_pictures({picture, picture}, request);
  CHECK(stability::decode_pictures(older)->images.size() == 2);
  CHECK_FALSE(stability::decode_pictures(json_response(200, "{}")).ok());
  CHECK_FALSE(stability::decode_pictures(json_response(200, "")).ok());
  CHECK_FALSE(stability::decode_pictures({200, {{"content-type", "image/png"}}, ""}).ok());
}

TEST_CASE("Stability errors keep name and messages, and any other body becomes a message") {
  ApiError error;
  error.status = 429;
  error.message = "slow down";
  error.request_id = "abc";
  for (const bool engine : {false, true}) {
    const ApiError back = stability::decode_error(429, stability::encode_error(error, engine));
    CHECK(back.code == "rate_limit_exceeded");
    CHECK(back.message == "slow down");
    CHECK(back.request_id == "abc");
  }
  CHECK(stability::decode_error(400, R"({"name":"bad_request","errors":["a","b",5]})").message ==
        "a; b");
  CHECK_FALSE(stability::decode_error(502, "<html>").message.empty());
}
