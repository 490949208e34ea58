#include "harness/wire/websocket.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;
using wire::websocket::Message;
using wire::websocket::Parser;

// Whole or in pieces: the same messages, and each reads back from what the writer makes of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  for (const Parser::From from : {Parser::From::Client, Parser::From::Server}) {
    Parser whole(from, 4096);
    Parser pieces(from, 4096);
    std::vector<Message> expected;
    std::vector<Message> messages;
    const bool good = whole.feed(bytes, expected).ok();
    fuzz::require(good == fuzz::feed_in_pieces(pieces, bytes, messages), "both or neither refuse");
    fuzz::require(messages == expected, "any split gives the same messages");
    for (const Message& message : expected) {
      Parser again(Parser::From::Client);
      std::vector<Message> back;
      fuzz::require(again.feed(wire::websocket::encode(message, 0x01020304), back).ok(), "written");
      fuzz::require(back == std::vector<Message>{message}, "a message reads back as itself");
    }
  }
  return 0;
}
