#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/wire/http_message.hpp"
#include "mocks/latency/ticket.hpp"

namespace rehearse::server {

// What a call says, in its provider's words; when it says it, others know. The answer is a function
// of `content` and the plan alone.
class Script {
 public:
  virtual ~Script() = default;

  // The answer in one piece.
  virtual wire::Response whole(const latency::Plan& plan) = 0;
  // Whether that takes milliseconds to make: then it is made off the loop, by one thread at a time.
  virtual bool heavy(const latency::Plan&) const { return false; }

  // For a heavy stream in its place: makes what the pieces are cut from.
  virtual void prepare(const latency::Plan&) {}

  // The content type where the client asked for a stream, else empty.
  virtual std::string_view stream_type() const { return {}; }
  // The units (tokens) from … to-1 of plan.usage, as frames; from == 0 begins the stream.
  virtual std::string piece(const latency::Plan&, std::int64_t, std::int64_t) { return {}; }
  // > 0: the stream comes in so many pieces instead, evenly spread over the time of the call, and
  // its units are these pieces.
  virtual std::uint32_t pieces(const latency::Plan&) const { return 0; }
  virtual std::string ending(const latency::Plan&) { return {}; }

  // How a stream says that it failed in its middle; empty where these words have no such thing.
  virtual std::string error_in_stream(const std::string& /*code*/, const std::string& /*message*/) {
    return {};
  }
  // What stands in a stream that breaks its own format.
  virtual std::string malformed() { return "data: {broken\n\n"; }

  std::uint64_t content = 0;  // set before any of these is called
};

}  // namespace rehearse::server
