#include <utility>

#include "harness/json/read.hpp"

namespace rehearse::json {

Value merge_patch(Value target, const Value& patch) {
  if (!patch.is_object()) {
    return patch;
  }
  if (!target.is_object()) {
    target = Value::object();
    target.set_position(patch.position());
  }
  for (const Member& change : patch.members()) {
    if (change.value.is_null()) {
      target.erase(change.key);
    } else if (Value* there = target.find(change.key)) {
      *there = merge_patch(std::move(*there), change.value);
    } else {
      target.members().push_back(
          {change.key, merge_patch(Value(), change.value), change.key_position});
    }
  }
  return target;
}

}  // namespace rehearse::json
