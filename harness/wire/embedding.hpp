#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::wire {

struct EmbeddingInput {
  std::string text;         // empty where token numbers came instead
  std::int64_t tokens = 0;  // mock tokens of the text, or the count of token numbers
  bool operator==(const EmbeddingInput&) const = default;
};

struct EmbeddingRequest {
  std::string model;
  std::vector<EmbeddingInput> inputs;
  std::optional<std::int64_t> dimensions;
  bool base64 = false;  // what the official SDKs ask for
  bool operator==(const EmbeddingRequest&) const = default;
};

struct EmbeddingReply {
  std::string model;
  std::vector<std::vector<float>> vectors;
  std::int64_t input_tokens = 0;
  bool operator==(const EmbeddingReply&) const = default;
};

}  // namespace rehearse::wire
