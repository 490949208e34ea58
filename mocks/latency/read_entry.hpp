#pragma once

#include <string>
#include <vector>

#include "harness/json/object_reader.hpp"
#include "harness/pricing/price_table.hpp"
#include "mocks/latency/profile.hpp"

namespace rehearse::latency {

// Whose prices an entry looks up, and on which day.
struct PriceSource {
  const pricing::PriceTable& table;
  std::string provider;  // "free": nothing costs anything; empty: every entry must give its own
  pricing::Date day;
};

LimitSpec read_limits(json::ObjectReader& reader);
std::optional<CapacitySpec> read_capacity(json::ObjectReader& reader);

// One member of "operations": an entry for each of its models, or one for all. Adds to the profile.
void read_operation(json::ObjectReader& reader, const json::Value& value, const std::string& name,
                    const PriceSource& prices, Profile& profile);

}  // namespace rehearse::latency
