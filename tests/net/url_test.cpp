#include "harness/net/url.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "harness/net/secret.hpp"

using namespace rehearse;
using namespace rehearse::net;

TEST_CASE("a URL is an origin and a path") {
  const auto url = parse_url("HTTPS://api.openai.com/v1/");
  REQUIRE(url.ok());
  CHECK(url->origin == Origin{true, "api.openai.com", 443});
  CHECK(url->path == "/v1");
  CHECK(url->origin.authority() == "api.openai.com");
  CHECK(parse_url("http://[::1]:8080")->origin == Origin{false, "::1", 8080});
  CHECK(parse_url("http://[::1]:8080")->origin.authority() == "[::1]:8080");
  CHECK(parse_url("http://a?x=1")->path == "?x=1");
}

TEST_CASE("what is no URL is refused with one line") {
  for (const std::string text :
       {"", "http://", "ftp://x", "//x", "x", "http://:80", "http://a:", "http://a:0",
        "http://a:65536", "http://a:8x", "http://a b", "http://a/\r\nX: y", "http://a/b c",
        "http://a/#f", "http://[::1", "http://[x]", "http://[]", "http://a\\b"}) {
    INFO(text);
    const auto url = parse_url(text);
    REQUIRE_FALSE(url.ok());
    CHECK(url.error().text().find('\n') == std::string::npos);
  }
}

TEST_CASE("a password in a URL is refused and not repeated") {
  const auto url = parse_url("https://me:hunter2@host/");
  REQUIRE_FALSE(url.ok());
  CHECK(url.error().text().find("hunter2") == std::string::npos);
}

TEST_CASE("a key comes from the environment and is cut out of texts") {
  ::setenv("REHEARSE_TEST_KEY", "  sk-123\n", 1);
  const auto key = Secret::from_environment("REHEARSE_TEST_KEY");
  REQUIRE(key.ok());
  CHECK(key->bearer() == "Bearer sk-123");
  CHECK(key->redact("bad key sk-123, sk-123!") == "bad key [key], [key]!");
  CHECK(Secret().redact("x") == "x");
  for (const char* bad : {"", "  ", "a b", "a\nb", "\x80"}) {
    ::setenv("REHEARSE_TEST_KEY", bad, 1);
    const auto refused = Secret::from_environment("REHEARSE_TEST_KEY");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().text().find("a b") == std::string::npos);
  }
  ::unsetenv("REHEARSE_TEST_KEY");
  CHECK_FALSE(Secret::from_environment("REHEARSE_TEST_KEY").ok());
}
