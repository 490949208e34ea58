#include <algorithm>
#include <charconv>
#include <cmath>

#include "harness/base/text.hpp"
#include "scenarios/column.hpp"
#include "scenarios/expression_node.hpp"
#include "scenarios/read.hpp"

namespace rehearse::scenarios {

std::pair<double, double> Reader::range(const Node& node, Unit unit) const {
  if (!node || !node->is_array() || node->items().size() != 2) {
    return {1, 1};
  }
  const std::pair<double, double> ends{quantity(node.item(0), unit, 1),
                                       quantity(node.item(1), unit, 1)};
  if (ends.first > ends.second) {
    sink_.add(node, "expected the lower end first, found " + found(node->items()[0]) + " before " +
                        found(node->items()[1]));
    return {1, 1};
  }
  return ends;
}

Distribution Reader::quantiles(const Node& node, Unit unit) const {
  std::vector<std::pair<double, double>> knots;
  if (!node->is_object()) {
    return {};
  }
  for (const json::Member& member : node->members()) {
    double p = -1;
    const char* const end = member.key.data() + member.key.size();
    const auto read = std::from_chars(member.key.data(), end, p);
    if (read.ec != std::errc() || read.ptr != end || !(p >= 0 && p <= 1)) {
      sink_.add(member.key_position, node.pointer,
                "expected a probability from 0 to 1 as key, found " + quoted_excerpt(member.key));
      return {};
    }
    knots.emplace_back(p, quantity(node[member.key], unit, 0));
  }
  std::sort(knots.begin(), knots.end());
  for (std::size_t i = 1; i < knots.size(); ++i) {
    if (knots[i].first == knots[i - 1].first || knots[i].second < knots[i - 1].second) {
      sink_.add(node, "expected values that rise with their probabilities, found " +
                          number_text(knots[i].second) + " after " +
                          number_text(knots[i - 1].second));
      return {};
    }
  }
  auto made = Distribution::quantiles(std::move(knots));
  if (!made) {
    sink_.add(node, made.error().what);
    return {};
  }
  return *made;
}

Distribution Reader::mixture(const Node& node, Unit unit) const {
  std::vector<std::pair<double, Distribution>> components;
  double total = 0;
  for (std::size_t i = 0; node->is_array() && i < node->items().size(); ++i) {
    const Node component = node.item(i);
    const double weight = number(component["weight"], 0);
    total += weight;
    if (weight > 0 && component["of"]) {
      components.emplace_back(weight, distribution(component["of"], unit));
    }
  }
  if (!(total > 0) || components.empty()) {
    sink_.add(node, "expected at least one weight above 0");
    return {};
  }
  auto made = Distribution::mixture(std::move(components));
  if (!made) {
    sink_.add(node, made.error().what);
    return {};
  }
  return *made;
}

Distribution Reader::empirical(const Node& node) const {
  const auto cells = read_column(folder_, text(node["empirical"]), text(node["column"]));
  if (!cells) {
    sink_.add(node["empirical"], cells.error().what);
    return {};
  }
  std::vector<double> values;
  for (const InputValue& cell : *cells) {
    const auto value = numeric(cell);
    if (!value || !(*value >= 0)) {
      sink_.add(node["empirical"], "expected numbers of at least 0 in the column, found " +
                                       quoted_excerpt(text_of(cell)) + " in row " +
                                       std::to_string(values.size() + 1));
      return {};
    }
    values.push_back(*value);
  }
  auto made = Distribution::empirical(std::move(values));
  if (!made) {
    sink_.add(node["empirical"], made.error().what);
    return {};
  }
  return *made;
}

Distribution Reader::object_distribution(const Node& node, Unit unit) const {
  const auto positive = [&](const Node& at, double value) {
    if (!(value > 0)) {
      sink_.add(at, "expected a value above 0, found " + found(*at));
      return 1.0;
    }
    return value;
  };
  const auto scalar = [&](std::string_view key) {
    return positive(node[key], quantity(node[key], unit, 1));
  };
  if (node["typical"]) {
    return Distribution::typical(scalar("typical"), number(node["spread"], 0.1));
  }
  if (node["between"]) {
    const auto [low, high] = range(node["between"], unit);
    return Distribution::between(positive(node["between"], low), std::max(low, high));
  }
  const bool at_least = static_cast<bool>(node["at_least"]);
  if (node["at_most"] || at_least) {
    const double low = at_least ? scalar("at_least") : scalar("at_most") / 3;
    const double high = node["at_most"] ? scalar("at_most") : low * 3;
    if (low > high) {
      sink_.add(node, "expected \"at_least\" to be below \"at_most\"");
      return {};
    }
    return Distribution::between(low, high);
  }
  if (node["uniform"]) {
    const auto [low, high] = range(node["uniform"], unit);
    return Distribution::uniform(low, high);
  }
  if (node["exponential"]) {
    return Distribution::exponential(scalar("exponential"));
  }
  if (const Node gamma = node["gamma"]) {
    const double mean =
        gamma["mean"] ? positive(gamma["mean"], quantity(gamma["mean"], unit, 1)) : 1;
    const double cv = number(gamma["cv"], 1);
    return Distribution::gamma(mean, cv >= 1e-3 && cv <= 100 ? cv : 1);
  }
  if (node["quantiles"]) {
    return quantiles(node["quantiles"], unit);
  }
  if (node["mixture"]) {
    return mixture(node["mixture"], unit);
  }
  if (node["empirical"]) {
    return empirical(node);
  }
  return Distribution::constant(quantity(node["value"], unit, 0));
}

Distribution Reader::distribution(const Node& node, Unit unit) const {
  if (!node->is_object()) {
    const Known read = known(node);
    // `seconds` may be a bare number; every other place has been checked not to be.
    const auto value = read_quantity(read.value, unit, true);
    return Distribution::constant(value ? *value : 0);
  }
  Distribution made = object_distribution(node, unit);
  const double scale = number(node["scale"], 1);
  if (scale > 0 && scale != 1) {
    made = made.scaled(scale);
  }
  if (!node["min"] && !node["max"]) {
    return made;
  }
  const double low = quantity(node["min"], unit, 0);
  const double high = quantity(node["max"], unit, 1e300);
  if (low > high) {
    sink_.add(node, "expected \"min\" to be below \"max\"");
    return made;
  }
  return made.clamped(low, high);
}

}  // namespace rehearse::scenarios
