#pragma once

#include <array>
#include <string>
#include <string_view>

#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

// Profile::find() for hot paths: a few recent answers, found by a cheap hash and checked by
// content, so that a call costs no search and no allocation.
class EntryCache {
 public:
  explicit EntryCache(const Profile& profile) : profile_(profile) {}

  const Entry* find(std::string_view operation, std::string_view model) {
    Line& line = lines_[place(operation, model)];
    if (line.filled && line.operation == operation && line.model == model) {
      return line.entry;
    }
    line = {std::string(operation), std::string(model), profile_.find(operation, model), true};
    return line.entry;
  }

 private:
  struct Line {
    std::string operation;
    std::string model;
    const Entry* entry = nullptr;
    bool filled = false;
  };
  static constexpr std::size_t kLines = 16;

  static std::size_t place(std::string_view operation, std::string_view model) {
    std::size_t hash = operation.size() * 7 + model.size() * 31;
    if (!operation.empty()) {
      hash += static_cast<unsigned char>(operation.front()) * 3U;
    }
    if (!model.empty()) {
      hash += static_cast<unsigned char>(model.back()) * 13U +
              static_cast<unsigned char>(model[model.size() / 2]) * 5U;
    }
    return (hash ^ (hash >> 6)) % kLines;
  }

  const Profile& profile_;
  std::array<Line, kLines> lines_;
};

}  // namespace rehearse::latency
