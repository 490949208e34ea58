#include "harness/wire/sse.hpp"

namespace rehearse::wire {

std::string encode_sse(const SseEvent& event) {
  std::string out;
  if (!event.event.empty()) {
    out += "event: " + event.event + "\n";
  }
  if (!event.id.empty()) {
    out += "id: " + event.id + "\n";
  }
  std::string_view data = event.data;
  while (true) {
    const std::size_t end = data.find('\n');
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos) {
      break;
    }
    data.remove_prefix(end + 1);
  }
  return out + "\n";
}

Status SseParser::too_long() {
  failed_ = true;
  return Error{"event stream", "expected lines and events of at most " + std::to_string(limit_) +
                                   " bytes, found more"};
}

void SseParser::field(std::string_view name, std::string_view value) {
  if (name == "data") {
    if (has_data_) {
      event_.data += '\n';
    }
    event_.data += value;
    has_data_ = true;
  } else if (name == "event") {
    event_.event = value;
  } else if (name == "id") {
    event_.id = value;
  }
}

Status SseParser::end_line(std::vector<SseEvent>& events) {
  std::string_view line = line_;
  if (first_line_ && line.starts_with("\xEF\xBB\xBF")) {
    line.remove_prefix(3);
  }
  first_line_ = false;
  if (line.empty()) {
    if (has_data_) {
      events.push_back(std::move(event_));
    }
    event_ = {};
    has_data_ = false;
  } else if (line.front() != ':') {
    const std::size_t colon = line.find(':');
    std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) {
      value.remove_prefix(1);
    }
    field(line.substr(0, colon), value);
  }
  line_.clear();
  if (event_.data.size() > limit_) {
    return too_long();
  }
  return Done{};
}

Status SseParser::feed(std::string_view bytes, std::vector<SseEvent>& events) {
  if (failed_) {
    return too_long();
  }
  while (!bytes.empty()) {
    if (after_cr_ && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      after_cr_ = false;
      continue;
    }
    after_cr_ = false;
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() > limit_) {
      return too_long();
    }
    line_ += piece;
    if (end == std::string_view::npos) {
      break;
    }
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (Status ended = end_line(events); !ended) {
      return ended;
    }
  }
  return Done{};
}

}  // namespace rehearse::wire
