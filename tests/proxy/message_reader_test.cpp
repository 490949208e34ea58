#include "harness/proxy/message_reader.hpp"

#include <catch2/catch.hpp>

using namespace rehearse;
using proxy::MessageReader;
using State = MessageReader::State;

namespace {

// Feeds in pieces of `step` bytes; how many bytes belonged to the message.
std::size_t feed(MessageReader& reader, std::string_view bytes, std::size_t step) {
  std::size_t total = 0;
  std::string pending;
  std::size_t at = 0;
  while (reader.state() == State::Head || reader.state() == State::Body) {
    if (pending.empty()) {
      if (at >= bytes.size()) {
        break;
      }
      pending = bytes.substr(at, step);
      at += pending.size();
    }
    const std::size_t used = reader.feed(pending);
    total += used;
    pending.erase(0, used);
  }
  return total;
}

}  // namespace

TEST_CASE("any split of a message gives the same end and the same payload") {
  const std::string one =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nt: 1\r\n\r\n";
  const std::string two = one + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  for (std::size_t step = 1; step <= two.size(); ++step) {
    std::string payload;
    const auto reader =
        MessageReader::response(false, [&](std::string_view bytes) { payload += bytes; });
    CAPTURE(step);
    CHECK(feed(*reader, two, step) == one.size());
    CHECK(reader->state() == State::Done);
    CHECK(payload == "hello world");
    CHECK(reader->head().status == 200);
    CHECK(reader->head().keep_alive);
  }
}

TEST_CASE("a request's head ends where its body begins, however it is split") {
  const std::string head = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n";
  for (std::size_t step = 1; step < 80; ++step) {
    std::string payload;
    const auto reader = MessageReader::request([&](std::string_view b) { payload += b; });
    CHECK(feed(*reader, head + "abcGET /", step) == head.size() + 3);
    CHECK(reader->state() == State::Done);
    CHECK(payload == "abc");
    CHECK(reader->head().method == "POST");
    CHECK(reader->head().target == "/a");
  }
}

TEST_CASE("an answer without a length ends with its connection, a short one fails") {
  std::string payload;
  const auto open = MessageReader::response(false, [&](std::string_view b) { payload += b; });
  feed(*open, "HTTP/1.1 200 OK\r\n\r\nabc", 7);
  CHECK(open->state() == State::Body);
  open->closed();
  CHECK(open->state() == State::Done);
  CHECK_FALSE(open->head().keep_alive);
  CHECK(payload == "abc");
  const auto cut = MessageReader::response(false, [](std::string_view) {});
  feed(*cut, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 100);
  cut->closed();
  CHECK(cut->state() == State::Failed);
}

TEST_CASE("an answer to HEAD has no body whatever its length says") {
  const auto reader = MessageReader::response(true, [](std::string_view) {});
  feed(*reader, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 100);
  CHECK(reader->state() == State::Done);
}
