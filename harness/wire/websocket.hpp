#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

// WebSocket frames (RFC 6455) without a socket: the server's parser sits behind the one transport
// that all mocks share, and a client may use the same.
namespace rehearse::wire::websocket {

enum class Opcode : std::uint8_t { Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

// A whole message, its fragments joined. Of a Close the payload holds two bytes of code and a text.
struct Message {
  Opcode opcode = Opcode::Text;
  std::string payload;
  bool operator==(const Message&) const = default;
};

// One frame that is a whole message. A client masks (any mask but 0); a server does not (0).
std::string encode(const Message& message, std::uint32_t mask = 0);
std::string encode_close(std::uint16_t code, std::string_view reason, std::uint32_t mask = 0);

// Messages from bytes split anywhere. What breaks the protocol is an error, and so is all that
// follows it: reserved bits and opcodes, a mask where there must be none (or none where there must
// be), control frames in fragments or past 125 bytes, a message past `limit`.
class Parser {
 public:
  enum class From : std::uint8_t { Client, Server };  // whose bytes are read
  explicit Parser(From from, std::size_t limit = 1u << 20) : from_(from), limit_(limit) {}
  // Adds the messages that these bytes complete. Linear over all calls.
  Status feed(std::string_view bytes, std::vector<Message>& messages);

 private:
  Status frame(std::vector<Message>& messages, bool& complete);
  Status fail(std::string what);

  From from_;
  std::size_t limit_;
  std::string pending_;
  std::size_t at_ = 0;  // of pending_, what is understood
  Message message_;     // whose fragments come in
  bool fragmented_ = false;
  bool failed_ = false;
};

}  // namespace rehearse::wire::websocket
