#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/embedding.hpp"

// Gemini embeddings: models/{model}:embedContent of one text, :batchEmbedContents of several.
namespace rehearse::wire::gemini {

inline constexpr std::string_view kEmbed = "embedContent";
inline constexpr std::string_view kBatchEmbed = "batchEmbedContents";

// Always as a batch. The model of the path stands in each of its requests too.
std::string encode_embedding_request(const EmbeddingRequest& request);
Result<EmbeddingRequest> decode_embedding_request(std::string_view body, std::string_view action);

// {"embeddings": […]} of a batch, {"embedding": {…}} of one; floats, never base64. Gemini does not
// say how many tokens it read.
std::string encode_embedding_reply(const EmbeddingReply& reply, std::string_view action);
Result<EmbeddingReply> decode_embedding_reply(std::string_view body);

}  // namespace rehearse::wire::gemini
