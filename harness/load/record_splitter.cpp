#include "harness/load/record_splitter.hpp"

namespace rehearse::load {
namespace {

constexpr std::size_t kBlock = 64 << 10;
constexpr int kEnd = -1;

bool is_space(int c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

Error too_long() { return {"", "a record of more than 16 MiB: is this the right format?"}; }

}  // namespace

RecordSplitter::RecordSplitter(const std::filesystem::path& path, Kind kind)
    : stream_(path, std::ios::binary), kind_(kind), block_(kBlock) {
  for (const char mark : {'\xEF', '\xBB', '\xBF'}) {  // a byte order mark
    const int c = get();
    if (c != static_cast<unsigned char>(mark)) {
      at_ = 0;
      break;
    }
  }
}

int RecordSplitter::get() {
  if (at_ == size_) {
    stream_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
    size_ = static_cast<std::size_t>(stream_.gcount());
    at_ = 0;
    if (size_ == 0) {
      return kEnd;
    }
  }
  return static_cast<unsigned char>(block_[at_++]);
}

Result<bool> RecordSplitter::next(std::string_view& record) {
  const bool lines = kind_ == Kind::Lines || kind_ == Kind::CsvLines;
  return lines ? next_line(record) : next_element(record);
}

Result<bool> RecordSplitter::next_line(std::string_view& record) {
  while (true) {
    record_.clear();
    bool quoted = false;
    ++line_;
    const std::uint64_t begin = line_;
    int c = get();
    for (; c != kEnd && (c != '\n' || quoted); c = get()) {
      quoted = quoted != (kind_ == Kind::CsvLines && c == '"');
      line_ += c == '\n' ? 1U : 0U;
      record_ += static_cast<char>(c);
      if (record_.size() > kLongest) {
        return too_long();
      }
    }
    if (!record_.empty() && record_.back() == '\r') {
      record_.pop_back();
    }
    if (record_.find_first_not_of(" \t") != std::string::npos) {
      number_ = begin;
      record = record_;
      return true;
    }
    if (c == kEnd) {
      return false;
    }
  }
}

// Goes on to the inside of the next array that is asked for.
bool RecordSplitter::find_array() {
  if (kind_ == Kind::Array) {
    int c = get();
    while (is_space(c)) {
      c = get();
    }
    return c == '[' && !found_any_;
  }
  std::string text;  // the last string, which may be a key
  bool is_key = false;
  for (int c = get(); c != kEnd; c = get()) {
    if (c == '"') {
      text.clear();
      for (c = get(); c != kEnd && c != '"'; c = get()) {
        if (c == '\\') {
          c = get();
        }
        if (text.size() < 16) {
          text += static_cast<char>(c);
        }
      }
      is_key = false;
    } else if (c == ':') {
      is_key = true;
    } else if (c == '[' && is_key && text == "spans") {
      return true;
    } else if (!is_space(c)) {
      is_key = false;
    }
  }
  return false;
}

Result<bool> RecordSplitter::next_element(std::string_view& record) {
  while (true) {
    if (!inside_) {
      if (!find_array()) {
        return false;
      }
      inside_ = true;
      found_any_ = true;
    }
    int c = get();
    while (is_space(c) || c == ',') {
      c = get();
    }
    if (c == kEnd) {
      return Error{"", "it ends inside a JSON array: is it whole?"};
    }
    if (c != ']') {
      return take_element(c, record);
    }
    inside_ = false;
    if (kind_ == Kind::Array) {
      return false;
    }
  }
}

Result<bool> RecordSplitter::take_element(int first, std::string_view& record) {
  record_.clear();
  ++number_;
  int depth = 0;
  bool quoted = false;
  for (int c = first; c != kEnd; c = get()) {
    record_ += static_cast<char>(c);
    if (record_.size() > kLongest) {
      return too_long();
    }
    if (quoted) {
      if (c == '\\') {
        record_ += static_cast<char>(get());
      }
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth <= 0) {
      record = record_;
      return true;
    } else if (depth == 0 && c == ',') {
      record_.pop_back();
      record = record_;
      return true;
    }
  }
  return Error{"", "it ends inside a JSON array: is it whole?"};
}

std::vector<std::string> csv_fields(std::string_view record) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t at = 0; at < record.size(); ++at) {
    const char c = record[at];
    if (quoted && c == '"' && record.substr(at + 1, 1) == "\"") {
      fields.back() += record[++at];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c != '\r' || quoted) {
      fields.back() += c;
    }
  }
  return fields;
}

}  // namespace rehearse::load
