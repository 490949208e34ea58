#pragma once

#include <memory>
#include <string_view>

#include "harness/wire/http_message.hpp"

namespace rehearse::server {

// A request that is being answered. It is destroyed once it has been answered or its client has
// left; which of the two, it knows itself. Never destroyed inside one of its own calls.
class Exchange {
 public:
  virtual ~Exchange() = default;
};

// Reads what a client sends after its connection stopped speaking HTTP.
class RawReader {
 public:
  virtual void received(std::string_view bytes) = 0;

 protected:
  ~RawReader() = default;
};

// Where the answer to one request goes: either send(), or begin(), any number of write() and end(),
// or reset() at any time. Nothing may be called after the end. A client that left in the middle is
// no error here: what is written is thrown away, and the exchange is destroyed soon.
class Connection {
 public:
  // A whole answer; its length is filled in.
  virtual void send(wire::Response response) = 0;
  // Status and headers of a stream; they leave with its first piece.
  virtual void begin(wire::Response head) = 0;
  // Pieces leave at once, as far as the client takes them.
  virtual void write(std::string_view piece) = 0;
  virtual void end() = 0;
  // Instead of begin(): answers with 101; what is written then leaves as it is, what the client
  // sends goes to `reader` (the exchange that start() returns), and end() ends the connection.
  virtual void upgrade(wire::Response head, RawReader& reader) = 0;
  // Ends the connection in the middle of a stream (FIN).
  virtual void cut() = 0;
  // Breaks the connection (TCP RST).
  virtual void reset() = 0;

 protected:
  ~Connection() = default;
};

// Answers requests.
class Handler {
 public:
  // Either answers before it returns (and returns nothing), or returns what will. `connection`
  // lives longer than the exchange.
  virtual std::unique_ptr<Exchange> start(Connection& connection, wire::Request request) = 0;
  // What was sent so far has been given to the system: small answers leave several at a time.
  virtual void sent() {}

 protected:
  ~Handler() = default;
};

}  // namespace rehearse::server
