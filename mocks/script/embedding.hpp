#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace rehearse::script {

// The published dimension of a model; 1,536 where the model is unknown.
std::int64_t embedding_dimensions(std::string_view model);

// A vector of unit length (within 1e-6); its direction depends on (seed, model, text) alone.
struct EmbeddingSpec {
  std::uint64_t seed = 1;
  std::string_view model;
  std::string_view text;
  std::int64_t dimensions = 0;  // 0: the model's
};
std::vector<float> embedding(const EmbeddingSpec& spec);

}  // namespace rehearse::script
