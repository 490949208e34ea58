#include "mocks/script/embedding.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "harness/base/rng.hpp"
#include "mocks/script/content.hpp"

namespace rehearse::script {

std::int64_t embedding_dimensions(std::string_view model) {
  constexpr std::pair<std::string_view, std::int64_t> kKnown[] = {
      {"text-embedding-3-large", 3072}, {"text-embedding-3-small", 1536},
      {"text-embedding-ada-002", 1536}, {"nomic-embed-text", 768},
      {"mxbai-embed-large", 1024},      {"all-minilm", 384}};
  for (const auto& [name, dimensions] : kKnown) {
    if (model.starts_with(name)) {
      return dimensions;
    }
  }
  return 1536;
}

std::vector<float> embedding(const EmbeddingSpec& spec) {
  const std::int64_t wanted =
      spec.dimensions > 0 ? spec.dimensions : embedding_dimensions(spec.model);
  const auto dimensions = static_cast<std::size_t>(std::clamp<std::int64_t>(wanted, 1, 16'384));
  Bits bits(content_key(content_key(spec.seed, spec.model), spec.text));
  std::vector<double> raw(dimensions);
  double square = 0;
  for (double& value : raw) {
    value = 2 * unit_interval(bits.next()) - 1;  // never 0, so the length is positive
    square += value * value;
  }
  const double length = std::sqrt(square);  // IEEE: the same bits everywhere
  std::vector<float> out(dimensions);
  std::transform(raw.begin(), raw.end(), out.begin(),
                 [length](double value) { return static_cast<float>(value / length); });
  return out;
}

}  // namespace rehearse::script
