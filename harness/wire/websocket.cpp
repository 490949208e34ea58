#include "harness/wire/websocket.hpp"

namespace rehearse::wire::websocket {
namespace {

constexpr std::size_t kMostControl = 125;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes; i-- > 0;) {
    out += static_cast<char>(value >> (8 * i) & 0xFF);
  }
}

void apply_mask(std::string& payload, std::size_t from, std::string_view mask) {
  for (std::size_t i = from; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(byte_at(payload, i) ^ byte_at(mask, (i - from) % 4));
  }
}

bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

}  // namespace

std::string encode(const Message& message, std::uint32_t mask) {
  std::string out(1, static_cast<char>(0x80 | static_cast<std::uint8_t>(message.opcode)));
  const std::size_t size = message.payload.size();
  const std::uint8_t masked = mask == 0 ? 0 : 0x80;
  if (size <= 125) {
    put(out, masked | size, 1);
  } else if (size <= 0xFFFF) {
    put(out, masked | 126U, 1);
    put(out, size, 2);
  } else {
    put(out, masked | 127U, 1);
    put(out, size, 8);
  }
  if (mask != 0) {
    put(out, mask, 4);
  }
  const std::size_t begin = out.size();
  out += message.payload;
  if (mask != 0) {
    const std::string key = out.substr(begin - 4, 4);
    apply_mask(out, begin, key);
  }
  return out;
}

std::string encode_close(std::uint16_t code, std::string_view reason, std::uint32_t mask) {
  std::string payload;
  put(payload, code, 2);
  payload += reason.substr(0, kMostControl - 2);
  return encode({Opcode::Close, std::move(payload)}, mask);
}

Status Parser::fail(std::string what) {
  failed_ = true;
  return Error{"websocket", std::move(what)};
}

Status Parser::feed(std::string_view bytes, std::vector<Message>& messages) {
  if (failed_) {
    return Error{"websocket", "expected nothing after an error"};
  }
  pending_ += bytes;
  bool complete = true;
  while (complete) {
    const Status read = frame(messages, complete);
    if (!read) {
      return read;
    }
  }
  pending_.erase(0, at_);
  at_ = 0;
  return Done{};
}

// Reads one frame where it is all there.
Status Parser::frame(std::vector<Message>& messages, bool& complete) {
  const std::string_view rest = std::string_view(pending_).substr(at_);
  complete = false;
  if (rest.size() < 2) {
    return Done{};
  }
  const bool last = (byte_at(rest, 0) & 0x80) != 0;
  const std::uint8_t opcode = byte_at(rest, 0) & 0x0F;
  const bool control = opcode >= 8;
  const bool masked = (byte_at(rest, 1) & 0x80) != 0;
  std::uint64_t size = byte_at(rest, 1) & 0x7F;
  if ((byte_at(rest, 0) & 0x70) != 0 || !is_known(opcode)) {
    return fail("expected a known opcode and no reserved bits");
  }
  if (masked != (from_ == From::Client)) {
    return fail("expected masks from clients and none from servers");
  }
  if (control && (!last || size > kMostControl)) {
    return fail("expected a control frame of at most 125 bytes and in one piece");
  }
  if (!control && (opcode == 0) != fragmented_) {
    return fail("expected the rest of a message where one has begun, and only there");
  }
  const std::size_t wide = size == 126 ? 2 : size == 127 ? 8 : 0;
  const std::size_t head = 2 + wide + (masked ? 4 : 0);
  if (rest.size() < head) {
    return Done{};
  }
  if (wide > 0) {
    size = 0;
    for (std::size_t i = 0; i < wide; ++i) {
      size = size << 8 | byte_at(rest, 2 + i);
    }
  }
  if (size > limit_ || (!control && message_.payload.size() + size > limit_)) {
    return fail("expected a message of at most " + std::to_string(limit_) + " bytes");
  }
  if (rest.size() - head < size) {
    return Done{};
  }
  std::string payload(rest.substr(head, static_cast<std::size_t>(size)));
  if (masked) {
    apply_mask(payload, 0, rest.substr(head - 4, 4));
  }
  at_ += head + static_cast<std::size_t>(size);
  complete = true;
  if (control) {
    messages.push_back({static_cast<Opcode>(opcode), std::move(payload)});
    return Done{};
  }
  if (opcode != 0) {
    message_ = {static_cast<Opcode>(opcode), ""};
  }
  message_.payload += payload;
  fragmented_ = !last;
  if (last) {
    messages.push_back(std::move(message_));
    message_ = {};
  }
  return Done{};
}

}  // namespace rehearse::wire::websocket
