#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/distribution.hpp"
#include "harness/base/result.hpp"

namespace rehearse::scenarios {

// What one input of a job is worth: a number or a text.
using InputValue = std::variant<double, std::string>;

// A compiled `${…}` expression over the inputs that are drawn once a job; parameters are already
// constants in it. Immutable, cheap to copy.
class Expression {
 public:
  struct Node;
  // Compiles the whole text of a JSON string that contains at least one `${…}` (a template such as
  // "ctx-${agent}" or a single expression "${min(max_words*2, 1000)}"). `inputs` are the names that
  // stay variable, in the order of evaluation's values. Errors name what is unknown and the nearest
  // name.
  static Result<Expression> compile(std::string_view text, std::span<const std::string> inputs);

  // The value for one job; inputs as many as were named at compile time. Division by zero gives 0.
  InputValue evaluate(std::span<const InputValue> inputs) const;
  double number(std::span<const InputValue> inputs) const;
  std::string text(std::span<const InputValue> inputs) const;
  // Its formula with constants folded and inputs by number: equal texts compute the same.
  std::string describe() const;

  explicit Expression(std::shared_ptr<const Node> root) : root_(std::move(root)) {}

 private:
  std::shared_ptr<const Node> root_;
};

// A quantity of a stage: drawn from a distribution, or computed from the job's inputs.
struct Amount {
  Distribution distribution;
  std::optional<Expression> expression;

  // The value for uniform `u` and these inputs; never negative.
  double value(double u, std::span<const InputValue> inputs) const {
    const double v = expression ? expression->number(inputs) : distribution.quantile(u);
    return v > 0 ? v : 0;
  }
  bool is_constant() const { return !expression && distribution.is_constant(); }
};

// A text of a stage: constant, or computed from the job's inputs.
struct Text {
  std::string constant;
  std::optional<Expression> expression;

  std::string value(std::span<const InputValue> inputs) const {
    return expression ? expression->text(inputs) : constant;
  }
};

}  // namespace rehearse::scenarios
