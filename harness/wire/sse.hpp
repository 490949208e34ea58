#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

namespace rehearse::wire {

struct SseEvent {
  std::string event;  // empty: "message"
  std::string data;   // lines joined by \n
  std::string id;
  bool operator==(const SseEvent&) const = default;
};

// One event as text, its blank line included; each line of `data` gets its own field.
std::string encode_sse(const SseEvent& event);

// Server-sent events from bytes split anywhere: LF, CRLF and CR end lines, comments and a byte
// order mark are skipped (WHATWG HTML, 9.2.6). A line or event past `limit` bytes is an error, and
// so is all that follows it.
class SseParser {
 public:
  explicit SseParser(std::size_t limit = 16u << 20) : limit_(limit) {}
  // Adds the events that these bytes complete. Linear over all calls.
  Status feed(std::string_view bytes, std::vector<SseEvent>& events);
  // True where the stream may end here: no line and no event is half-way.
  bool at_boundary() const { return line_.empty() && !has_data_; }

 private:
  Status end_line(std::vector<SseEvent>& events);
  void field(std::string_view name, std::string_view value);
  Status too_long();

  std::size_t limit_;
  std::string line_;
  SseEvent event_;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool first_line_ = true;
  bool failed_ = false;
};

}  // namespace rehearse::wire
