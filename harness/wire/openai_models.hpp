#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

// OpenAI models, GET {base}/models and {base}/models/{id}.
namespace rehearse::wire::openai {

inline constexpr std::string_view kModelsPath = "/models";

struct Model {
  std::string id;
  std::int64_t created_s = 0;  // since the epoch
  std::string owner = "system";
  bool operator==(const Model&) const = default;
};

std::string encode_models(const std::vector<Model>& models);
std::string encode_model(const Model& model);
Result<std::vector<Model>> decode_models(std::string_view body);

}  // namespace rehearse::wire::openai
