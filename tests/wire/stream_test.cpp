#include <catch2/catch.hpp>

#include "harness/base/rng.hpp"
#include "harness/wire/ndjson.hpp"
#include "harness/wire/sse.hpp"

using namespace rehearse;
using namespace rehearse::wire;

namespace {

std::vector<SseEvent> events_of(std::string_view bytes) {
  SseParser parser;
  std::vector<SseEvent> events;
  REQUIRE(parser.feed(bytes, events).ok());
  return events;
}

// Feeds the bytes in pieces whose lengths follow from the seed.
template <typename Parser, typename Out>
void feed_in_pieces(Parser& parser, std::string_view bytes, std::uint64_t seed, Out& out) {
  while (!bytes.empty()) {
    seed = mix64(seed);
    const std::size_t count = std::min<std::size_t>(seed % 5, bytes.size());
    REQUIRE(parser.feed(bytes.substr(0, count), out).ok());
    bytes.remove_prefix(count);
  }
}

}  // namespace

TEST_CASE("events end at a blank line and their data lines are joined") {
  CHECK(events_of("data: a\ndata: b\n\n") == std::vector<SseEvent>{{"", "a\nb", ""}});
  CHECK(events_of("event: x\nid: 7\ndata:y\n\n") == std::vector<SseEvent>{{"x", "y", "7"}});
  CHECK(events_of("data\n\n") == std::vector<SseEvent>{{"", "", ""}});
  CHECK(events_of("data:  two spaces\n\n") == std::vector<SseEvent>{{"", " two spaces", ""}});
}

TEST_CASE("comments, unknown fields, empty events and byte order marks are skipped") {
  CHECK(events_of(": ping\n\nretry: 5\n\nnonsense\n\nevent: only\n\n").empty());
  CHECK(events_of("\xEF\xBB\xBF"
                  "data: a\n\n")
            .size() == 1);
  CHECK(events_of("event: lost\n\ndata: a\n\n") == std::vector<SseEvent>{{"", "a", ""}});
}

TEST_CASE("LF, CRLF and CR end lines alike") {
  const std::vector<SseEvent> expected{{"e", "a\nb", ""}, {"", "c", ""}};
  CHECK(events_of("event: e\ndata: a\ndata: b\n\ndata: c\n\n") == expected);
  CHECK(events_of("event: e\r\ndata: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n") == expected);
  CHECK(events_of("event: e\rdata: a\rdata: b\r\rdata: c\r\r") == expected);
}

TEST_CASE("an event that no blank line ends is held back and seen at the end") {
  SseParser parser;
  std::vector<SseEvent> events;
  REQUIRE(parser.feed("data: a\n\n", events).ok());
  CHECK(parser.at_boundary());
  REQUIRE(parser.feed("data: b\n", events).ok());
  CHECK_FALSE(parser.at_boundary());
  CHECK(events.size() == 1);
}

TEST_CASE("any split of the bytes gives the same events") {
  const std::string stream =
      "\xEF\xBB\xBF: hi\r\nevent: é\ndata: {\"a\":1}\r\n\r\ndata: x\rdata: y\r\r"
      "id: 3\ndata:\n\n\n\n:c\ndata: [DONE]\n\n";
  const auto whole = events_of(stream);
  REQUIRE(whole.size() == 4);
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    INFO("seed " << seed);
    SseParser parser;
    std::vector<SseEvent> events;
    feed_in_pieces(parser, stream, seed, events);
    CHECK(events == whole);
  }
}

TEST_CASE("what is written as events is read as the same events") {
  for (const SseEvent& event : {SseEvent{"", "x", ""}, SseEvent{"e", "a\n\nb\n", "9"},
                                SseEvent{"", "", ""}, SseEvent{"", " lead: :", ""}}) {
    CHECK(events_of(encode_sse(event)) == std::vector<SseEvent>{event});
  }
}

TEST_CASE("a line or an event past the limit is refused once and for all") {
  SseParser lines(8);
  std::vector<SseEvent> events;
  CHECK(lines.feed("data: ab\n", events).ok());
  CHECK_FALSE(lines.feed("data: abc", events).ok());
  CHECK_FALSE(lines.feed("\n\ndata: a\n\n", events).ok());
  SseParser many(20);
  Status status = Done{};
  for (int i = 0; i < 100 && status; ++i) {
    status = many.feed("data: 0123456789\n", events);
  }
  CHECK_FALSE(status.ok());
  CHECK(events.empty());
}

TEST_CASE("lines of JSON come out whole whatever the split, blank ones not at all") {
  const std::string stream = "{\"a\":1}\r\n\n  \n{\"b\":\"é\"}\n{\"c\":3}";
  const std::vector<std::string> expected{"{\"a\":1}", "{\"b\":\"é\"}", "{\"c\":3}"};
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    NdjsonParser parser;
    std::vector<std::string> lines;
    feed_in_pieces(parser, stream, seed, lines);
    CHECK(lines.size() == 2);
    parser.finish(lines);
    CHECK(lines == expected);
  }
}

TEST_CASE("a JSON line past the limit is refused and stays refused") {
  NdjsonParser parser(4);
  std::vector<std::string> lines;
  CHECK(parser.feed("1234\n", lines).ok());
  CHECK_FALSE(parser.feed("12345", lines).ok());
  CHECK_FALSE(parser.feed("\n1\n", lines).ok());
  parser.finish(lines);
  CHECK(lines.size() == 1);
}
