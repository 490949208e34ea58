#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model.hpp"
#include "scenarios/node.hpp"
#include "scenarios/resolve.hpp"
#include "scenarios/scalar.hpp"

namespace rehearse::scenarios {

// Reads values of the language out of a merged text. Types and ranges have been checked before:
// what is absent or does not fit gives the fallback in silence; only what a table cannot say is
// reported here.
class Reader {
 public:
  Reader(const Environment& environment, Sink& sink, const std::filesystem::path& folder)
      : environment_(environment), sink_(sink), folder_(folder) {}

  Sink& sink() const { return sink_; }
  const Environment& environment() const { return environment_; }
  const std::filesystem::path& folder() const { return folder_; }
  // Where figures are collected; nullptr: nowhere.
  void collect_figures(std::vector<Figure>* figures) { figures_ = figures; }
  // Figures by pointer that are read times a factor; nullptr: none. Outlives the reader.
  void scale_figures(const std::map<std::string, double>* scaled) { scaled_ = scaled; }

  double number(const Node& node, double fallback) const;
  std::uint64_t integer(const Node& node, std::uint64_t fallback) const;
  std::uint32_t count(const Node& node, std::uint32_t fallback) const;
  double quantity(const Node& node, Unit unit, double fallback) const;
  bool boolean(const Node& node, bool fallback) const;
  std::string text(const Node& node, std::string_view fallback = "") const;
  std::optional<Duration> duration(const Node& node) const;
  std::vector<std::string> texts(const Node& node) const;
  Money money(const Node& node) const;

  Origin origin(const Node& owner, const Origin& around = {}) const;
  Text job_text(const Node& node) const;
  // `fallback` where it is absent; `around` is the origin of a figure that names none.
  Amount amount(const Node& node, Unit unit, const Origin& around, double fallback = 0) const;
  std::optional<Amount> optional_amount(const Node& node, Unit unit, const Origin& around) const;
  Distribution distribution(const Node& node, Unit unit) const;

  // The value behind a text with `${…}`; `computed` says that it had one.
  struct Known {
    json::Value value;
    bool computed = false;
  };
  Known known(const Node& node) const;

 private:
  Distribution object_distribution(const Node& node, Unit unit) const;
  Distribution quantiles(const Node& node, Unit unit) const;
  Distribution mixture(const Node& node, Unit unit) const;
  Distribution empirical(const Node& node) const;
  // Both ends of a two-item array; reports where they are in the wrong order.
  std::pair<double, double> range(const Node& node, Unit unit) const;

  const Environment& environment_;
  Sink& sink_;
  const std::filesystem::path& folder_;
  std::vector<Figure>* figures_ = nullptr;
  const std::map<std::string, double>* scaled_ = nullptr;
};

}  // namespace rehearse::scenarios
