#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/result.hpp"

namespace rehearse::json {

// Where something stands in its text, both from 1; zeros where it came from no text.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  bool operator==(const Position&) const = default;
};

struct Member;

// A JSON value that remembers its order and its place in the text. Integers that fit 64 bits stay
// exact; every other number is a double.
class Value {
 public:
  enum class Kind { Null, Boolean, Integer, Number, String, Array, Object };

  // Defined below Member: clang wants it complete where the variant's destructor is instantiated.
  Value();
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();
  Value(std::nullptr_t);
  Value(bool b);
  Value(int i);
  Value(std::int64_t i);
  Value(double d);
  Value(std::string s);
  Value(std::string_view s);
  Value(const char* s);
  Value(std::vector<Value> items);
  Value(std::vector<Member> members);
  static Value array();
  static Value object();

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::Null; }
  bool is_bool() const { return kind() == Kind::Boolean; }
  bool is_integer() const { return kind() == Kind::Integer; }
  bool is_number() const { return kind() == Kind::Integer || kind() == Kind::Number; }
  bool is_string() const { return kind() == Kind::String; }
  bool is_array() const { return kind() == Kind::Array; }
  bool is_object() const { return kind() == Kind::Object; }

  // The content; the kind must fit (a bug otherwise). as_double() reads integers too.
  bool as_bool() const;
  std::int64_t as_integer() const;
  double as_double() const;
  const std::string& as_string() const;
  const std::vector<Value>& items() const;
  std::vector<Value>& items();
  const std::vector<Member>& members() const;
  std::vector<Member>& members();

  // The member of that name, or nullptr (also where this is no object). Linear in the members.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  // Adds or replaces a member, keeping its place; this must be an object.
  Value& set(std::string_view key, Value value);
  // Removes a member; true where there was one.
  bool erase(std::string_view key);
  // Appends to an array; this must be one.
  Value& push(Value value);

  Position position() const { return position_; }
  void set_position(Position position) { position_ = position; }

  // Equal content; the order of members and the positions do not count, 1 and 1.0 are equal.
  bool operator==(const Value& other) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<Value>,
               std::vector<Member>>
      data_;
  Position position_;
};

struct Member {
  std::string key;
  Value value;
  Position key_position;
};

inline Value::Value() = default;
inline Value::Value(const Value&) = default;
inline Value::Value(Value&&) noexcept = default;
inline Value& Value::operator=(const Value&) = default;
inline Value& Value::operator=(Value&&) noexcept = default;
inline Value::~Value() = default;
inline Value::Value(std::nullptr_t) {}
inline Value::Value(bool b) : data_(b) {}
inline Value::Value(int i) : data_(static_cast<std::int64_t>(i)) {}
inline Value::Value(std::int64_t i) : data_(i) {}
inline Value::Value(double d) : data_(d) {}
inline Value::Value(std::string s) : data_(std::move(s)) {}
inline Value::Value(std::string_view s) : data_(std::string(s)) {}
inline Value::Value(const char* s) : data_(std::string(s)) {}
inline Value::Value(std::vector<Value> items) : data_(std::move(items)) {}
inline Value::Value(std::vector<Member> members) : data_(std::move(members)) {}
inline Value Value::array() { return Value(std::vector<Value>()); }
inline Value Value::object() { return Value(std::vector<Member>()); }

}  // namespace rehearse::json
