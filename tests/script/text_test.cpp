#include <catch2/catch.hpp>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "mocks/script/content.hpp"
#include "mocks/script/embedding.hpp"
#include "mocks/script/text.hpp"

using namespace rehearse;
using namespace rehearse::script;

TEST_CASE("filler is exactly four ASCII bytes a token and readable") {
  for (const std::int64_t tokens : {0, 1, 2, 3, 100, 4096}) {
    const std::string text = filler_text(content_key(1, "q"), tokens);
    CHECK(text.size() == static_cast<std::size_t>(tokens) * 4);
    for (const char c : text) {
      REQUIRE((c == ' ' || c == '.' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')));
    }
  }
  CHECK(filler_text(1, -5).empty());
  CHECK(filler_text(1, INT64_MAX).size() == static_cast<std::size_t>(kMostTokens) * 4);
}

TEST_CASE("filler JSON is valid at every length") {
  for (std::int64_t tokens = 1; tokens < 300; ++tokens) {
    const std::string text = filler_json(content_key(1, "q"), tokens);
    CHECK(text.size() == static_cast<std::size_t>(tokens) * 4);
    const auto value = json::parse(text);
    REQUIRE(value.ok());
    CHECK(value->is_object());
  }
  CHECK(filler_json(1, 0).empty());
}

TEST_CASE("the same seed and request give the same bytes and any other give others") {
  const auto text = [](std::uint64_t seed, std::string_view request) {
    return filler_text(content_key(seed, request), 50);
  };
  CHECK(text(1, "a") == text(1, "a"));
  CHECK(text(1, "a") != text(1, "b"));
  CHECK(text(1, "a") != text(2, "a"));
  CHECK(make_id("chatcmpl-", 5).size() == 9 + 29);
  CHECK(make_id("x", 5) == make_id("x", 5));
  CHECK(make_id("x", 5) != make_id("x", 6));
}

TEST_CASE("a body's key depends on each of its bytes, however many there are") {
  CHECK(body_key("abc") == hash_name("abc"));
  for (const std::size_t size : {std::size_t{65'536}, std::size_t{65'537}, std::size_t{70'003}}) {
    std::string body(size, 'x');
    const std::uint64_t key = body_key(body);
    CHECK(body_key(body + "x") != key);
    for (const std::size_t at : {std::size_t{0}, std::size_t{7}, std::size_t{40}, size - 1}) {
      std::string other = body;
      other[at] = 'y';
      CHECK(body_key(other) != key);
    }
    std::string elsewhere = body;  // the same bytes in other places
    body[0] = elsewhere[8] = 'a';
    CHECK(body_key(body) != body_key(elsewhere));
  }
}

TEST_CASE("a transcript has the words of its seconds, in segments that cover them") {
  const auto reply = transcript(7, 12.5);
  CHECK(*reply.seconds == 12.5);
  CHECK(reply.text.size() == 187);
  REQUIRE(reply.segments.size() == 3);
  CHECK(reply.segments.front().start_s == 0);
  CHECK(reply.segments.back().end_s == 12.5);
  std::string joined;
  for (const auto& segment : reply.segments) {
    joined += segment.text;
    CHECK(segment.end_s > segment.start_s);
  }
  CHECK(joined == reply.text);
  CHECK(transcript(7, 0).segments.empty());
  CHECK(transcript(7, 5).segments.size() == 1);
  CHECK(transcript(7, -1).text.empty());
}

TEST_CASE("embeddings have unit length and their model's dimension") {
  const auto vector = embedding({1, "text-embedding-3-large", "hello", 0});
  CHECK(vector.size() == 3072);
  double square = 0;
  for (const float value : vector) {
    square += static_cast<double>(value) * static_cast<double>(value);
  }
  CHECK(std::sqrt(square) == Approx(1).margin(1e-6));
  CHECK(embedding({1, "x", "hello", 0}).size() == 1536);
  CHECK(embedding({1, "x", "hello", 256}).size() == 256);
  CHECK(embedding({1, "x", "hello", 1}).size() == 1);
  CHECK(embedding({1, "x", "a", 8}) == embedding({1, "x", "a", 8}));
  CHECK(embedding({1, "x", "a", 8}) != embedding({1, "x", "b", 8}));
  CHECK(embedding({1, "x", "a", 8}) != embedding({2, "x", "a", 8}));
  CHECK(embedding({1, "x", "a", 8}) != embedding({1, "y", "a", 8}));
}
