#include "scenarios/expression.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "scenarios/expression_node.hpp"
#include "scenarios/resolve.hpp"

namespace rehearse::scenarios {
namespace {

using Inputs = std::span<const InputValue>;

double number_of(const ExpressionNode& node, Inputs inputs) {
  return numeric(evaluate_node(node, inputs)).value_or(0);
}

bool compare(const ExpressionNode& node, Inputs inputs) {
  const InputValue a = evaluate_node(*node.parts[0], inputs);
  const InputValue b = evaluate_node(*node.parts[1], inputs);
  const auto x = numeric(a);
  const auto y = numeric(b);
  const auto order = [&]() -> std::partial_ordering {
    if (x && y) {
      return *x <=> *y;
    }
    return text_of(a) <=> text_of(b);
  }();
  switch (node.operation) {
    case Operation::Equal:
      return order == 0;
    case Operation::Unequal:
      return order != 0;
    case Operation::Less:
      return order < 0;
    case Operation::LessEqual:
      return order <= 0;
    case Operation::Greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

double arithmetic(const ExpressionNode& node, Inputs inputs) {
  const double a = number_of(*node.parts[0], inputs);
  double result = a;
  switch (node.operation) {
    case Operation::Add:
      return a + number_of(*node.parts[1], inputs);
    case Operation::Subtract:
      return a - number_of(*node.parts[1], inputs);
    case Operation::Multiply:
      return a * number_of(*node.parts[1], inputs);
    case Operation::Divide: {
      const double b = number_of(*node.parts[1], inputs);
      return b == 0 ? 0 : a / b;
    }
    case Operation::Negate:
      return -a;
    case Operation::Round:
      return std::round(a);
    case Operation::Floor:
      return std::floor(a);
    case Operation::Ceil:
      return std::ceil(a);
    case Operation::And:
      return a != 0 && number_of(*node.parts[1], inputs) != 0 ? 1 : 0;
    case Operation::Or:
      return a != 0 || number_of(*node.parts[1], inputs) != 0 ? 1 : 0;
    case Operation::Not:
      return a == 0 ? 1 : 0;
    case Operation::Min:
    case Operation::Max:
      for (const NodePointer& part : node.parts) {
        const double b = number_of(*part, inputs);
        result = node.operation == Operation::Min ? std::min(result, b) : std::max(result, b);
      }
      return result;
    default:
      return compare(node, inputs) ? 1 : 0;
  }
}

}  // namespace

std::optional<double> numeric(const InputValue& value) {
  if (const double* const number = std::get_if<double>(&value)) {
    return *number;
  }
  const std::string& text = std::get<std::string>(value);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(number)) {
    return number;
  }
  if (auto duration = parse_duration(text)) {
    return static_cast<double>(duration->count_ns()) / 1e9;
  }
  return std::nullopt;
}

std::string text_of(const InputValue& value) {
  const double* const number = std::get_if<double>(&value);
  return number != nullptr ? number_text(*number) : std::get<std::string>(value);
}

InputValue evaluate_node(const ExpressionNode& node, Inputs inputs) {
  switch (node.operation) {
    case Operation::Number:
      return node.number;
    case Operation::Text:
      return node.text;
    case Operation::Name:
      return 0.0;
    case Operation::Input:
      return node.input < inputs.size() ? inputs[node.input] : InputValue(0.0);
    case Operation::Join: {
      std::string text;
      for (const NodePointer& part : node.parts) {
        text += text_of(evaluate_node(*part, inputs));
      }
      return text;
    }
    case Operation::Choose:
      return evaluate_node(*node.parts[number_of(*node.parts[0], inputs) != 0 ? 1 : 2], inputs);
    default: {
      const double result = arithmetic(node, inputs);
      return std::isfinite(result) ? result : 0.0;
    }
  }
}

Result<Expression> Expression::compile(std::string_view text, std::span<const std::string> inputs) {
  Environment environment;
  environment.inputs.assign(inputs.begin(), inputs.end());
  auto resolved = resolve_text(text, environment);
  if (!resolved) {
    return resolved.errors();
  }
  if (resolved->expression) {
    return *resolved->expression;
  }
  auto node = std::make_shared<ExpressionNode>();
  if (resolved->value.is_number()) {
    node->number = resolved->value.as_double();
  } else {
    node->operation = Operation::Text;
    node->text = resolved->value.is_string() ? resolved->value.as_string() : "";
  }
  return Expression(std::move(node));
}

InputValue Expression::evaluate(Inputs inputs) const { return evaluate_node(*root_, inputs); }

double Expression::number(Inputs inputs) const { return number_of(*root_, inputs); }

std::string Expression::text(Inputs inputs) const { return text_of(evaluate_node(*root_, inputs)); }

std::string Expression::describe() const {
  struct Writer {
    static std::string write(const ExpressionNode& node) {
      switch (node.operation) {
        case Operation::Number:
          return number_text(node.number);
        case Operation::Text:
          return "'" + node.text + "'";
        case Operation::Name:
          return node.text;
        case Operation::Input:
          return "#" + std::to_string(node.input);
        default:
          break;
      }
      std::string text = "(" + std::to_string(static_cast<int>(node.operation));
      for (const NodePointer& part : node.parts) {
        text += " " + write(*part);
      }
      return text + ")";
    }
  };
  return Writer::write(*root_);
}

}  // namespace rehearse::scenarios
