#include <catch2/catch.hpp>

#include "harness/wire/openai_image.hpp"

using namespace rehearse;
using namespace rehearse::wire;

TEST_CASE("image sizes are read within their bounds") {
  CHECK(*parse_image_size("1792x1024") == ImageSize{1792, 1024});
  CHECK(*parse_image_size("auto") == ImageSize{1024, 1024});
  CHECK(image_size_text({256, 512}) == "256x512");
  for (const char* bad : {"1024", "x", "1024x", "x1024", "0x1", "-1x5", "1024x1024x", "9000x1",
                          "8192x8192", "1e3x1e3", "99999999999999999999x1"}) {
    INFO(bad);
    CHECK_FALSE(parse_image_size(bad).ok());
  }
}

TEST_CASE("an image request survives the wire") {
  const ImageRequest request{"dall-e-3", "a \"cat\"", 1, {1792, 1024}, "hd", true};
  CHECK(*openai::decode_image_request(openai::encode_image_request(request)) == request);
  const ImageRequest newer{"gpt-image-1", "x", 3, {1536, 1024}, "", true};
  const std::string text = openai::encode_image_request(newer);
  CHECK(text.find("response_format") == std::string::npos);
  CHECK(*openai::decode_image_request(text) == newer);
}

TEST_CASE("image defaults are the provider's") {
  const auto request = openai::decode_image_request(R"({"prompt":"x"})");
  REQUIRE(request.ok());
  CHECK(request->model == "dall-e-2");
  CHECK_FALSE(request->base64);
  CHECK(request->count == 1);
  CHECK(openai::decode_image_request(R"({"prompt":"x","model":"gpt-image-1"})")->base64);
}

TEST_CASE("bad image requests name their member") {
  const auto where = [](std::string_view body) {
    const auto request = openai::decode_image_request(body);
    REQUIRE_FALSE(request.ok());
    return request.error().where;
  };
  CHECK(where("{}") == "/prompt");
  CHECK(where(R"({"prompt":"x","n":11})") == "/n");
  CHECK(where(R"({"prompt":"x","n":2,"model":"dall-e-3"})") == "/n");
  CHECK(where(R"({"prompt":"x","size":"big"})") == "/size");
  CHECK(where(R"({"prompt":"x","response_format":"png"})") == "/response_format");
}

TEST_CASE("image replies carry urls or bytes, and usage where there is any") {
  const ImageReply urls{5, {{"https://x/1.png", "", "better"}, {"https://x/2.png", "", ""}}, {}};
  CHECK(*openai::decode_image_reply(openai::encode_image_reply(urls).joined()) == urls);
  std::string bytes = "\x89PNG";
  bytes += '\0';
  const ImageReply inlined{5, {{"", bytes, ""}}, ImageUsage{7, 1000}};
  CHECK(*openai::decode_image_reply(openai::encode_image_reply(inlined).joined()) == inlined);
  CHECK_FALSE(openai::decode_image_reply(R"({"data":[{"b64_json":"%"}]})").ok());
  CHECK_FALSE(openai::decode_image_reply(R"({"data":[5]})").ok());
  CHECK_FALSE(openai::decode_image_reply("{}").ok());
}
