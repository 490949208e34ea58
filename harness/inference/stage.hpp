#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/inference/order.hpp"
#include "harness/inference/service.hpp"
#include "harness/inference/step.hpp"
#include "harness/json/value.hpp"

namespace rehearse::inference {

// What stages are written from.
struct Pipeline {
  const std::vector<SeenJob>& jobs;
  const std::vector<Step>& steps;
  const Order& order;
  const Services& services;
};

// The stage of a step; says in `notes` what people should know of it.
json::Value stage_of(const Pipeline& pipeline, std::size_t step, std::vector<std::string>& notes);

// How the calls of a step look to a mock: path, model, and their number among all that look so.
json::Value match_of(const Pipeline& pipeline, std::size_t step, std::vector<std::string>& notes);

// The variant, a condition, that brings the failed attempts back; null where there were none.
json::Value failing_variant(const Pipeline& pipeline);

}  // namespace rehearse::inference
