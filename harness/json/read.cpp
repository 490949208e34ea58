#include "harness/json/read.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/json/diagnose.hpp"
#include "harness/json/plain_read.hpp"

namespace rehearse::json {
namespace {

constexpr std::size_t kLinearMembers = 12;  // below it a search beats a hash table

struct Frame {
  Value container;
  std::string key;
  Position key_position;
  std::unordered_map<std::string, std::size_t> places;  // of members, once there are many
};

// nlohmann's SAX events become a Value. The place of each token follows from the text itself: it is
// the first byte after the last token that is neither blank, comment nor separator.
class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  Builder(std::string_view text, std::string_view name, const Limits& limits)
      : text_(text), name_(name), limits_(limits) {
    if (text.starts_with("\xEF\xBB\xBF")) {
      accepted_ = mark_.offset = 3;
    }
  }

  bool null() { return scalar(Value(), 4); }
  bool boolean(bool b) { return scalar(Value(b), b ? 4 : 5); }
  bool number_integer(number_integer_t i) { return scalar(Value(std::int64_t{i}), 0); }
  bool number_unsigned(number_unsigned_t u) {
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    return u <= static_cast<number_unsigned_t>(largest)
               ? scalar(Value(static_cast<std::int64_t>(u)), 0)
               : scalar(Value(static_cast<double>(u)), 0);
  }
  bool number_float(number_float_t d, const string_t&) { return scalar(Value(d), 0); }
  bool string(string_t& s) { return scalar(Value(std::move(s)), 0); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Value::object(), Place::InObject); }
  bool start_array(std::size_t) { return open(Value::array(), Place::InArray); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(string_t& name) {
    const std::size_t start = next_token();
    Frame& frame = frames_.back();
    frame.key_position = position_of(start);
    if (!limits_.duplicate_keys && member_of(frame, name) != nullptr) {
      return fail(start, "expected each key once, found " + quoted_excerpt(name) + " again");
    }
    frame.key = std::move(name);
    accepted_ = token_end(start);
    place_ = Place::AfterKey;
    return true;
  }

  bool parse_error(std::size_t stopped, const std::string&,
                   const nlohmann::json::exception& exception) {
    if (exception.id == 406) {  // out_of_range: the number overflows a double
      const std::size_t start = next_token();
      const std::string_view number = text_.substr(start, token_end(start) - start);
      return fail(start, "expected a number below 1.8e308, found " + quoted_excerpt(number));
    }
    const Trouble trouble = diagnose(
        text_,
        {.place = place_, .accepted = accepted_, .stopped = stopped, .comments = limits_.comments});
    return fail(trouble.offset, trouble.what);
  }

  bool fail(std::size_t offset, std::string what) {
    const Position at = position_of(offset);
    std::string where = name_.empty() ? "" : std::string(name_) + ":";
    where += std::to_string(at.line) + ":" + std::to_string(at.column);
    error_ = Error{std::move(where), std::move(what)};
    return false;
  }

  Result<Value> take() {
    if (error_) {
      return *error_;
    }
    return std::move(root_);
  }

 private:
  std::size_t next_token() const {
    std::size_t at = skip_blank(text_, accepted_, limits_.comments);
    while (at < text_.size() && (text_[at] == ',' || text_[at] == ':')) {
      at = skip_blank(text_, at + 1, limits_.comments);
    }
    return at;
  }

  // The end of the valid token at `start`.
  std::size_t token_end(std::size_t start) const {
    std::size_t at = start;
    if (at < text_.size() && text_[at] == '"') {
      for (++at; at < text_.size() && text_[at] != '"'; ++at) {
        at += text_[at] == '\\' ? 1U : 0U;
      }
      return at + 1;
    }
    const std::size_t end = text_.find_first_not_of("0123456789+-.eE", at);
    return end == std::string_view::npos ? text_.size() : end;
  }

  Position position_of(std::size_t offset) {
    mark_ = advance(text_, mark_, offset);
    return mark_.position;
  }

  bool open(Value container, Place place) {
    const std::size_t start = next_token();
    if (frames_.size() >= limits_.depth) {
      return fail(start, "expected at most " + std::to_string(limits_.depth) +
                             " levels of nesting, found more");
    }
    container.set_position(position_of(start));
    frames_.push_back({std::move(container), {}, {}, {}});
    accepted_ = start + 1;
    place_ = place;
    return true;
  }

  bool close() {
    accepted_ = next_token() + 1;
    Value done = std::move(frames_.back().container);
    frames_.pop_back();
    return add(std::move(done));
  }

  bool scalar(Value value, std::size_t length) {
    const std::size_t start = next_token();
    value.set_position(position_of(start));
    accepted_ = length > 0 ? start + length : token_end(start);
    return add(std::move(value));
  }

  bool add(Value value) {
    if (frames_.empty()) {
      root_ = std::move(value);
      place_ = Place::AfterValue;
      return true;
    }
    Frame& frame = frames_.back();
    if (frame.container.is_array()) {
      frame.container.push(std::move(value));
      place_ = Place::AfterItem;
      return true;
    }
    add_member(frame, std::move(value));
    place_ = Place::AfterMember;
    return true;
  }

  static Member* member_of(Frame& frame, const std::string& key) {
    auto& members = frame.container.members();
    if (members.size() < kLinearMembers) {
      for (Member& member : members) {
        if (member.key == key) {
          return &member;
        }
      }
      return nullptr;
    }
    for (std::size_t i = frame.places.size(); i < members.size(); ++i) {
      frame.places.emplace(members[i].key, i);
    }
    const auto it = frame.places.find(key);
    return it == frame.places.end() ? nullptr : &members[it->second];
  }

  void add_member(Frame& frame, Value value) {
    if (limits_.duplicate_keys) {
      if (Member* there = member_of(frame, frame.key)) {
        there->value = std::move(value);
        there->key_position = frame.key_position;
        return;
      }
    }
    frame.container.members().push_back(
        {std::move(frame.key), std::move(value), frame.key_position});
  }

  std::string_view text_;
  std::string_view name_;
  const Limits& limits_;
  std::vector<Frame> frames_;
  Value root_;
  std::optional<Error> error_;
  std::size_t accepted_ = 0;  // end of the last accepted token
  Place place_ = Place::Start;
  Mark mark_;
};

}  // namespace

Result<Value> parse(std::string_view text, std::string_view name, const Limits& limits) {
  if (text.size() > limits.bytes) {
    return Error{std::string(name), "expected at most " + std::to_string(limits.bytes) +
                                        " bytes of JSON, found " + std::to_string(text.size())};
  }
  if (std::optional<Value> plain = read_plain(text, limits)) {
    return std::move(*plain);
  }
  Builder builder(text, name, limits);
  // nlohmann takes a NUL byte for the end of the text and would not look at what follows.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    builder.fail(nul, "expected text in UTF-8, found a NUL byte");
    return builder.take();
  }
  nlohmann::json::sax_parse(text.begin(), text.end(), &builder,
                            nlohmann::json::input_format_t::json, true, limits.comments);
  return builder.take();
}

}  // namespace rehearse::json
