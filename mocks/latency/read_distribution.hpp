#pragma once

#include <optional>
#include <string_view>

#include "harness/base/distribution.hpp"
#include "harness/json/object_reader.hpp"

namespace rehearse::latency {

// What the numbers of a distribution are.
enum class Quantity { Time, Amount };  // "1.5s" texts, in seconds · plain numbers

// Reads `key` of `reader` in the forms that scenarios use too: a constant, or an object with value,
// typical (spread), between, at_most, at_least, uniform, exponential, gamma, quantiles or mixture,
// and scale, min, max. Wrong ones become errors of the reader; absent is nullopt.
std::optional<Distribution> read_distribution(json::ObjectReader& reader, std::string_view key,
                                              Quantity quantity);

// Reads "1.5s" as seconds.
std::optional<double> read_seconds(json::ObjectReader& reader, std::string_view key);

// Reads "note", "basis" (published, stated, assumed or recorded) and "source", which every object
// may carry. The texts are not kept: they speak to who reads the file.
void read_origin(json::ObjectReader& reader);

}  // namespace rehearse::latency
