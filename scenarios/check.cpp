#include "scenarios/check.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "scenarios/expression_node.hpp"

namespace rehearse::scenarios {
namespace {

constexpr std::size_t kLongestText = 64u << 10;

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0                  ? "\""
             : i + 1 == words.size() ? " or \""
                                     : ", \"") +
            std::string(words[i]) + "\"";
  }
  return text;
}

std::string kind_of(const Shape& shape) {
  switch (shape.form) {
    case Form::Boolean:
      return "true or false";
    case Form::Integer:
      return "a whole number";
    case Form::Number:
      return "a number";
    case Form::Text:
      return "a text";
    case Form::Name:
      return "a name";
    case Form::Words:
      return listed(shape.words);
    case Form::Quantity:
      return std::string(expected_quantity(shape.unit));
    case Form::Figure:
      return "a figure such as \"4s\" or \"0.04 USD\"";
    case Form::Array:
      return "an array";
    case Form::Map:
    case Form::Object:
      return "an object";
    case Form::Any:
      return "a value";
    case Form::OneOf:
      break;
  }
  std::string text;
  for (const Shape* const option : shape.options) {
    text += (text.empty() ? "" : " or ") + kind_of(*option);
  }
  return text;
}

std::string plain_number(double value) {
  const bool whole = std::abs(value) < 1e15 && value == std::floor(value);
  return whole ? std::to_string(static_cast<std::int64_t>(value)) : number_text(value);
}

void expected(const Shape& shape, const Node& node, const CheckContext& context) {
  context.sink.add(node, "expected " + kind_of(shape) + ", found " + found(*node));
}

// The patch that removes one key, as a person would write it into `change`.
std::string null_patch(std::string_view pointer, std::string_view key) {
  std::string open;
  std::string close;
  for (std::size_t at = 1; at < pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', at), pointer.size());
    open += "{\"" + std::string(pointer.substr(at, end - at)) + "\": ";
    close += "}";
    at = end + 1;
  }
  return open + "{\"" + std::string(key) + "\": null}" + close;
}

bool has(const json::Value& object, std::string_view key) {
  const json::Value* const value = object.find(key);
  return value != nullptr && !value->is_null();
}

// For an object that only a variant made: the one of the base that was probably meant.
std::string meant(const Node& node, const CheckContext& context) {
  if (context.base == nullptr || json::pointer_find(*context.base, node.pointer) != nullptr) {
    return "";
  }
  const std::size_t slash = node.pointer.rfind('/');
  const std::string pointer = node.pointer.substr(0, slash);
  const json::Value* const siblings = json::pointer_find(*context.base, pointer);
  std::vector<std::string> names;
  if (siblings != nullptr && siblings->is_object()) {
    for (const json::Member& member : siblings->members()) {
      names.push_back(member.key);
    }
  }
  const std::string name = node.pointer.substr(slash + 1);
  const std::string nearest = nearest_name(name, names);
  return " (the base has no " + quoted_excerpt(name) +
         (nearest.empty() ? ")" : ", did you mean \"" + nearest + "\"?)");
}

void check_choice(const Choice& choice, const Node& node, const CheckContext& context) {
  std::vector<std::string_view> used;
  for (const auto& form : choice.forms) {
    const auto present = [&](std::string_view key) { return has(*node, key); };
    const auto first = std::find_if(form.begin(), form.end(), present);
    if (first != form.end()) {
      used.push_back(*first);
    }
  }
  if (used.empty() && choice.required) {
    std::vector<std::string_view> all;
    for (const auto& form : choice.forms) {
      all.insert(all.end(), form.begin(), form.end());
    }
    context.sink.add(node, "expected a " + std::string(choice.what) + ": one of the keys " +
                               listed(all) + ", found none" + meant(node, context));
  }
  if (used.size() < 2) {
    return;
  }
  std::string what = "two of the alternatives at once for the " + std::string(choice.what) + ": " +
                     listed(used) + "; keep one";
  const json::Value* const before =
      context.base == nullptr ? nullptr : json::pointer_find(*context.base, node.pointer);
  const auto old = [&](std::string_view key) { return before != nullptr && has(*before, key); };
  for (const std::string_view key : used) {
    if (old(key) && !std::all_of(used.begin(), used.end(), old)) {
      what += " (the base has \"" + std::string(key) + "\": put " + null_patch(node.pointer, key) +
              " into the change)";
    }
  }
  context.sink.add(node, what);
}

void unknown_key(const Table& table, const json::Member& member, const Node& node,
                 const CheckContext& context) {
  std::vector<std::string_view> keys;
  for (const Field& field : table.fields) {
    keys.push_back(field.key);
  }
  const std::string nearest = nearest_name(member.key, std::span<const std::string_view>(keys));
  context.sink.add(member.key_position, json::pointer_join(node.pointer, member.key),
                   "unknown key " + quoted_excerpt(member.key) +
                       (nearest.empty() ? " in a " + std::string(table.name)
                                        : ", did you mean \"" + nearest + "\"?"));
}

void check_object(const Table& table, const Node& node, const CheckContext& context) {
  for (const json::Member& member : node->members()) {
    const Field* const field = table.find(member.key);
    if (field == nullptr) {
      unknown_key(table, member, node, context);
      continue;
    }
    if (member.value.is_null()) {
      continue;
    }
    const auto beside = [&](std::string_view key) { return has(*node, key); };
    if (!field->with.empty() && std::none_of(field->with.begin(), field->with.end(), beside)) {
      context.sink.add(member.key_position, json::pointer_join(node.pointer, member.key),
                       "\"" + member.key + "\" needs " + listed(field->with) + " beside it");
    }
    check(*field->shape, {&member.value, json::pointer_join(node.pointer, member.key)}, context);
  }
  for (const Field& field : table.fields) {
    if (field.required && !has(*node, field.key)) {
      context.sink.add(node, "the key \"" + std::string(field.key) + "\" is missing");
    }
  }
  for (const Choice& choice : table.choices) {
    check_choice(choice, node, context);
  }
}

void check_map(const Shape& shape, const Node& node, const CheckContext& context) {
  std::size_t count = 0;
  for (const json::Member& member : node->members()) {
    const std::string pointer = json::pointer_join(node.pointer, member.key);
    if (!shape.free_keys && !is_name(member.key, shape.word_keys)) {
      context.sink.add(member.key_position, pointer,
                       std::string("expected a name of at most 64 letters, digits") +
                           (shape.word_keys ? " and _" : ", _ and -") +
                           " that starts with a letter, found " + quoted_excerpt(member.key));
    }
    if (!member.value.is_null()) {
      ++count;
      check(*shape.of, {&member.value, pointer}, context);
    }
  }
  if (static_cast<double>(count) < shape.low || static_cast<double>(count) > shape.high) {
    context.sink.add(
        node, "expected " +
                  std::string(static_cast<double>(count) < shape.low ? "at least " : "at most ") +
                  number_text(static_cast<double>(count) < shape.low ? shape.low : shape.high) +
                  " members, found " + std::to_string(count));
  }
}

void check_array(const Shape& shape, const Node& node, const CheckContext& context) {
  const auto count = static_cast<double>(node->items().size());
  if (count < shape.low || count > shape.high) {
    const std::string many = shape.low == shape.high ? "exactly " + number_text(shape.low)
                             : count < shape.low     ? "at least " + number_text(shape.low)
                                                     : "at most " + number_text(shape.high);
    context.sink.add(node, "expected " + many + " items, found " + number_text(count));
    return;
  }
  for (std::size_t i = 0; i < node->items().size(); ++i) {
    const Node item = node.item(i);
    if (item->is_null()) {
      context.sink.add(item, "expected " + kind_of(*shape.of) + ", found null");
    } else {
      check(*shape.of, item, context);
    }
  }
}

void check_number(const Shape& shape, const Node& node, const CheckContext& context) {
  const double number = node->as_double();
  if (shape.form == Form::Integer && number != std::floor(number)) {
    return expected(shape, node, context);
  }
  if (!(number >= shape.low && number <= shape.high)) {
    context.sink.add(node, "expected " + kind_of(shape) + " from " + plain_number(shape.low) +
                               " to " + plain_number(shape.high) + ", found " + found(*node));
  }
}

void check_scalar(const Shape& shape, const Node& node, bool computed,
                  const CheckContext& context) {
  const json::Value& value = *node;
  switch (shape.form) {
    case Form::Boolean:
      if (!value.is_bool() && !(computed && value.is_number())) {
        expected(shape, node, context);
      }
      return;
    case Form::Integer:
    case Form::Number:
      return value.is_number() ? check_number(shape, node, context)
                               : expected(shape, node, context);
    case Form::Text:
      if (!value.is_string() && !(computed && !value.is_object() && !value.is_array())) {
        expected(shape, node, context);
      }
      return;
    case Form::Words:
      if (!value.is_string() || std::find(shape.words.begin(), shape.words.end(),
                                          value.as_string()) == shape.words.end()) {
        const std::string nearest =
            value.is_string() ? nearest_name(value.as_string(), std::span(shape.words)) : "";
        context.sink.add(node, "expected " + kind_of(shape) + ", found " + found(value) +
                                   (nearest.empty() ? "" : ", did you mean \"" + nearest + "\"?"));
      }
      return;
    case Form::Name:
      if (!value.is_string() || !is_name(value.as_string())) {
        expected(shape, node, context);
      }
      return;
    case Form::Quantity:
      if (auto read = read_quantity(value, shape.unit, computed); !read) {
        context.sink.add(node, read.error().what);
      }
      return;
    case Form::Figure:
      if (auto read = read_claim_figure(value); !read) {
        context.sink.add(node, read.error().what);
      }
      return;
    default:
      return;
  }
}

bool is_plain(const Shape& shape) {
  if (shape.form != Form::OneOf) {
    return shape.plain;
  }
  return std::all_of(
             shape.options.begin(), shape.options.end(),
             [](const Shape* option) { return option->plain || option->form != Form::Text; }) &&
         std::any_of(shape.options.begin(), shape.options.end(),
                     [](const Shape* option) { return option->plain; });
}

void check_resolved(const Shape& shape, const Node& node, bool computed,
                    const CheckContext& context) {
  switch (shape.form) {
    case Form::Any:
      return;
    case Form::OneOf:
      if (const Shape* const option = option_for(shape, *node)) {
        return check_resolved(*option, node, computed, context);
      }
      if (computed && node->is_number()) {  // a duration from a number, a text from a number
        return check_resolved(*shape.options.front(), node, computed, context);
      }
      for (const Shape* const option : shape.options) {
        if (node->is_number() && option->form == Form::Quantity) {
          return check_resolved(*option, node, computed, context);  // says which unit is missing
        }
      }
      return expected(shape, node, context);
    case Form::Array:
      return node->is_array() ? check_array(shape, node, context) : expected(shape, node, context);
    case Form::Map:
      return node->is_object() ? check_map(shape, node, context) : expected(shape, node, context);
    case Form::Object:
      return node->is_object() ? check_object(*shape.table, node, context)
                               : expected(shape, node, context);
    default:
      return check_scalar(shape, node, computed, context);
  }
}

}  // namespace

const Shape* option_for(const Shape& shape, const json::Value& value) {
  if (shape.form != Form::OneOf) {
    return &shape;
  }
  for (const Shape* const option : shape.options) {
    const Form form = option->form;
    const bool fits = form == Form::OneOf ? option_for(*option, value) != nullptr
                      : value.is_object() ? form == Form::Object || form == Form::Map
                      : value.is_array()  ? form == Form::Array
                      : value.is_bool()   ? form == Form::Boolean
                      : value.is_number()
                          ? form == Form::Integer || form == Form::Number || form == Form::Figure ||
                                (form == Form::Quantity &&
                                 (allows_number(option->unit) || value.as_double() == 0))
                      : value.is_string()
                          ? form == Form::Text || form == Form::Name || form == Form::Figure ||
                                form == Form::Quantity || form == Form::Words
                          : false;
    if (!fits) {
      continue;
    }
    if (form == Form::OneOf) {
      return option_for(*option, value);
    }
    return option;
  }
  return nullptr;
}

void check(const Shape& shape, const Node& node, const CheckContext& context) {
  const json::Value& value = *node;
  if (!value.is_string()) {
    return check_resolved(shape, node, false, context);
  }
  if (value.as_string().size() > kLongestText) {
    context.sink.add(node, "expected a text of at most 64 KiB, found " +
                               std::to_string(value.as_string().size()) + " bytes");
    return;
  }
  if (shape.form == Form::Any || is_plain(shape) || !has_expression(value.as_string())) {
    return check_resolved(shape, node, false, context);
  }
  auto resolved = resolve_text(value.as_string(), context.environment);
  if (!resolved) {
    context.sink.add(node, resolved.error().what);
  } else if (resolved->expression && !shape.per_job) {
    context.sink.add(node,
                     "an input cannot be used here: this is the same for every job "
                     "(a parameter can)");
  } else if (!resolved->expression) {
    json::Value constant = resolved->value;
    constant.set_position(value.position());
    check_resolved(shape, {&constant, node.pointer}, true, context);
  }
}

}  // namespace rehearse::scenarios
