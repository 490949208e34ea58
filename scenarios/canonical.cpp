#include <algorithm>

#include "harness/json/write.hpp"
#include "scenarios/check.hpp"
#include "scenarios/merge.hpp"

namespace rehearse::scenarios {
namespace {

json::Value stripped(const Shape& shape, const json::Value& value) {
  const Shape* const option = option_for(shape, value);
  if (option == nullptr || option->form == Form::Any) {
    return value;
  }
  if (value.is_array() && option->form == Form::Array) {
    json::Value out = json::Value::array();
    for (const json::Value& item : value.items()) {
      out.push(stripped(*option->of, item));
    }
    return out;
  }
  if (!value.is_object() || (option->form != Form::Map && option->form != Form::Object)) {
    return value;
  }
  json::Value out = json::Value::object();
  for (const json::Member& member : value.members()) {
    const Field* const field =
        option->form == Form::Object ? option->table->find(member.key) : nullptr;
    const bool spoken = field != nullptr && (member.key == "note" || member.key == "$schema");
    if (member.value.is_null() || spoken) {
      continue;
    }
    const Shape* const inner = option->form == Form::Map ? option->of
                               : field != nullptr        ? field->shape
                                                         : nullptr;
    out.members().push_back({member.key,
                             inner == nullptr ? member.value : stripped(*inner, member.value),
                             member.key_position});
  }
  return out;
}

// Writes out what `order` leaves to the place in the file, for `owner` and the groups below it.
void write_order(json::Value& owner, bool sequential, const Environment& environment) {
  if (const json::Value* const order = owner.find("order")) {
    sequential = order->is_array();
    if (order->is_string()) {
      const auto resolved = resolve_text(order->as_string(), environment);
      sequential = resolved && resolved->value == json::Value("sequential");
    }
  }
  json::Value* const stages = owner.find("stages");
  if (stages == nullptr || !stages->is_object()) {
    return;
  }
  const json::Value* const given = owner.find("order");
  if (sequential && (given == nullptr || !given->is_array())) {
    json::Value names = json::Value::array();
    for (const json::Member& member : stages->members()) {
      names.push(member.key);
    }
    owner.set("order", std::move(names));
  }
  for (json::Member& member : owner.find("stages")->members()) {
    if (member.value.is_object()) {
      write_order(member.value, sequential, environment);
    }
  }
}

bool is_sequential(const json::Value& file) {
  const json::Value* const order = file.find("order");
  return order != nullptr && order->is_array();  // write_order has made it a list
}

}  // namespace

std::string canonical_text(const json::Value& merged, const CanonicalPart& part) {
  json::Value text = stripped(*language().file(), merged);
  for (const std::string_view key : {"variants", "claims", "sweep", "objectives", "gate",
                                     "good_job", "volume", "value_per_job"}) {
    text.erase(key);
  }
  Environment environment;
  environment.parameters = part.parameters;
  if (!part.parameters.members().empty()) {
    text.set("parameters", part.parameters);
  }
  write_order(text, false, environment);
  const bool sequential = is_sequential(text);
  json::Value* const workloads = text.find("workloads");
  if (workloads != nullptr && workloads->is_object()) {
    if (!part.workload.empty()) {
      std::erase_if(workloads->members(),
                    [&](const json::Member& member) { return member.key != part.workload; });
    }
    for (json::Member& workload : workloads->members()) {
      json::Value* const tasks = workload.value.find("tasks");
      if (tasks == nullptr || !tasks->is_object()) {
        continue;
      }
      for (json::Member& task : tasks->members()) {
        if (task.value.is_object()) {
          write_order(task.value, sequential, environment);
        }
      }
    }
  }
  return json::dump_canonical(text);
}

}  // namespace rehearse::scenarios
