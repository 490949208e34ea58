#include "harness/wire/fields.hpp"

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"

namespace rehearse::wire {

Result<json::Value> parse_body(std::string_view body) {
  json::Limits limits;
  limits.bytes = 64u << 20;
  limits.comments = false;
  limits.duplicate_keys = true;
  return json::parse(body, "body", limits);
}

std::string expected_found(std::string_view wanted, const json::Value& found) {
  std::string what;
  switch (found.kind()) {
    case json::Value::Kind::Array:
      what = "an array";
      break;
    case json::Value::Kind::Object:
      what = "an object";
      break;
    case json::Value::Kind::String:
      what = quoted_excerpt(found.as_string());
      break;
    default:
      what = json::dump(found);
      break;
  }
  return "expected " + std::string(wanted) + ", found " + what;
}

Fields::Fields(const json::Value& value, std::string pointer, Errors& errors)
    : value_(value), pointer_(std::move(pointer)), errors_(errors) {
  if (!value.is_object()) {
    errors_.push_back({pointer_.empty() ? "/" : pointer_, expected_found("an object", value)});
  }
}

const json::Value* Fields::find(std::string_view key) const {
  const json::Value* member = value_.find(key);
  return member == nullptr || member->is_null() ? nullptr : member;
}

void Fields::fail(std::string_view key, std::string what) {
  errors_.push_back({pointer(key), std::move(what)});
}

std::string Fields::text(std::string_view key, std::string fallback) {
  const json::Value* member = find(key);
  if (member == nullptr) {
    return fallback;
  }
  if (!member->is_string()) {
    fail(key, expected_found("a string", *member));
    return fallback;
  }
  return member->as_string();
}

std::string Fields::required_text(std::string_view key) {
  if (value_.is_object() && find(key) == nullptr) {
    fail(key, "expected a string, found nothing");
  }
  return text(key);
}

std::optional<std::int64_t> Fields::integer(std::string_view key, std::int64_t low,
                                            std::int64_t high) {
  const json::Value* member = find(key);
  if (member == nullptr) {
    return std::nullopt;
  }
  if (!member->is_integer() || member->as_integer() < low || member->as_integer() > high) {
    fail(key, expected_found(
                  "a whole number from " + std::to_string(low) + " to " + std::to_string(high),
                  *member));
    return std::nullopt;
  }
  return member->as_integer();
}

std::optional<double> Fields::number(std::string_view key, double low, double high) {
  const json::Value* member = find(key);
  if (member == nullptr) {
    return std::nullopt;
  }
  if (!member->is_number() || member->as_double() < low || member->as_double() > high) {
    fail(key,
         expected_found("a number from " + number_text(low) + " to " + number_text(high), *member));
    return std::nullopt;
  }
  return member->as_double();
}

bool Fields::flag(std::string_view key, bool fallback) {
  const json::Value* member = find(key);
  if (member == nullptr) {
    return fallback;
  }
  if (!member->is_bool()) {
    fail(key, expected_found("true or false", *member));
    return fallback;
  }
  return member->as_bool();
}

std::vector<std::string> Fields::texts(std::string_view key) {
  const json::Value* member = find(key);
  if (member == nullptr) {
    return {};
  }
  const std::vector<json::Value> one{*member};
  std::vector<std::string> out;
  for (const json::Value& item : member->is_array() ? member->items() : one) {
    if (!item.is_string()) {
      fail(key, expected_found("a text or an array of texts", *member));
      return {};
    }
    if (!item.as_string().empty()) {
      out.push_back(item.as_string());
    }
  }
  return out;
}

const json::Value* Fields::object(std::string_view key) {
  const json::Value* member = find(key);
  if (member != nullptr && !member->is_object()) {
    fail(key, expected_found("an object", *member));
    return nullptr;
  }
  return member;
}

const json::Value* Fields::array(std::string_view key) {
  const json::Value* member = find(key);
  if (member != nullptr && !member->is_array()) {
    fail(key, expected_found("an array", *member));
    return nullptr;
  }
  return member;
}

std::vector<float> decode_floats(const json::Value& value, const std::string& where,
                                 Errors& errors) {
  std::vector<float> out;
  if (!value.is_array()) {
    errors.push_back({where, expected_found("an array of numbers", value)});
    return out;
  }
  for (const json::Value& item : value.items()) {
    if (!item.is_number()) {
      errors.push_back({where, expected_found("numbers", item)});
      return out;
    }
    out.push_back(static_cast<float>(item.as_double()));
  }
  return out;
}

json::Value array_of(const std::vector<std::string>& texts) {
  json::Value out = json::Value::array();
  for (const std::string& text : texts) {
    out.push(text);
  }
  return out;
}

json::Value object_of(std::initializer_list<std::pair<const char*, json::Value>> members) {
  std::vector<json::Member> all;
  all.reserve(members.size());
  for (const auto& [key, value] : members) {
    all.push_back({key, value, {}});
  }
  return json::Value(std::move(all));
}

}  // namespace rehearse::wire
