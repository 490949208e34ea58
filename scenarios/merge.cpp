#include "scenarios/merge.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "scenarios/compile.hpp"

namespace rehearse::scenarios {
namespace {

// Follows presets; `way` are the presets that are being followed.
struct Expansion {
  const std::vector<Variant>& all;
  std::map<std::string, const Variant*> chosen;
  std::set<std::string> seen;
  std::vector<std::string> way;
  Errors errors;

  void add(const std::string& name) {
    if (name.empty() || name == "base") {
      return;
    }
    const auto here = std::find(way.begin(), way.end(), name);
    if (here != way.end()) {
      std::string path;
      for (auto at = here; at != way.end(); ++at) {
        path += *at + " -> ";
      }
      errors.push_back({"/variants/" + name, "cycle of presets: " + path + name});
      return;
    }
    if (!seen.insert(name).second) {
      return;
    }
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Variant& v) { return v.name == name; });
    if (found == all.end()) {
      std::vector<std::string> names;
      for (const Variant& variant : all) {
        names.push_back(variant.name);
      }
      const bool comma = name.find(',') != std::string::npos;
      errors.push_back({"", "unknown variant " + quoted_excerpt(name) +
                                (comma ? ": separate variants with +" : suggestion(name, names))});
      return;
    }
    if (found->of.empty()) {
      chosen.emplace(name, &*found);
    }
    way.push_back(name);
    for (const std::string& inner : found->of) {
      add(inner);
    }
    way.pop_back();
  }
};

using Path = std::vector<std::string>;
struct Leaf {
  const Variant* variant = nullptr;
  const json::Value* value = nullptr;
};

void collect(const json::Value& patch, Path& path, std::map<Path, const json::Value*>& leaves) {
  if (!patch.is_object()) {
    leaves.emplace(path, &patch);
    return;
  }
  for (const json::Member& member : patch.members()) {
    path.push_back(member.key);
    collect(member.value, path, leaves);
    path.pop_back();
  }
}

std::string pointer_of(const Path& path) {
  std::string pointer;
  for (const std::string& key : path) {
    pointer = json::pointer_join(pointer, key);
  }
  return pointer;
}

Error conflict(const Path& path, const Leaf& a, const Path& other, const Leaf& b) {
  const std::string names =
      "variants \"" + a.variant->name + "\" and \"" + b.variant->name + "\" conflict: ";
  const std::string first = pointer_of(path);
  if (path == other) {
    return {first, names + "they set it to " + found(*a.value) + " and to " + found(*b.value)};
  }
  return {first, names + "one sets it to " + found(*a.value) + ", the other sets " +
                     pointer_of(other) + " inside it to " + found(*b.value)};
}

}  // namespace

Result<std::vector<const Variant*>> expand_variants(const std::vector<Variant>& all,
                                                    const std::vector<std::string>& names) {
  Expansion expansion{all, {}, {}, {}, {}};
  for (std::string rest : names) {
    while (!rest.empty()) {
      const std::string one = rest.substr(0, rest.find('+'));
      rest.erase(0, one.size() + 1);
      expansion.add(one);
    }
  }
  std::map<std::string, const Variant*> groups;
  std::vector<const Variant*> chosen;
  for (const auto& [name, variant] : expansion.chosen) {
    chosen.push_back(variant);
    if (variant->group.empty()) {
      continue;
    }
    const auto [other, fresh] = groups.try_emplace(variant->group, variant);
    if (!fresh) {
      expansion.errors.push_back({"", "variants \"" + other->second->name + "\" and \"" + name +
                                          "\" are alternatives of the group \"" + variant->group +
                                          "\": at most one can be active"});
    }
  }
  if (!expansion.errors.empty()) {
    return expansion.errors;
  }
  return chosen;
}

Errors conflicts(const std::vector<const Variant*>& variants) {
  Errors errors;
  std::map<Path, Leaf> all;
  for (const Variant* const variant : variants) {
    std::map<Path, const json::Value*> leaves;
    Path path;
    collect(variant->change, path, leaves);
    for (const auto& [place, value] : leaves) {
      const Leaf mine{variant, value};
      const auto [same, fresh] = all.try_emplace(place, mine);
      if (!fresh && !(*same->second.value == *value)) {
        errors.push_back(conflict(place, same->second, place, mine));
      }
    }
  }
  for (const auto& [place, leaf] : all) {
    for (Path around(place.begin(), place.end()); !around.empty();) {
      around.pop_back();
      const auto outer = all.find(around);
      if (outer != all.end() && outer->second.variant != leaf.variant) {
        errors.push_back(conflict(around, outer->second, place, leaf));
      }
    }
  }
  return errors;
}

json::Value merge_variants(const json::Value& file, const std::vector<const Variant*>& variants) {
  json::Value merged = file;
  for (const Variant* const variant : variants) {
    merged = json::merge_patch(std::move(merged), variant->change);
  }
  return merged;
}

}  // namespace rehearse::scenarios
