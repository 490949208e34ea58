#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

// GET {base}/v1/models in Anthropic's words.
namespace rehearse::wire::anthropic {

inline constexpr std::string_view kModelsPath = "/v1/models";

// Each model's id is shown as its display name too; all fit on one page.
std::string encode_models(const std::vector<std::string>& ids);
std::string encode_model(std::string_view id);
Result<std::vector<std::string>> decode_models(std::string_view body);

}  // namespace rehearse::wire::anthropic
