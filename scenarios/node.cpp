#include "scenarios/node.hpp"

#include <algorithm>
#include <tuple>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"

namespace rehearse::scenarios {

Node Node::operator[](std::string_view key) const {
  const json::Value* const member = value == nullptr ? nullptr : value->find(key);
  return {member == nullptr || member->is_null() ? nullptr : member,
          json::pointer_join(pointer, key)};
}

Node Node::item(std::size_t index) const {
  return {&value->items()[index], json::pointer_join(pointer, index)};
}

void Sink::add(json::Position position, std::string_view pointer, std::string what) {
  std::string where = label_;
  if (position.line != 0) {
    where += (where.empty() ? "" : ":") + std::to_string(position.line) + ":" +
             std::to_string(position.column);
  }
  if (!pointer.empty()) {
    where += (where.empty() ? "" : " ") + terminal_safe(pointer);
  }
  keep(position, {std::move(where), std::move(what)});
}

void Sink::keep(json::Position position, Error error) {
  const auto same = [&](const Found& other) { return other.error == error; };
  if (found_.size() < 2'000 && std::none_of(found_.begin(), found_.end(), same)) {
    found_.push_back({position, found_.size(), std::move(error)});
  }
}

void Sink::add_at(std::string where, const Node& node, std::string what) {
  keep(node.value == nullptr ? json::Position{} : node.value->position(),
       {std::move(where), std::move(what)});
}

void Sink::add(const Node& node, std::string what) {
  add(node.value == nullptr ? json::Position{} : node.value->position(), node.pointer,
      std::move(what));
}

Errors Sink::take() {
  // Equal places stay in the order of finding (libstdc++ 12's stable_sort is deprecated to clang).
  std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
    return std::tie(a.position.line, a.position.column, a.number) <
           std::tie(b.position.line, b.position.column, b.number);
  });
  constexpr std::size_t kMost = 200;
  Errors errors;
  for (Found& found : found_) {
    if (errors.size() == kMost - 1 && found_.size() > kMost) {
      errors.push_back(
          {label_, "and " + std::to_string(found_.size() - errors.size()) + " more errors"});
      break;
    }
    errors.push_back(std::move(found.error));
  }
  found_.clear();
  return errors;
}

}  // namespace rehearse::scenarios
