#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "scenarios/expression.hpp"

namespace rehearse::scenarios {

enum class Operation {
  Number,
  Text,
  Name,
  Input,
  Join,  // leaves, and a template's pieces written one after the other
  Add,
  Subtract,
  Multiply,
  Divide,
  Negate,
  Min,
  Max,
  Round,
  Floor,
  Ceil,
  Equal,
  Unequal,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  And,
  Or,
  Not,
  Choose,
};

// One node of a formula; immutable once it is shared.
struct Expression::Node {
  Operation operation = Operation::Number;
  double number = 0;
  std::string text;       // of Text and Name
  std::size_t input = 0;  // of Input
  std::vector<std::shared_ptr<const Node>> parts;
};

using ExpressionNode = Expression::Node;
using NodePointer = std::shared_ptr<const Expression::Node>;

// True where `text` may hold a `${…}` (or an escaped one).
inline bool has_expression(std::string_view text) {
  return text.find("${") != std::string_view::npos;
}

// Reads a text with `${…}` into a formula whose names are not yet bound. A text that is one `${…}`
// alone gives that expression itself, else a Join. At most 64 levels and 2,000 nodes.
Result<NodePointer> parse_template(std::string_view text);

// The value of a formula for these inputs; names count as 0.
InputValue evaluate_node(const Expression::Node& node, std::span<const InputValue> inputs);

// A text as a number where it is one ("12", "1.5s" as seconds).
std::optional<double> numeric(const InputValue& value);
// A value as a text; numbers in their shortest form.
std::string text_of(const InputValue& value);

}  // namespace rehearse::scenarios
