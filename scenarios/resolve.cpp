#include "scenarios/resolve.hpp"

#include <algorithm>
#include <array>

#include "harness/base/text.hpp"
#include "scenarios/expression_node.hpp"

namespace rehearse::scenarios {
namespace {

NodePointer constant(InputValue value) {
  auto node = std::make_shared<ExpressionNode>();
  if (const double* const number = std::get_if<double>(&value)) {
    node->number = *number;
  } else {
    node->operation = Operation::Text;
    node->text = std::get<std::string>(std::move(value));
  }
  return node;
}

InputValue input_value(const json::Value& value) {
  if (value.is_bool()) {
    return value.as_bool() ? 1.0 : 0.0;
  }
  return value.is_number() ? InputValue(value.as_double()) : InputValue(value.as_string());
}

bool is_constant(const ExpressionNode& node) {
  return node.operation == Operation::Number || node.operation == Operation::Text;
}

// What its operands may be: any, or numbers.
bool wants_numbers(Operation operation) {
  return operation >= Operation::Add && operation <= Operation::Ceil;
}

std::string unknown_name(const std::string& name, const Environment& environment) {
  std::vector<std::string> known = environment.inputs;
  for (const json::Member& member : environment.parameters.members()) {
    known.push_back(member.key);
  }
  const std::string nearest = nearest_name(name, known);
  std::string what = "unknown name " + quoted_excerpt(name) + " in an expression";
  if (is_runtime_name(name)) {
    return what + ": only `request` and `app` know it";
  }
  return what + (nearest.empty() ? ": it is neither a parameter nor an input"
                                 : ", did you mean \"" + nearest + "\"?");
}

// Binds names and folds constants; nullptr and `trouble` where that fails.
NodePointer bind_names(const NodePointer& node, const Environment& environment,
                       std::string& trouble) {
  if (node->operation == Operation::Name) {
    if (const json::Value* const value = environment.parameters.find(node->text)) {
      return constant(input_value(*value));
    }
    const auto found = std::find(environment.inputs.begin(), environment.inputs.end(), node->text);
    if (found == environment.inputs.end()) {
      trouble = unknown_name(node->text, environment);
      return nullptr;
    }
    auto bound = std::make_shared<ExpressionNode>();
    bound->operation = Operation::Input;
    bound->input = static_cast<std::size_t>(found - environment.inputs.begin());
    return bound;
  }
  if (node->parts.empty()) {
    return node;
  }
  auto bound = std::make_shared<ExpressionNode>(*node);
  bool fold = true;
  for (NodePointer& part : bound->parts) {
    part = bind_names(part, environment, trouble);
    if (part == nullptr) {
      return nullptr;
    }
    if (wants_numbers(node->operation) && part->operation == Operation::Text &&
        !numeric(part->text)) {
      trouble = "expected a number in an expression, found the text " + quoted_excerpt(part->text);
      return nullptr;
    }
    fold = fold && is_constant(*part);
  }
  return fold ? constant(evaluate_node(*bound, {})) : bound;
}

json::Value json_value(const InputValue& value) {
  const double* const number = std::get_if<double>(&value);
  if (number == nullptr) {
    return std::get<std::string>(value);
  }
  const auto whole = static_cast<std::int64_t>(std::clamp(*number, -9e15, 9e15));
  return static_cast<double>(whole) == *number ? json::Value(whole) : json::Value(*number);
}

void collect_names(const ExpressionNode& node, std::vector<std::string>& names) {
  if (node.operation == Operation::Name) {
    names.push_back(node.text);
  }
  for (const NodePointer& part : node.parts) {
    collect_names(*part, names);
  }
}

// The parameters that the formula needs, as an Environment, or the error of an unknown name.
Result<Environment> looked_up(const ExpressionNode& node, const Lookup& lookup) {
  std::vector<std::string> names;
  collect_names(node, names);
  Environment environment;
  for (const std::string& name : names) {
    auto value = lookup(name);
    if (!value) {
      return Error{"", "unknown name " + quoted_excerpt(name) + " in an expression"};
    }
    environment.parameters.set(name, json_value(*value));
  }
  return environment;
}

}  // namespace

bool is_runtime_name(std::string_view name) {
  return name == "job" || name == "seed" || name == "job_dir" ||
         (name.starts_with("providers.") && name.ends_with(".url")) ||
         (name.starts_with("stages.") && name.ends_with(".text"));
}

bool is_reserved_name(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kReserved{
      "job",  "seed",    "job_dir", "providers", "stages", "concurrency", "users", "rate",
      "jobs", "variant", "min",     "max",       "round",  "floor",       "ceil",  "base"};
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

Result<Resolved> resolve_text(std::string_view text, const Environment& environment) {
  auto parsed = parse_template(text);
  if (!parsed) {
    return parsed.errors();
  }
  const NodePointer& node = *parsed;
  if (node->operation == Operation::Name) {
    if (const json::Value* const value = environment.parameters.find(node->text)) {
      return Resolved{*value, {}};
    }
  }
  std::string trouble;
  NodePointer bound = bind_names(node, environment, trouble);
  if (bound == nullptr) {
    return Error{"", trouble};
  }
  if (is_constant(*bound)) {
    return Resolved{json_value(evaluate_node(*bound, {})), {}};
  }
  return Resolved{{}, Expression(std::move(bound))};
}

Result<std::vector<std::string>> names_in(std::string_view text) {
  auto parsed = parse_template(text);
  if (!parsed) {
    return parsed.errors();
  }
  std::vector<std::string> names;
  collect_names(**parsed, names);
  return names;
}

Result<std::string> fill_text(std::string_view text, const Lookup& lookup) {
  auto filled = fill(json::Value(text), lookup);
  if (!filled) {
    return filled.errors();
  }
  const json::Value& value = *filled;
  return value.is_string() ? value.as_string() : number_text(value.as_double());
}

Result<json::Value> fill(const json::Value& value, const Lookup& lookup) {
  if (value.is_string() && has_expression(value.as_string())) {
    auto parsed = parse_template(value.as_string());
    if (!parsed) {
      return parsed.errors();
    }
    auto environment = looked_up(**parsed, lookup);
    if (!environment) {
      return environment.errors();
    }
    std::string trouble;
    const NodePointer bound = bind_names(*parsed, *environment, trouble);
    if (bound == nullptr) {
      return Error{"", trouble};
    }
    return json_value(evaluate_node(*bound, {}));
  }
  json::Value copy = value;
  if (copy.is_array()) {
    for (json::Value& item : copy.items()) {
      auto filled = fill(item, lookup);
      if (!filled) {
        return filled.errors();
      }
      item = std::move(*filled);
    }
  } else if (copy.is_object()) {
    for (json::Member& member : copy.members()) {
      auto filled = fill(member.value, lookup);
      if (!filled) {
        return filled.errors();
      }
      member.value = std::move(*filled);
    }
  }
  return copy;
}

}  // namespace rehearse::scenarios
