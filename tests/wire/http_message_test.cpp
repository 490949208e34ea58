#include <catch2/catch.hpp>

#include "harness/base/rng.hpp"
#include "harness/wire/base64.hpp"
#include "harness/wire/http_message.hpp"

using namespace rehearse;
using namespace rehearse::wire;

TEST_CASE("header names compare without case and set replaces them all") {
  Headers headers{{"Content-Type", "a"}, {"X", "1"}, {"x", "2"}};
  CHECK(headers.get("content-type") == "a");
  CHECK(headers.get("X") == "1");
  headers.set("x", "3");
  CHECK(headers.size() == 2);
  CHECK(headers.get("X") == "3");
  CHECK_FALSE(headers.find("y"));
  CHECK(headers.text() == "Content-Type: a\r\nx: 3\r\n");
}

TEST_CASE("headers keep their order, and a value cannot bring a field of its own") {
  Headers headers{{"a", ""}, {"b", "1\r\nc: 2"}};
  headers.add_number("d", -7);
  headers.set("a", headers.get("d"));
  std::string seen;
  for (const Header header : headers) {
    seen.append(header.name).append("=").append(header.value).append(";");
  }
  CHECK(seen == "b=1  c: 2;d=-7;a=-7;");
  CHECK_FALSE(headers.find("c"));
  CHECK(Headers(headers) == headers);
}

TEST_CASE("targets split into path and query") {
  CHECK(path_of("/a/b?x=1#f") == "/a/b");
  CHECK(query_value("/a?x=1&y=a+b%26&z", "y") == "a b&");
  CHECK(query_value("/a?x=1&y", "y").empty());
  CHECK(query_value("/a?b=2?c#d", "b") == "2?c");
  CHECK(query_value("/a", "x").empty());
}

TEST_CASE("percent encoding reads back and a broken escape stays as it is") {
  CHECK(percent_encode("a b/é~") == "a%20b%2F%C3%A9~");
  CHECK(percent_decode("%41%zz%4") == "A%zz%4");
  CHECK(percent_decode("%2f") == "/");
}

TEST_CASE("media types lose their parameters and their case") {
  CHECK(media_type(" Application/JSON ; charset=utf-8") == "application/json");
  CHECK(media_type("").empty());
}

TEST_CASE("the examples of RFC 4648 encode and decode") {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : cases) {
    CHECK(encode_base64(plain) == encoded);
    CHECK(*decode_base64(encoded) == plain);
  }
  CHECK(*decode_base64("Zg") == "f");
  for (const char* bad : {"Z", "Zg=", "Zg===", "Z g=", "Zm9v!", "=", "===="}) {
    INFO(bad);
    CHECK_FALSE(decode_base64(bad).ok());
  }
}

TEST_CASE("random bytes survive base64") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    std::string bytes;
    for (std::uint64_t i = 0; i < seed; ++i) {
      bytes += static_cast<char>(mix64(seed * 1000 + i));
    }
    CHECK(*decode_base64(encode_base64(bytes)) == bytes);
  }
}

TEST_CASE("a body keeps the order of its own texts and shared bytes, and copies no shared ones") {
  const SharedBytes shared = std::make_shared<const std::string>("shared");
  MessageBody body;
  body += "a";
  body += "b";
  body += shared;
  body += "c";
  body += "d";
  body += shared;
  Response out;
  body.move_into(out);
  CHECK(out.body == "ab");
  REQUIRE(out.more.size() == 3);
  CHECK(out.more[0] == shared);
  CHECK(*out.more[1] == "cd");
  CHECK(out.more[2] == shared);
  CHECK(body.joined().empty());
  body += shared;
  body += "e";
  CHECK(body.joined() == "sharede");
}
