#include "harness/wire/ndjson.hpp"

#include <utility>

namespace rehearse::wire {

void NdjsonParser::end_line(std::vector<std::string>& lines) {
  if (line_.ends_with('\r')) {
    line_.pop_back();
  }
  if (line_.find_first_not_of(" \t") != std::string::npos) {
    lines.push_back(std::move(line_));
  }
  line_.clear();
}

Status NdjsonParser::feed(std::string_view bytes, std::vector<std::string>& lines) {
  while (!bytes.empty() && !failed_) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    failed_ = line_.size() + piece.size() > limit_;
    if (failed_) {
      break;
    }
    line_ += piece;
    if (end == std::string_view::npos) {
      break;
    }
    bytes.remove_prefix(end + 1);
    end_line(lines);
  }
  if (failed_) {
    return Error{"line stream",
                 "expected lines of at most " + std::to_string(limit_) + " bytes, found more"};
  }
  return Done{};
}

void NdjsonParser::finish(std::vector<std::string>& lines) {
  if (!failed_) {
    end_line(lines);
  }
}

}  // namespace rehearse::wire
