#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

namespace rehearse::wire {

// Lines of newline-delimited JSON from bytes split anywhere; LF or CRLF, blank lines are skipped. A
// line past `limit` bytes is an error, and so is all that follows it.
class NdjsonParser {
 public:
  explicit NdjsonParser(std::size_t limit = 16u << 20) : limit_(limit) {}
  // Adds the lines that these bytes complete, not yet parsed. Linear over all calls.
  Status feed(std::string_view bytes, std::vector<std::string>& lines);
  // The end of the stream: adds a last line that no newline closed.
  void finish(std::vector<std::string>& lines);

 private:
  void end_line(std::vector<std::string>& lines);
  std::size_t limit_;
  std::string line_;
  bool failed_ = false;
};

}  // namespace rehearse::wire
