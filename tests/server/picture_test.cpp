#include <catch2/catch.hpp>

#include "harness/wire/openai_image.hpp"
#include "tests/server/support.hpp"

using namespace rehearse;
using namespace rehearse::server;
using namespace rehearse::server::testing;

namespace {

wire::ImageReply pictures(const MockServer& server, const std::string& more) {
  const auto answer = call(server, "POST", "/v1/images/generations",
                           R"({"model":"dall-e-2","prompt":"bees","size":"256x256")" + more + "}");
  REQUIRE(answer.status == 200);
  CHECK(answer.headers.at("content-length") == std::to_string(answer.body.size()));
  const auto reply = wire::openai::decode_image_reply(answer.body);
  REQUIRE(reply.ok());
  return *reply;
}

bool is_whole_png(const std::string& bytes) {
  return bytes.starts_with("\x89PNG\r\n\x1A\n") && bytes.ends_with("IEND\xAE\x42\x60\x82");
}

}  // namespace

TEST_CASE("pictures in base64 are the same whether their body was just made or is shared") {
  const auto server = start(options());
  const std::string two = R"(,"n":2,"response_format":"b64_json")";
  const wire::ImageReply made = pictures(*server, two);
  const wire::ImageReply shared = pictures(*server, two);
  REQUIRE(made.images.size() == 2);
  CHECK(made.images == shared.images);
  CHECK(is_whole_png(made.images[0].bytes));
  CHECK(is_whole_png(made.images[1].bytes));
  CHECK(made.images[0].bytes != made.images[1].bytes);
  CHECK(made.images[0].bytes.size() == made.images[1].bytes.size());
}

TEST_CASE("a picture behind a URL is whole, the first time and later") {
  const auto server = start(options());
  const wire::ImageReply reply = pictures(*server, "");
  const std::string& url = reply.images.front().url;
  REQUIRE(url.find("/__rehearse/") != std::string::npos);
  const std::string target = url.substr(url.find("/__rehearse/"));
  const auto made = call(*server, "GET", target);
  const auto shared = call(*server, "GET", target);
  CHECK(made.headers.at("content-type") == "image/png");
  CHECK(shared.headers.at("content-type") == "image/png");
  CHECK(is_whole_png(made.body));
  CHECK(made.body == shared.body);
  RawClient client(*server);
  client.send(request("HEAD", target));
  CHECK(client.answer(true).headers.at("content-length") == std::to_string(made.body.size()));
}

TEST_CASE("images past their limit are refused in OpenAI's words for images") {
  auto limited = options(1);
  limited.mounts.front() = mount(
      "openai", "openai",
      R"({"operations":{"image":{"models":{"dall-e-2":{"time":"1ms","limits":{"ipm":2}}}}}})");
  const auto server = start(std::move(limited));
  const std::string body = R"({"model":"dall-e-2","prompt":"bees","size":"256x256","n":2})";
  CHECK(call(*server, "POST", "/v1/images/generations", body).status == 200);
  const auto refused = call(*server, "POST", "/v1/images/generations", body);
  CHECK(refused.status == 429);
  CHECK_THAT(refused.body, Catch::Contains("images per minute in organization") &&
                               Catch::Contains("Limit: 2/1min. Current: 4/1min.") &&
                               Catch::Contains("\"type\":\"requests\"") &&
                               Catch::Contains("\"code\":\"rate_limit_exceeded\""));
}
