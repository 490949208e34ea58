#include "harness/engine/call_plan.hpp"

#include <algorithm>

namespace rehearse::engine {
namespace {

void add(CallPlan& plan, const CallPlan::Varying& what) {
  if (what.amount->is_constant()) {
    plan.features.*what.field =
        std::max(what.least, whole(what.amount->value(0.5, {}) * what.units));
  } else {
    plan.varying.push_back(what);
  }
}

}  // namespace

CallPlan plan_call(const scenarios::CallSpec& spec) {
  using F = CallFeatures;
  using D = Dimension;
  CallPlan out;
  out.features.operation = spec.operation;
  out.features.model = spec.model.constant;
  out.features.size = spec.size.constant;
  out.features.quality = spec.quality.constant;
  out.features.stream = spec.stream;
  out.texts_vary = spec.model.expression || spec.size.expression || spec.quality.expression;
  add(out, {&spec.input_tokens, &F::input_tokens, D::InputTokens});
  add(out, {&spec.cached_tokens, &F::cached_tokens, D::CachedTokens});
  if (spec.output_tokens) {
    add(out, {&*spec.output_tokens, &F::output_tokens, D::OutputTokens});
  }
  if (spec.max_tokens) {
    add(out, {&*spec.max_tokens, &F::max_tokens, D::OutputTokens});
  }
  add(out, {&spec.n, &F::n, D::Content, 1});
  add(out, {&spec.steps, &F::steps, D::Content});
  add(out, {&spec.seconds, &F::audio_ms, D::Content, 0, 1000});
  add(out, {&spec.characters, &F::characters, D::Content});
  if (spec.bytes) {
    add(out, {&*spec.bytes, &F::bytes, D::Bytes});
  }
  return out;
}

}  // namespace rehearse::engine
