#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "harness/record/objective.hpp"

// The words of the grammar of objectives, and what fits together.
namespace rehearse::record {

std::optional<Metric> find_metric(std::string_view word);
std::optional<Stat> find_stat(std::string_view word);
std::span<const std::string_view> metric_words();
// Every word that an objective may begin with.
std::span<const std::string_view> subject_words();

struct KnownUnit {
  ValueUnit unit = ValueUnit::Number;
  double factor = 1;  // to seconds, USD, a ratio, MB, per second
};
std::optional<KnownUnit> find_unit(std::string_view word);

// One number of a run, not a distribution: makespan, errors, throughput, …
bool is_scalar(Metric metric);
// The unit in which a statistic of this objective is given.
ValueUnit unit_of(const Objective& objective);
std::string_view unit_word(ValueUnit unit);    // "duration, such as 15s", …
std::string_view unit_suffix(ValueUnit unit);  // "s", "USD", "%", "MB", "/s", ""
// May a value written with `written` stand where `wanted` is asked for? Bare numbers stand for
// money, ratios, rates and counts, but never for a time or a size: of which unit would they be?
bool same_kind(std::optional<ValueUnit> written, ValueUnit wanted);

}  // namespace rehearse::record
