#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/read.hpp"
#include "harness/json/value.hpp"

namespace rehearse::wire {

// How a body on the wire is read: as lenient as the servers are (the last of two equal keys wins),
// no comments, large enough for ten base64 images.
Result<json::Value> parse_body(std::string_view body);

// The members of one object of a body, read one by one; what is wrong is added to `errors` with its
// JSON pointer. A missing or null member gives the fallback. `value` and `errors` outlive this.
class Fields {
 public:
  Fields(const json::Value& value, std::string pointer, Errors& errors);

  std::string text(std::string_view key, std::string fallback = "");
  std::string required_text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high);
  std::optional<double> number(std::string_view key, double low, double high);
  bool flag(std::string_view key, bool fallback);
  // A text, or an array of them; empty ones are left out.
  std::vector<std::string> texts(std::string_view key);
  // The member if it is of that kind, else nullptr.
  const json::Value* object(std::string_view key);
  const json::Value* array(std::string_view key);
  // The member, or nullptr where it is missing or null.
  const json::Value* find(std::string_view key) const;

  void fail(std::string_view key, std::string what);
  const json::Value& value() const { return value_; }
  std::string pointer(std::string_view key) const { return json::pointer_join(pointer_, key); }
  Errors& errors() { return errors_; }

 private:
  const json::Value& value_;
  std::string pointer_;
  Errors& errors_;
};

// A body, its members read by `read(Fields&, T&)`; all that is wrong with it instead.
template <typename T, typename Read>
Result<T> decode_body(std::string_view text, Read read) {
  const Result<json::Value> body = parse_body(text);
  if (!body) {
    return body.errors();
  }
  Errors errors;
  Fields fields(*body, "", errors);
  T out;
  read(fields, out);
  if (!errors.empty()) {
    return errors;
  }
  return out;
}

// "expected WANTED, found 12" for a value of the wrong kind.
std::string expected_found(std::string_view wanted, const json::Value& found);

// The numbers of an array; anything else among them, or no array, is an error at `where`.
std::vector<float> decode_floats(const json::Value& value, const std::string& where,
                                 Errors& errors);

json::Value array_of(const std::vector<std::string>& texts);
// An object of these members, in this order.
json::Value object_of(std::initializer_list<std::pair<const char*, json::Value>> members);

}  // namespace rehearse::wire
