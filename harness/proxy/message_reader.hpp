#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "harness/wire/http_message.hpp"

namespace rehearse::proxy {

// The head of a message in either direction.
struct MessageHead {
  std::string method;  // of a request
  std::string target;
  int status = 0;  // of an answer
  int version = 11;
  bool keep_alive = true;
  wire::Headers headers;
};

// Follows one HTTP/1.1 message through bytes split anywhere: where its head and where it all ends,
// and what its payload is without the framing (Beast's parser). Holds what a half header needs, at
// most `kMostHeader` bytes. No socket, never throws.
class MessageReader {
 public:
  static constexpr std::uint32_t kMostHeader = 256u << 10;
  enum class State : std::uint8_t { Head, Body, Done, Failed };
  using OnPayload = std::function<void(std::string_view)>;

  // `head_only`: an answer to HEAD. Each piece of payload goes to `on_payload`.
  static std::unique_ptr<MessageReader> request(OnPayload on_payload);
  static std::unique_ptr<MessageReader> response(bool head_only, OnPayload on_payload);
  virtual ~MessageReader() = default;

  // Takes bytes; how many of them belong to this message. Stops behind the head once (state() is
  // then Body or Done), and behind the end. Interim answers (1xx but 101) are swallowed.
  virtual std::size_t feed(std::string_view bytes) = 0;
  // The sender closed: a message that ends with its connection is then Done, any other Failed.
  virtual void closed() = 0;

  State state() const { return state_; }
  // Once the head has come; `keep_alive` is right from Done on.
  const MessageHead& head() const { return head_; }
  // Of Failed: one line.
  const std::string& problem() const { return problem_; }
  // The status that a broken request deserves.
  int refusal() const { return refusal_; }

 protected:
  MessageReader() = default;
  State state_ = State::Head;
  MessageHead head_;
  std::string problem_;
  int refusal_ = 400;
};

}  // namespace rehearse::proxy
