#include "harness/study/players.hpp"

#include <algorithm>
#include <numeric>

namespace rehearse::study {
namespace {

bool plays(const scenarios::Variant& variant) {
  return variant.of.empty() && variant.purpose == scenarios::Purpose::Optimisation;
}

// Whether two variants cannot be selected together.
bool exclude_each_other(const scenarios::ScenarioFile& file, const scenarios::Variant& one,
                        const scenarios::Variant& other) {
  if (!one.group.empty() && one.group == other.group) {
    return true;
  }
  scenarios::Selection both;
  both.variants = {one.name, other.name};
  return !scenarios::instantiate(file, both);
}

std::size_t root_of(std::vector<std::size_t>& parent, std::size_t i) {
  while (parent[i] != i) {
    i = parent[i] = parent[parent[i]];
  }
  return i;
}

}  // namespace

std::vector<Alternatives> find_players(const scenarios::ScenarioFile& file) {
  std::vector<const scenarios::Variant*> variants;
  for (const scenarios::Variant& variant : file.variants()) {
    if (plays(variant)) {
      variants.push_back(&variant);
    }
  }
  std::vector<std::size_t> parent(variants.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  for (std::size_t i = 0; i < variants.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (exclude_each_other(file, *variants[i], *variants[j])) {
        parent[root_of(parent, i)] = root_of(parent, j);
      }
    }
  }
  std::vector<Alternatives> out;
  std::vector<std::size_t> place(variants.size(), variants.size());
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const std::size_t root = root_of(parent, i);
    if (place[root] == variants.size()) {
      place[root] = out.size();
      out.push_back({variants[i]->group, {}});
    }
    out[place[root]].members.push_back(variants[i]->name);
  }
  return out;
}

}  // namespace rehearse::study
