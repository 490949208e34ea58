#include "mocks/latency/load_profile.hpp"

#include <span>

#include "harness/base/embedded.hpp"
#include "harness/base/text.hpp"
#include "harness/json/read.hpp"

namespace rehearse::latency {

std::span<const EmbeddedText> shipped_profile_files();

namespace {

// A patch has places in another file: its own positions would mislead.
json::Value without_positions(json::Value value) {
  value.set_position({});
  if (value.is_object()) {
    for (json::Member& member : value.members()) {
      member.value = without_positions(std::move(member.value));
      member.key_position = {};
    }
  } else if (value.is_array()) {
    for (json::Value& item : value.items()) {
      item = without_positions(std::move(item));
    }
  }
  return value;
}

Result<json::Value> read_profile(std::string_view name, const std::filesystem::path& folder) {
  if (name.find('/') != std::string_view::npos || name.ends_with(".json")) {
    return json::read_file(folder / std::filesystem::path(name));
  }
  for (const EmbeddedText& file : shipped_profile_files()) {
    if (file.name == name) {
      return json::parse(file.text, std::string(name) + ".json");
    }
  }
  const std::vector<std::string_view> known = shipped_profile_names();
  const std::string near = nearest_name(name, known);
  std::string all;
  for (const std::string_view one : known) {
    all += (all.empty() ? "" : ", ") + std::string(one);
  }
  return Error{"", "no profile is called " + quoted_excerpt(name) +
                       (near.empty() ? "" : "; did you mean " + near + "?") + " Known: " + all +
                       "; or a path that ends in .json"};
}

}  // namespace

Result<json::Value> profile_text(std::string_view name, const std::filesystem::path& folder,
                                 const json::Value& change) {
  Result<json::Value> read = read_profile(name, folder);
  if (!read || change.is_null()) {
    return read;
  }
  if (!change.is_object()) {
    return Error{std::string(name), "expected the change of a profile to be an object"};
  }
  return json::merge_patch(std::move(read).value(), without_positions(change));
}

Result<std::shared_ptr<const Profile>> load_profile(std::string_view name,
                                                    const std::filesystem::path& folder,
                                                    const json::Value& change) {
  const Result<json::Value> value = profile_text(name, folder, change);
  if (!value) {
    return value.errors();
  }
  const bool path = name.ends_with(".json");
  return make_profile(*value, path ? std::string(name) : std::string(name) + ".json",
                      pricing::shipped_prices());
}

std::vector<std::string_view> shipped_profile_names() {
  std::vector<std::string_view> out;
  for (const EmbeddedText& file : shipped_profile_files()) {
    out.push_back(file.name);
  }
  return out;
}

}  // namespace rehearse::latency
