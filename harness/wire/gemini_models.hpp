#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

// GET {base}/{version}/models in Gemini's words.
namespace rehearse::wire::gemini {

struct Model {
  std::string id;                    // without "models/"
  std::vector<std::string> actions;  // "generateContent", …
  bool operator==(const Model&) const = default;
};

// All on one page.
std::string encode_models(const std::vector<Model>& models);
std::string encode_model(const Model& model);
Result<std::vector<Model>> decode_models(std::string_view body);

}  // namespace rehearse::wire::gemini
