#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"

namespace rehearse::record {

// Reads members of a JSON object into fields; what is of the wrong type is collected, what is
// missing keeps its default (a later version may have written it).
class FieldReader {
 public:
  FieldReader(const json::Value& object, std::string where, Errors& errors);

  void text(std::string_view key, std::string& into);
  void texts(std::string_view key, std::vector<std::string>& into);
  void flag(std::string_view key, bool& into);
  void number(std::string_view key, double& into);
  void integer(std::string_view key, std::int64_t& into);
  void count(std::string_view key, std::uint64_t& into);
  void index(std::string_view key, std::uint32_t& into);
  // The array's items; none where it is missing.
  const std::vector<json::Value>& list(std::string_view key);
  // The member where it is there and not null.
  const json::Value* find(std::string_view key) const;
  void wrong(std::string_view key, std::string_view expected);
  const std::string& where() const { return where_; }

 private:
  const json::Value& object_;
  std::string where_;
  Errors& errors_;
};

json::Value texts_to_json(const std::vector<std::string>& texts);

}  // namespace rehearse::record
