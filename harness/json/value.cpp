#include "harness/json/value.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/check.hpp"

namespace rehearse::json {
namespace {

bool same_number(std::int64_t whole, double number) {
  return number >= -0x1p63 && number < 0x1p63 && std::trunc(number) == number &&
         static_cast<std::int64_t>(number) == whole;
}

std::vector<const Member*> by_key(const std::vector<Member>& members) {
  std::vector<const Member*> sorted;
  sorted.reserve(members.size());
  for (const Member& member : members) {
    sorted.push_back(&member);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const Member* a, const Member* b) { return a->key < b->key; });
  return sorted;
}

bool same_members(const std::vector<Member>& a, const std::vector<Member>& b) {
  if (a.size() != b.size()) {
    return false;
  }
  const auto same = [](const Member* x, const Member* y) {
    return x->key == y->key && x->value == y->value;
  };
  const auto left = by_key(a);
  const auto right = by_key(b);
  return std::equal(left.begin(), left.end(), right.begin(), same);
}

}  // namespace

bool Value::as_bool() const {
  REHEARSE_CHECK(is_bool());
  return std::get<bool>(data_);
}

std::int64_t Value::as_integer() const {
  REHEARSE_CHECK(is_integer());
  return std::get<std::int64_t>(data_);
}

double Value::as_double() const {
  REHEARSE_CHECK(is_number());
  return is_integer() ? static_cast<double>(std::get<std::int64_t>(data_))
                      : std::get<double>(data_);
}

const std::string& Value::as_string() const {
  REHEARSE_CHECK(is_string());
  return std::get<std::string>(data_);
}

const std::vector<Value>& Value::items() const {
  REHEARSE_CHECK(is_array());
  return std::get<std::vector<Value>>(data_);
}

std::vector<Value>& Value::items() {
  REHEARSE_CHECK(is_array());
  return std::get<std::vector<Value>>(data_);
}

const std::vector<Member>& Value::members() const {
  REHEARSE_CHECK(is_object());
  return std::get<std::vector<Member>>(data_);
}

std::vector<Member>& Value::members() {
  REHEARSE_CHECK(is_object());
  return std::get<std::vector<Member>>(data_);
}

const Value* Value::find(std::string_view key) const {
  if (!is_object()) {
    return nullptr;
  }
  for (const Member& member : members()) {
    if (member.key == key) {
      return &member.value;
    }
  }
  return nullptr;
}

Value* Value::find(std::string_view key) {
  return const_cast<Value*>(static_cast<const Value*>(this)->find(key));
}

Value& Value::set(std::string_view key, Value value) {
  if (Value* there = find(key)) {
    *there = std::move(value);
    return *there;
  }
  members().push_back({std::string(key), std::move(value), {}});
  return members().back().value;
}

bool Value::erase(std::string_view key) {
  auto& all = members();
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const Member& m) { return m.key == key; });
  if (it == all.end()) {
    return false;
  }
  all.erase(it);
  return true;
}

Value& Value::push(Value value) {
  items().push_back(std::move(value));
  return items().back();
}

bool Value::operator==(const Value& other) const {
  if (is_number() && other.is_number() && kind() != other.kind()) {
    return is_integer() ? same_number(as_integer(), other.as_double())
                        : same_number(other.as_integer(), as_double());
  }
  if (kind() != other.kind()) {
    return false;
  }
  switch (kind()) {
    case Kind::Null:
      return true;
    case Kind::Boolean:
      return as_bool() == other.as_bool();
    case Kind::Integer:
      return as_integer() == other.as_integer();
    case Kind::Number:
      return as_double() == other.as_double();
    case Kind::String:
      return as_string() == other.as_string();
    case Kind::Array:
      return items() == other.items();
    case Kind::Object:
      return same_members(members(), other.members());
  }
  return false;
}

}  // namespace rehearse::json
