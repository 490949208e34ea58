#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"

namespace rehearse::scenarios {

// A value of the file and the way to it. `value` is nullptr where the key is missing or null.
struct Node {
  const json::Value* value = nullptr;
  std::string pointer;

  explicit operator bool() const { return value != nullptr; }
  const json::Value& operator*() const { return *value; }
  const json::Value* operator->() const { return value; }
  // A member; missing where it is absent or null, or where this is no object.
  Node operator[](std::string_view key) const;
  Node item(std::size_t index) const;
};

// Collects what is wrong, each with its place: "file:line:column /json/pointer".
class Sink {
 public:
  explicit Sink(std::string label) : label_(std::move(label)) {}

  void add(json::Position position, std::string_view pointer, std::string what);
  void add(const Node& node, std::string what);
  // With a place that is already written out; sorted by that of `node`.
  void add_at(std::string where, const Node& node, std::string what);

  bool empty() const { return found_.empty(); }
  std::size_t size() const { return found_.size(); }
  // In the order of the text; at most 200, the last of which says how many more there are.
  Errors take();

 private:
  void keep(json::Position position, Error error);

  struct Found {
    json::Position position;
    std::size_t number = 0;  // of finding
    Error error;
  };
  std::string label_;
  std::vector<Found> found_;
};

}  // namespace rehearse::scenarios
