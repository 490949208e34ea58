#include <catch2/catch.hpp>

#include "harness/wire/edge_tts.hpp"
#include "harness/wire/websocket.hpp"

using namespace rehearse;
using namespace rehearse::wire;
using websocket::Message;
using websocket::Opcode;
using From = websocket::Parser::From;

namespace {

constexpr std::uint32_t kMask = 0x12345678;

bool refused(std::string_view bytes, From from = From::Client) {
  websocket::Parser parser(from, 1000);
  std::vector<Message> messages;
  return !parser.feed(bytes, messages);
}

}  // namespace

TEST_CASE("messages of every length come through, byte by byte, masked and not") {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U}) {
    for (const std::uint32_t mask : {0U, kMask}) {
      INFO(size << " masked " << mask);
      const Message sent{Opcode::Binary, std::string(size, 'x')};
      websocket::Parser parser(mask == 0 ? From::Server : From::Client);
      std::vector<Message> got;
      for (const char c : websocket::encode(sent, mask)) {
        REQUIRE(parser.feed({&c, 1}, got));
      }
      CHECK(got == std::vector<Message>{sent});
    }
  }
}

TEST_CASE("the frames of RFC 6455, 5.7, are read") {
  std::vector<Message> got;
  websocket::Parser client(From::Client);
  REQUIRE(client.feed({"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11}, got));
  websocket::Parser server(From::Server);
  // "Hel", a ping in between, "lo".
  REQUIRE(server.feed({"\x01\x03Hel\x89\x00\x80\x02lo", 11}, got));
  CHECK(got ==
        std::vector<Message>{{Opcode::Text, "Hello"}, {Opcode::Ping, ""}, {Opcode::Text, "Hello"}});
}

TEST_CASE("what breaks the protocol is refused, and all that follows") {
  CHECK(refused({"\x81\x01x", 3}));  // no mask
  CHECK(refused({"\x81\x81\x01\x02\x03\x04x", 7}, From::Server));
  CHECK(refused({"\xC1\x80\x01\x02\x03\x04", 6}));          // a reserved bit
  CHECK(refused({"\x83\x80\x01\x02\x03\x04", 6}));          // a reserved opcode
  CHECK(refused({"\x80\x80\x01\x02\x03\x04", 6}));          // the rest of nothing
  CHECK(refused({"\x09\x80\x01\x02\x03\x04", 6}));          // half a ping
  CHECK(refused({"\x89\xFE\x00\x7E\x01\x02\x03\x04", 8}));  // a long ping
  CHECK(refused({"\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x02\x03\x04", 14}));
  websocket::Parser parser(From::Client);
  std::vector<Message> got;
  CHECK(!parser.feed({"\x81\x01x", 3}, got));
  CHECK(!parser.feed(websocket::encode({Opcode::Text, "a"}, kMask), got));
  CHECK(got.empty());
}

TEST_CASE("edge messages read back, and SSML says its text alone") {
  const edge_tts::TextMessage text{"turn.start", "abc", "application/json", "{}"};
  CHECK(*edge_tts::decode_text(edge_tts::encode_text(text)) == text);
  CHECK(!edge_tts::decode_text("no path\r\n\r\n"));
  const edge_tts::AudioMessage audio{"abc", "audio/mpeg", std::string("\0\r\n\r\n", 5)};
  CHECK(*edge_tts::decode_audio(edge_tts::encode_audio(audio)) == audio);
  CHECK(!edge_tts::decode_audio(""));
  CHECK(!edge_tts::decode_audio(std::string_view("\xFF\xFFx", 3)));
  edge_tts::Config config{"audio-24khz-96kbitrate-mono-mp3", true, false};
  CHECK(*edge_tts::decode_config(edge_tts::encode_config(config)) == config);
  CHECK(!edge_tts::decode_config("{}"));
  CHECK(edge_tts::spoken_text("<speak>\n <voice name=\"a\">Bees &amp;\n  roofs &lt;3 </voice> "
                              "</speak>") == "Bees & roofs <3");
  CHECK(edge_tts::spoken_text("<unclosed").empty());
}
