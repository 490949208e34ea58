#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "harness/pricing/price_table.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

// Checks a profile and fills in its defaults; on failure *all* errors, each with `name`, its place
// and pointer, what was expected and found, and the nearest name where one is unknown.
Result<std::shared_ptr<const Profile>> make_profile(const json::Value& value, std::string_view name,
                                                    const pricing::PriceTable& prices);

// A profile that was built in, by its name; or, where `name` holds a '/' or ends in ".json", a file
// relative to `folder`. `change` (an object, or null) is merged over it first (RFC 7396).
Result<std::shared_ptr<const Profile>> load_profile(std::string_view name,
                                                    const std::filesystem::path& folder,
                                                    const json::Value& change = {});

// Its text with the change merged in, unchecked.
Result<json::Value> profile_text(std::string_view name, const std::filesystem::path& folder,
                                 const json::Value& change = {});

// The names of the profiles that were built in, ascending.
std::vector<std::string_view> shipped_profile_names();

}  // namespace rehearse::latency
