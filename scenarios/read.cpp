#include "scenarios/read.hpp"

#include <cmath>

#include "harness/base/text.hpp"
#include "scenarios/expression_node.hpp"

namespace rehearse::scenarios {

Reader::Known Reader::known(const Node& node) const {
  if (!node || !node->is_string() || !has_expression(node->as_string())) {
    return {node ? *node : json::Value(), false};
  }
  auto resolved = resolve_text(node->as_string(), environment_);
  return {resolved && !resolved->expression ? resolved->value : json::Value(), true};
}

double Reader::number(const Node& node, double fallback) const {
  const Known read = known(node);
  return read.value.is_number() ? read.value.as_double() : fallback;
}

std::uint64_t Reader::integer(const Node& node, std::uint64_t fallback) const {
  const double read = number(node, static_cast<double>(fallback));
  return read >= 0 && read <= 1e15 ? static_cast<std::uint64_t>(read) : fallback;
}

std::uint32_t Reader::count(const Node& node, std::uint32_t fallback) const {
  const std::uint64_t read = integer(node, fallback);
  return read <= 1'000'000 ? static_cast<std::uint32_t>(read) : fallback;
}

double Reader::quantity(const Node& node, Unit unit, double fallback) const {
  if (!node) {
    return fallback;
  }
  // Bare numbers pass: where they must not stand the check has refused them.
  const auto value = read_quantity(known(node).value, unit, true);
  return value ? *value : fallback;
}

bool Reader::boolean(const Node& node, bool fallback) const {
  const Known read = known(node);
  return read.value.is_bool()     ? read.value.as_bool()
         : read.value.is_number() ? read.value.as_double() != 0
                                  : fallback;
}

std::string Reader::text(const Node& node, std::string_view fallback) const {
  const Known read = known(node);
  return read.value.is_string()   ? read.value.as_string()
         : read.value.is_number() ? number_text(read.value.as_double())
         : read.value.is_bool()   ? (read.value.as_bool() ? "true" : "false")
                                  : std::string(fallback);
}

std::optional<Duration> Reader::duration(const Node& node) const {
  const Known read = known(node);
  if (read.value.is_string()) {
    const auto exact = parse_duration(read.value.as_string());
    return exact ? std::optional(*exact) : std::nullopt;
  }
  if (!read.value.is_number() || !(read.value.as_double() >= 0)) {
    return std::nullopt;
  }
  return std::min(Duration::from_seconds(read.value.as_double()), kLongestDuration);
}

std::vector<std::string> Reader::texts(const Node& node) const {
  std::vector<std::string> all;
  if (node && node->is_array()) {
    for (std::size_t i = 0; i < node->items().size(); ++i) {
      all.push_back(text(node.item(i)));
    }
  }
  return all;
}

Money Reader::money(const Node& node) const {
  return Money::from_usd(std::min(quantity(node, Unit::Money, 0), 1e9));
}

Origin Reader::origin(const Node& owner, const Origin& around) const {
  const auto plain = [&](std::string_view key) {
    const Node node = owner[key];
    return node && node->is_string() ? node->as_string() : std::string();
  };
  static constexpr std::string_view kWords[] = {"measured", "stated", "published", "assumed"};
  Origin origin;
  const std::string basis = plain("basis");
  for (std::size_t i = 0; i < std::size(kWords); ++i) {
    if (basis == kWords[i]) {
      origin.basis = static_cast<Basis>(i + 1);
    }
  }
  origin.source = plain("source");
  origin.note = plain("note");
  if (origin.basis == Basis::Unsaid) {
    origin.basis = around.basis;
    if (origin.source.empty()) {
      origin.source = around.source;
    }
  }
  return origin;
}

Text Reader::job_text(const Node& node) const {
  if (node && node->is_string() && has_expression(node->as_string())) {
    auto resolved = resolve_text(node->as_string(), environment_);
    if (resolved && resolved->expression) {
      return {"", resolved->expression};
    }
  }
  return {text(node), {}};
}

std::optional<Amount> Reader::optional_amount(const Node& node, Unit unit,
                                              const Origin& around) const {
  return node ? std::optional(amount(node, unit, around)) : std::nullopt;
}

Amount Reader::amount(const Node& node, Unit unit, const Origin& around, double fallback) const {
  if (!node) {
    return {Distribution::constant(fallback), {}};
  }
  const Node value = node->is_object() ? node["value"] : node;
  if (value && value->is_string() && has_expression(value->as_string())) {
    auto resolved = resolve_text(value->as_string(), environment_);
    if (resolved && resolved->expression) {
      if (node->is_object() && (node["scale"] || node["min"] || node["max"])) {
        sink_.add(node,
                  "scale, min and max cannot stand beside an expression over inputs: write "
                  "them into it");
      }
      return {{}, resolved->expression};
    }
  }
  Amount read{distribution(node, unit), {}};
  if (scaled_ != nullptr) {
    if (const auto factor = scaled_->find(node.pointer); factor != scaled_->end()) {
      read.distribution = read.distribution.scaled(factor->second);
    }
  }
  if (figures_ != nullptr && !known(node).computed) {
    const Origin own = node->is_object() ? origin(node, around) : around;
    figures_->push_back({node.pointer, own, read.distribution});
  }
  return read;
}

}  // namespace rehearse::scenarios
