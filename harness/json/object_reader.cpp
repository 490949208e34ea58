#include "harness/json/object_reader.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"

namespace rehearse::json {

std::string place(std::string_view name, const Value& value, std::string_view pointer) {
  std::string out(name);
  if (value.position().line != 0) {
    out +=
        ':' + std::to_string(value.position().line) + ':' + std::to_string(value.position().column);
  }
  if (!pointer.empty()) {
    out += (out.empty() ? "" : " ") + std::string(pointer);
  }
  return out;
}

std::string_view kind_name(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Null:
      return "null";
    case Value::Kind::Boolean:
      return "a boolean";
    case Value::Kind::Integer:
    case Value::Kind::Number:
      return "a number";
    case Value::Kind::String:
      return "a text";
    case Value::Kind::Array:
      return "an array";
    case Value::Kind::Object:
      return "an object";
  }
  return "nothing";
}

ObjectReader::ObjectReader(const Value& value, std::string pointer, std::string_view name,
                           Errors& errors)
    : value_(value), pointer_(std::move(pointer)), name_(name), errors_(errors) {
  if (!value.is_object()) {
    fail(value, pointer_, "expected an object, found " + std::string(kind_name(value)));
  }
}

const Value* ObjectReader::find(std::string_view key) {
  known_.push_back(key);
  const Value* found = value_.find(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::optional<double> ObjectReader::number(std::string_view key, double low, double high) {
  const Value* found = find(key);
  if (found == nullptr) {
    return std::nullopt;
  }
  if (!found->is_number() || !(found->as_double() >= low && found->as_double() <= high)) {
    fail(*found, pointer(key),
         "expected a number from " + number_text(low) + " to " + number_text(high) + ", found " +
             quoted_excerpt(dump(*found)));
    return std::nullopt;
  }
  return found->as_double();
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view key, std::int64_t low,
                                                  std::int64_t high) {
  const Value* found = find(key);
  if (found == nullptr) {
    return std::nullopt;
  }
  if (!found->is_integer() || found->as_integer() < low || found->as_integer() > high) {
    fail(*found, pointer(key),
         "expected a whole number from " + std::to_string(low) + " to " + std::to_string(high) +
             ", found " + quoted_excerpt(dump(*found)));
    return std::nullopt;
  }
  return found->as_integer();
}

std::optional<std::string> ObjectReader::text(std::string_view key) {
  const Value* found = find(key);
  if (found == nullptr) {
    return std::nullopt;
  }
  if (!found->is_string()) {
    fail(*found, pointer(key), "expected a text, found " + std::string(kind_name(*found)));
    return std::nullopt;
  }
  return found->as_string();
}

std::optional<std::size_t> ObjectReader::choice(std::string_view key,
                                                const std::vector<std::string_view>& names) {
  const Value* found = find(key);
  if (found == nullptr) {
    return std::nullopt;
  }
  std::string expected;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (found->is_string() && found->as_string() == names[i]) {
      return i;
    }
    expected += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  std::string what = "expected one of " + expected + ", found " + quoted_excerpt(dump(*found));
  const std::string near = found->is_string() ? nearest_name(found->as_string(), names) : "";
  fail(*found, pointer(key), near.empty() ? what : what + "; did you mean " + near + "?");
  return std::nullopt;
}

std::string ObjectReader::pointer(std::string_view key) const {
  return pointer_join(pointer_, key);
}

void ObjectReader::fail(const Value& value, std::string_view at, std::string what) {
  errors_.push_back({place(name_, value, at), std::move(what)});
}

void ObjectReader::finish() {
  if (!value_.is_object()) {
    return;
  }
  for (const Member& member : value_.members()) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) {
      continue;
    }
    const std::string near = nearest_name(member.key, known_);
    std::string what = "unknown key " + quoted_excerpt(member.key);
    fail(member.value, pointer(member.key),
         near.empty() ? what : what + "; did you mean " + near + "?");
  }
}

}  // namespace rehearse::json
