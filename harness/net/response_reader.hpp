#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "harness/provider/outcome.hpp"
#include "harness/wire/http_message.hpp"

namespace rehearse::net {

// Where an answer goes while it arrives.
class ResponseSink {
 public:
  virtual ~ResponseSink() = default;
  // Once, before any of the body; again where the request was sent anew.
  virtual void on_head(int status, const wire::Headers& headers) = 0;
  // A piece of the body, never empty, valid during the call. False ends the exchange.
  virtual bool on_body(std::string_view bytes) = 0;
};

struct ResponseLimits {
  std::uint32_t header_bytes = 64u << 10;
  std::uint64_t body_bytes = 64u << 20;
};

// HTTP/1.1 answers from bytes split anywhere, one after the other on a connection. Keeps its buffer
// (8 KiB, more where one header block needs it). No socket, never throws.
class ResponseReader {
 public:
  explicit ResponseReader(ResponseLimits limits);
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  enum class State : std::uint8_t { More, Done, Failed };

  // A new answer begins. `head`: to a HEAD request, so without a body. `sink` outlives it.
  void start(bool head, ResponseSink& sink);
  // Room to read into, then how much of it was filled.
  std::span<char> room();
  State filled(std::size_t bytes);
  // The peer closed: an answer that ends with its connection is done, any other was cut.
  State closed();

  // Whether a byte of this answer has come.
  bool began() const;
  // After Done: whether the connection can be used again.
  bool keep_alive() const;
  // After Failed.
  provider::Failure failure() const;
  const std::string& detail() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rehearse::net
