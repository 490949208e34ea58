#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "scenarios/expression.hpp"

namespace rehearse::scenarios {

// What the names in expressions stand for: parameters are known now, inputs once a job is drawn.
struct Environment {
  json::Value parameters = json::Value::object();  // name → number, text or boolean
  std::vector<std::string> inputs;
};

// What a text of the file comes to: a value now, or an expression over inputs.
struct Resolved {
  json::Value value;
  std::optional<Expression> expression;
};

// Parameters become constants and constants fold; `"${name}"` alone keeps the parameter's type.
// Unknown names are errors with the nearest one; so is arithmetic on a text that is no number.
Result<Resolved> resolve_text(std::string_view text, const Environment& environment);

// Names that only a running job knows: job, seed, job_dir, providers.NAME.url, stages.NAME.text.
bool is_runtime_name(std::string_view name);
// Words that no parameter or input may be called.
bool is_reserved_name(std::string_view name);

// The names that the `${…}` of a text use, in order; errors where it does not parse.
Result<std::vector<std::string>> names_in(std::string_view text);

using Lookup = std::function<std::optional<InputValue>(std::string_view name)>;

// `text` with each `${…}` replaced by its value; `lookup` is asked for every name (parameters,
// inputs and runtime names alike). Unknown names are errors.
Result<std::string> fill_text(std::string_view text, const Lookup& lookup);
// The same in every text inside `value`; a text that is one `${…}` alone becomes a number where it
// is one.
Result<json::Value> fill(const json::Value& value, const Lookup& lookup);

}  // namespace rehearse::scenarios
