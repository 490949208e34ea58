#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"

namespace rehearse::json {

// Where a value stands, for people: "name:line:column /pointer"; the parts that are unknown are
// left out.
std::string place(std::string_view name, const Value& value, std::string_view pointer);

// "an object", "a text", … for "expected …, found …".
std::string_view kind_name(const Value& value);

// Reads the members of one object and collects everything that is wrong with them. A key that was
// asked for is known; finish() reports the others, with the nearest known name. A null member
// counts as not given. Refers to all its arguments.
class ObjectReader {
 public:
  // A `value` that is no object is one error, and every member is then absent.
  ObjectReader(const Value& value, std::string pointer, std::string_view name, Errors& errors);

  // The member, or nullptr where it is absent or null.
  const Value* find(std::string_view key);
  // The member where it has the right kind and range; an error where it has not.
  std::optional<double> number(std::string_view key, double low, double high);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high);
  std::optional<std::string> text(std::string_view key);
  // One of `names`; its index.
  std::optional<std::size_t> choice(std::string_view key,
                                    const std::vector<std::string_view>& names);

  std::string pointer(std::string_view key) const;
  const std::string& pointer() const { return pointer_; }
  std::string_view name() const { return name_; }
  Errors& errors() { return errors_; }
  void fail(const Value& value, std::string_view pointer, std::string what);
  // Reports unknown keys; last.
  void finish();

 private:
  const Value& value_;
  std::string pointer_;
  std::string_view name_;
  Errors& errors_;
  std::vector<std::string_view> known_;
};

}  // namespace rehearse::json
