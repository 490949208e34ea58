#include "harness/record/header_fields.hpp"

#include <limits>

namespace rehearse::record {

FieldReader::FieldReader(const json::Value& object, std::string where, Errors& errors)
    : object_(object), where_(std::move(where)), errors_(errors) {
  if (!object_.is_object()) {
    errors_.push_back({where_, "expected an object"});
  }
}

const json::Value* FieldReader::find(std::string_view key) const {
  const json::Value* value = object_.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

void FieldReader::wrong(std::string_view key, std::string_view expected) {
  errors_.push_back({where_ + "/" + std::string(key), "expected " + std::string(expected)});
}

void FieldReader::text(std::string_view key, std::string& into) {
  if (const json::Value* value = find(key)) {
    if (value->is_string()) {
      into = value->as_string();
    } else {
      wrong(key, "a text");
    }
  }
}

void FieldReader::texts(std::string_view key, std::vector<std::string>& into) {
  if (find(key) == nullptr) {
    return;
  }
  into.clear();
  for (const json::Value& item : list(key)) {
    if (item.is_string()) {
      into.push_back(item.as_string());
    } else {
      wrong(key, "texts");
    }
  }
}

void FieldReader::flag(std::string_view key, bool& into) {
  if (const json::Value* value = find(key)) {
    if (value->is_bool()) {
      into = value->as_bool();
    } else {
      wrong(key, "true or false");
    }
  }
}

void FieldReader::number(std::string_view key, double& into) {
  if (const json::Value* value = find(key)) {
    if (value->is_number()) {
      into = value->as_double();
    } else {
      wrong(key, "a number");
    }
  }
}

void FieldReader::integer(std::string_view key, std::int64_t& into) {
  if (const json::Value* value = find(key)) {
    if (value->is_integer()) {
      into = value->as_integer();
    } else {
      wrong(key, "a whole number");
    }
  }
}

void FieldReader::count(std::string_view key, std::uint64_t& into) {
  auto value = static_cast<std::int64_t>(into);
  integer(key, value);
  if (value < 0) {
    wrong(key, "a number that is not negative");
    return;
  }
  into = static_cast<std::uint64_t>(value);
}

void FieldReader::index(std::string_view key, std::uint32_t& into) {
  std::uint64_t value = into;
  count(key, value);
  if (value > std::numeric_limits<std::uint32_t>::max()) {
    wrong(key, "a smaller number");
    return;
  }
  into = static_cast<std::uint32_t>(value);
}

const std::vector<json::Value>& FieldReader::list(std::string_view key) {
  static const std::vector<json::Value> none;
  const json::Value* value = find(key);
  if (value == nullptr) {
    return none;
  }
  if (!value->is_array()) {
    wrong(key, "a list");
    return none;
  }
  return value->items();
}

json::Value texts_to_json(const std::vector<std::string>& texts) {
  json::Value out = json::Value::array();
  for (const std::string& text : texts) {
    out.push(text);
  }
  return out;
}

}  // namespace rehearse::record
