#include "scenarios/load.hpp"
#include "scenarios/shape.hpp"

// The JSON Schema of the tables in shape.hpp. It says what a table can say; that names are known,
// that ranges ascend and what variants come to is the loader's alone.
namespace rehearse::scenarios {
namespace {

using json::Value;

Value object(std::initializer_list<std::pair<std::string_view, Value>> members) {
  Value out = Value::object();
  for (const auto& [key, value] : members) {
    out.set(key, value);
  }
  return out;
}

Value array(std::vector<Value> items) { return Value(std::move(items)); }

Value any_of(std::vector<Value> options) {
  return options.size() == 1 ? options.front() : object({{"anyOf", array(std::move(options))}});
}

Value text_of_pattern(std::string_view pattern) {
  return object({{"type", "string"}, {"pattern", pattern}});
}

Value number_between(std::string_view type, double low, double high) {
  Value out = object({{"type", type}});
  if (low > -1e300) {
    out.set("minimum", low);
  }
  if (high < 1e300) {
    out.set("maximum", high);
  }
  return out;
}

Value schema_of(const Shape& shape);

Value nullable(const Shape& shape) {
  if (shape.form == Form::Any) {
    return Value::object();
  }
  Value inner = schema_of(shape);
  Value* const options = inner.find("anyOf");
  if (options != nullptr && inner.members().size() == 1) {
    options->push(object({{"type", "null"}}));
    return inner;
  }
  return any_of({std::move(inner), object({{"type", "null"}})});
}

Value count(Value out, const Shape& shape, std::string_view least, std::string_view most) {
  if (shape.low > 0) {
    out.set(least, static_cast<std::int64_t>(shape.low));
  }
  if (shape.high < 1e300) {
    out.set(most, static_cast<std::int64_t>(shape.high));
  }
  return out;
}

constexpr std::string_view kFigure =
    R"(^~? *([0-9]+(\.[0-9]*)? *(%|USD|[kKMG]?B|[KMG]iB)"
    R"(|/s|/second|/m|/min|/h|/hour|/d|/day)?|([0-9.]+d)?([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?)"
    "([0-9.]+ms)?([0-9.]+(us|\u00b5s))?([0-9.]+ns)?)x?$";

std::vector<Value> options_of(const Shape& shape) {
  switch (shape.form) {
    case Form::Boolean:
      return {object({{"type", "boolean"}})};
    case Form::Integer:
      return {number_between("integer", shape.low, shape.high)};
    case Form::Number:
      return {number_between("number", shape.low, shape.high)};
    case Form::Text:
      return {object({{"type", "string"}, {"maxLength", 65536}})};
    case Form::Words: {
      Value words = Value::array();
      for (const std::string_view word : shape.words) {
        words.push(word);
      }
      return {object({{"enum", std::move(words)}})};
    }
    case Form::Name:
      return {text_of_pattern("^[A-Za-z][A-Za-z0-9_-]{0,63}$")};
    case Form::Quantity: {
      std::vector<Value> options;
      if (allows_number(shape.unit)) {
        options.push_back(number_between("number", 0, shape.unit == Unit::Share ? 1 : 1e15));
      } else if (shape.unit == Unit::Seconds) {
        options.push_back(object({{"enum", array({0})}}));
      }
      if (!quantity_pattern(shape.unit).empty()) {
        options.push_back(text_of_pattern(quantity_pattern(shape.unit)));
      }
      return options;
    }
    case Form::Figure:
      return {object({{"type", "number"}}), text_of_pattern(kFigure)};
    default:
      return {};
  }
}

Value schema_of(const Shape& shape) {
  switch (shape.form) {
    case Form::Any:
      return Value::object();
    case Form::Object:
      return object({{"$ref", "#/$defs/" + std::string(shape.table->name)}});
    case Form::Array:
      return count(object({{"type", "array"}, {"items", schema_of(*shape.of)}}), shape, "minItems",
                   "maxItems");
    case Form::Map: {
      Value out = object({{"type", "object"}, {"additionalProperties", nullable(*shape.of)}});
      if (!shape.free_keys) {
        out.set("propertyNames",
                object({{"pattern", shape.word_keys ? "^[A-Za-z_][A-Za-z0-9_]{0,63}$"
                                                    : "^[A-Za-z][A-Za-z0-9_-]{0,63}$"}}));
      }
      return count(std::move(out), shape, "minProperties", "maxProperties");
    }
    case Form::OneOf: {
      std::vector<Value> options;
      for (const Shape* const option : shape.options) {
        options.push_back(schema_of(*option));
      }
      return any_of(std::move(options));
    }
    default:
      break;
  }
  std::vector<Value> options = options_of(shape);
  if (!shape.plain && shape.form != Form::Text) {
    options.push_back(text_of_pattern(R"(\$\{)"));  // an expression: what it gives the loader sees
  }
  return any_of(std::move(options));
}

Value present(std::string_view key) {
  Value not_null = object({{"not", object({{"type", "null"}})}});
  return object({{"required", array({key})}, {"properties", object({{key, std::move(not_null)}})}});
}

Value any_present(const std::vector<std::string_view>& keys) {
  std::vector<Value> options;
  for (const std::string_view key : keys) {
    options.push_back(present(key));
  }
  return any_of(std::move(options));
}

Value choice_of(const Choice& choice) {
  Value forms = Value::array();
  std::vector<std::string_view> all;
  for (const auto& form : choice.forms) {
    forms.push(any_present(form));
    all.insert(all.end(), form.begin(), form.end());
  }
  if (!choice.required) {
    forms.push(object({{"not", any_present(all)}}));
  }
  return object({{"oneOf", std::move(forms)}});
}

Value schema_of(const Table& table) {
  Value properties = Value::object();
  Value rules = Value::array();
  for (const Field& field : table.fields) {
    Value property = nullable(*field.shape);
    std::string doc(field.doc);
    if (!field.fallback.empty()) {
      doc += (doc.empty() ? "Default: " : " Default: ") + std::string(field.fallback) + ".";
    }
    if (!doc.empty()) {
      property.set("description", std::move(doc));
    }
    properties.set(field.key, std::move(property));
    if (field.required) {
      rules.push(present(field.key));
    }
    if (!field.with.empty()) {
      rules.push(any_of({object({{"not", present(field.key)}}), any_present(field.with)}));
    }
  }
  for (const Choice& choice : table.choices) {
    rules.push(choice_of(choice));
  }
  Value out = object({{"description", table.doc},
                      {"type", "object"},
                      {"properties", std::move(properties)},
                      {"additionalProperties", false}});
  if (!rules.items().empty()) {
    out.set("allOf", std::move(rules));
  }
  return out;
}

}  // namespace

json::Value schema() {
  Value definitions = Value::object();
  for (const Table& table : language().tables()) {
    definitions.set(table.name, schema_of(table));
  }
  return object({{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "rehearse scenario"},
                 {"$ref", "#/$defs/scenario"},
                 {"$defs", std::move(definitions)}});
}

}  // namespace rehearse::scenarios
