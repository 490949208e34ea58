#include "harness/json/plain_read.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "harness/base/utf8.hpp"

namespace rehearse::json {
namespace {

constexpr std::size_t kMostMembers = 64;  // each key is compared with those before it
constexpr std::size_t kMostDepth = 64;    // this reader calls itself

class PlainReader {
 public:
  PlainReader(std::string_view text, const Limits& limits)
      : at_(text.data()),
        end_(at_ + text.size()),
        line_start_(at_),
        depth_(std::min(limits.depth, kMostDepth)) {}

  std::optional<Value> whole() {
    Value value;
    skip_blank();
    if (!read(value, 0)) {
      return std::nullopt;
    }
    skip_blank();
    return at_ == end_ ? std::optional(std::move(value)) : std::nullopt;
  }

 private:
  void skip_blank() {
    for (; at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r'); ++at_) {
      if (*at_ == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      }
    }
  }
  Position here() const { return {line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)}; }
  bool take(char c) {
    const bool there = at_ != end_ && *at_ == c;
    at_ += there ? 1 : 0;
    return there;
  }
  bool take(std::string_view word) {
    const bool there =
        std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word);
    at_ += there ? word.size() : 0;
    return there;
  }

  bool read(Value& out, std::size_t depth) {
    const Position position = here();
    const bool good = at_ != end_ && read_any(out, depth);
    out.set_position(position);
    return good;
  }

  bool read_any(Value& out, std::size_t depth) {
    switch (*at_) {
      case '{':
        return depth < depth_ && read_object(out, depth + 1);
      case '[':
        return depth < depth_ && read_array(out, depth + 1);
      case '"': {
        std::string text;
        const bool good = read_string(text);
        out = Value(std::move(text));
        return good;
      }
      case 't':
        out = Value(true);
        return take("true");
      case 'f':
        out = Value(false);
        return take("false");
      case 'n':
        return take("null");
      default:
        return read_number(out);
    }
  }

  bool read_object(Value& out, std::size_t depth) {
    ++at_;
    std::vector<Member> members;
    skip_blank();
    while (!take('}')) {
      if (!members.empty() && !take(',')) {
        return false;
      }
      skip_blank();
      Member member;
      member.key_position = here();
      if (at_ == end_ || *at_ != '"' || !read_string(member.key) || is_known(members, member.key)) {
        return false;
      }
      skip_blank();
      if (!take(':')) {
        return false;
      }
      skip_blank();
      if (!read(member.value, depth)) {
        return false;
      }
      members.push_back(std::move(member));
      skip_blank();
    }
    out = Value(std::move(members));
    return true;
  }

  static bool is_known(const std::vector<Member>& members, const std::string& key) {
    return members.size() >= kMostMembers ||
           std::any_of(members.begin(), members.end(),
                       [&key](const Member& member) { return member.key == key; });
  }

  bool read_array(Value& out, std::size_t depth) {
    ++at_;
    std::vector<Value> items;
    skip_blank();
    while (!take(']')) {
      if (!items.empty() && !take(',')) {
        return false;
      }
      skip_blank();
      if (!read(items.emplace_back(), depth)) {
        return false;
      }
      skip_blank();
    }
    out = Value(std::move(items));
    return true;
  }

  bool read_string(std::string& out) {
    const char* run = ++at_;
    for (; at_ != end_; ++at_) {
      const auto c = static_cast<unsigned char>(*at_);
      if (c == '"') {
        out.append(run, at_++);
        return true;
      }
      if (c < 0x20) {
        return false;
      }
      if (c >= 0x80) {
        const std::size_t length = utf8_length({at_, static_cast<std::size_t>(end_ - at_)});
        if (length == 0) {
          return false;
        }
        at_ += length - 1;
        line_start_ += length - 1;  // columns count characters
      } else if (c == '\\') {
        out.append(run, at_);
        if (++at_ == end_ || !(*at_ == 'u' ? read_code_point(out) : unescape(*at_, out))) {
          return false;
        }
        run = at_ + 1;
      }
    }
    return false;
  }

  static bool unescape(char c, std::string& out) {
    constexpr std::string_view kNamed = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const std::size_t found = kNamed.find(c);
    if (found == std::string_view::npos) {
      return false;
    }
    out += kMeant[found];
    return true;
  }

  // The four digits behind a u, which at_ stands on; then on the last of them.
  bool read_unit(char32_t& out) {
    std::uint32_t unit = 0;
    if (end_ - at_ < 5) {
      return false;
    }
    const auto read = std::from_chars(at_ + 1, at_ + 5, unit, 16);
    at_ += 4;
    out = unit;
    return read.ec == std::errc() && read.ptr == at_ + 1;
  }

  bool read_code_point(std::string& out) {
    char32_t first = 0;
    if (!read_unit(first) || (first >= 0xDC00 && first < 0xE000)) {
      return false;
    }
    if (first >= 0xD800 && first < 0xDC00) {
      char32_t second = 0;
      if (end_ - at_ < 3 || at_[1] != '\\' || at_[2] != 'u') {
        return false;
      }
      at_ += 2;
      if (!read_unit(second) || second < 0xDC00 || second >= 0xE000) {
        return false;
      }
      first = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    }
    append_utf8(out, first);
    return true;
  }

  bool skip_digits() {
    const char* first = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') {
      ++at_;
    }
    return at_ != first;
  }

  bool read_number(Value& out) {
    const char* first = at_;
    take('-');
    if (!take('0') && !skip_digits()) {
      return false;
    }
    const bool fraction = take('.');
    if (fraction && !skip_digits()) {
      return false;
    }
    const bool exponent = take('e') || take('E');
    if (exponent) {
      take(at_ != end_ && *at_ == '-' ? '-' : '+');
      if (!skip_digits()) {
        return false;
      }
    }
    return fraction || exponent ? number_of<double>(first, out)
                                : number_of<std::int64_t>(first, out);
  }

  template <typename Number>
  bool number_of(const char* first, Value& out) const {
    Number number{};
    const auto read = std::from_chars(first, at_, number);
    out = Value(number);
    return read.ec == std::errc() && read.ptr == at_;
  }

  const char* at_;
  const char* end_;
  const char* line_start_;
  std::uint32_t line_ = 1;
  std::size_t depth_;
};

}  // namespace

std::optional<Value> read_plain(std::string_view text, const Limits& limits) {
  return PlainReader(text, limits).whole();
}

}  // namespace rehearse::json
