#pragma once

#include "scenarios/node.hpp"
#include "scenarios/resolve.hpp"
#include "scenarios/shape.hpp"

namespace rehearse::scenarios {

// What a check needs to know besides the value.
struct CheckContext {
  const Environment& environment;
  Sink& sink;
  const json::Value* base = nullptr;  // the file before the variants: what a patch must null
};

// Holds a value against its shape and reports everything that does not fit: unknown keys, wrong
// types, values out of range, alternatives used at once. Names are not looked up here.
void check(const Shape& shape, const Node& node, const CheckContext& context);

// The option of a OneOf that a value of this JSON kind belongs to; nullptr where there is none.
const Shape* option_for(const Shape& shape, const json::Value& value);

}  // namespace rehearse::scenarios
