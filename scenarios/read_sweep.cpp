#include <algorithm>
#include <iterator>
#include <set>

#include "harness/base/text.hpp"
#include "scenarios/compile.hpp"
#include "scenarios/resolve.hpp"

namespace rehearse::scenarios {
namespace {

constexpr const char* kWhen = "when";  // its condition, beside the axes of a sweep
constexpr const char* kLoadWords[] = {"concurrency", "users", "rate", "jobs"};

// The words that an axis or a condition of the sweep may use.
std::vector<std::string> sweep_names(const Node& file) {
  std::vector<std::string> out = keys_of(file["parameters"]);
  out.insert(out.end(), std::begin(kLoadWords), std::end(kLoadWords));
  out.emplace_back("variant");
  return out;
}

// "a+b" of variants.
void check_combination(const Node& value, const std::vector<std::string>& variants,
                       const Reader& reader) {
  std::string names = reader.text(value);
  while (!names.empty()) {
    const std::string one = names.substr(0, names.find('+'));
    names.erase(0, one.size() + 1);
    if (one != "base" && std::find(variants.begin(), variants.end(), one) == variants.end()) {
      reader.sink().add(value,
                        "unknown variant " + quoted_excerpt(one) + suggestion(one, variants));
    }
  }
}

void check_axis(const Node& node, const SweepAxis& axis, const std::vector<std::string>& known,
                const std::vector<std::string>& variants, const Reader& reader) {
  const std::vector<std::string> names = axis.names();
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      reader.sink().add(node,
                        "unknown parameter " + quoted_excerpt(name) + suggestion(name, known));
    }
  }
  const bool together = names.size() > 1;
  if (node->is_string() && (together || !find_range(node->as_string()))) {
    reader.sink().add(node, together ? "expected an array of arrays, one value for each name"
                                     : "expected an array of values, or a range such as 1..64 x2, "
                                       "found " +
                                           quoted_excerpt(node->as_string()));
  }
  for (std::size_t i = 0; i < axis.values.size(); ++i) {
    const Node value = node->is_array() ? node.item(i) : node;
    const bool fits = value->is_array() && value->items().size() == names.size();
    if (together ? !fits && node->is_array() : value->is_array()) {
      reader.sink().add(value, together ? "expected an array of " + std::to_string(names.size()) +
                                              " values, one for each name"
                                        : "expected one value: names whose values move together "
                                          "stand in one key, \"a,b\"");
      continue;
    }
    if (const auto trouble =
            value->is_string() ? range_trouble(value->as_string()) : std::nullopt) {
      reader.sink().add(value, *trouble);
    }
    for (std::size_t k = 0; k < names.size(); ++k) {
      if (names[k] == "variant") {
        check_combination(together ? value.item(k) : value, variants, reader);
      }
    }
  }
}

void check_condition(const Node& node, const std::string& when,
                     const std::vector<std::string>& known, const Reader& reader) {
  const Result<std::vector<std::string>> names = names_in(condition_text(when));
  if (!names) {
    reader.sink().add(node, names.error().text());
    return;
  }
  for (const std::string& name : *names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      reader.sink().add(node,
                        "unknown parameter " + quoted_excerpt(name) + suggestion(name, known));
    }
  }
}

}  // namespace

Sweep read_sweep(const Node& file) {
  Sweep out;
  for (const std::string& name : keys_of(file["sweep"])) {
    const Node node = file["sweep"][name];
    if (name == kWhen && node->is_string()) {
      out.when.push_back(node->as_string());
    } else if (node->is_string()) {
      out.axes.push_back({name, {*node}});
    } else {
      out.axes.push_back({name, node->is_array() ? node->items() : std::vector<json::Value>()});
    }
  }
  return out;
}

void check_sweep(const Node& file, const Sweep& sweep, const std::vector<std::string>& variants,
                 const Reader& reader) {
  const std::vector<std::string> known = sweep_names(file);
  std::set<std::string> seen;
  for (const SweepAxis& axis : sweep.axes) {
    const Node node = file["sweep"][axis.name];
    check_axis(node, axis, known, variants, reader);
    for (const std::string& name : axis.names()) {
      if (!seen.insert(name).second) {
        reader.sink().add(node, quoted_excerpt(name) + " is swept twice");
      }
    }
  }
  for (const std::string& when : sweep.when) {
    check_condition(file["sweep"][kWhen], when, known, reader);
  }
}

}  // namespace rehearse::scenarios
