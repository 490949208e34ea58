#pragma once

#include "harness/base/text.hpp"
#include "scenarios/compile.hpp"

namespace rehearse::scenarios {

template <typename Part>
std::optional<std::uint32_t> Compiler::index_of(const std::vector<Part>& known,
                                                const std::string& name, const Node& at,
                                                std::string_view what) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].name == name) {
      return static_cast<std::uint32_t>(i);
    }
    names.push_back(known[i].name);
  }
  sink_.add(at,
            "unknown " + std::string(what) + " " + quoted_excerpt(name) + suggestion(name, names));
  return std::nullopt;
}

}  // namespace rehearse::scenarios
