#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/usage.hpp"
#include "harness/wire/http_message.hpp"
#include "harness/wire/ndjson.hpp"
#include "harness/wire/sse.hpp"

namespace rehearse::wire {

// What a provider was asked and what it answered, as far as a bystander can tell.
struct ObservedCall {
  std::string path;       // without its query; what looks like a key is replaced by '*'
  std::string operation;  // "chat", "image", …, or the last word of the path
  std::string model;
  std::string size;
  std::string quality;
  std::int64_t n = 1;
  std::int64_t steps = 0;
  std::int64_t max_tokens = 0;
  bool stream = false;
  bool usage_known = false;  // the provider said it
  Usage usage;
};

// The path of a target as it may be kept: no query, and no segment that may be a key.
std::string shown_path(std::string_view target);
// What kind of call a path is of, in any provider's manner.
std::string operation_of(std::string_view path);

// Reads a call from its bytes as they pass (payload only, framing taken off), in the words of any
// provider that speaks JSON, SSE, NDJSON or forms. Understands less rather than failing; holds at
// most `kMostKept` bytes of either side.
class CallObserver {
 public:
  static constexpr std::size_t kMostKept = 8u << 20;

  void request_head(std::string_view method, std::string_view target, const Headers& headers);
  void request_body(std::string_view bytes);
  void request_end();
  void response_head(int status, const Headers& headers);
  // How many pieces of content these bytes complete: stream events with text, tool calls or data;
  // 1 for bytes of an answer that is no stream of events.
  std::uint32_t response_body(std::string_view bytes);
  void response_end();

  const ObservedCall& call() const { return call_; }

 private:
  enum class Framing { Whole, Sse, Lines };
  void read_request(std::string_view body);
  void read_form();
  bool read_piece(std::string_view text);

  ObservedCall call_;
  std::string request_type_;
  std::string request_;
  std::string response_;
  bool request_whole_ = true;  // nothing was left out of request_
  bool response_whole_ = true;
  Framing framing_ = Framing::Whole;
  SseParser sse_;
  NdjsonParser lines_;
  std::vector<SseEvent> events_;
  std::vector<std::string> texts_;
  bool broken_ = false;  // a stream that cannot be read: its bytes count as content
};

}  // namespace rehearse::wire
