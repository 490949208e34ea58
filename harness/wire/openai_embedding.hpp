#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/wire/embedding.hpp"

// OpenAI embeddings, POST {base}/embeddings.
namespace rehearse::wire::openai {

inline constexpr std::string_view kEmbeddingPath = "/embeddings";

std::string encode_embedding_request(const EmbeddingRequest& request);
// input: a text, texts, token numbers, or lists of token numbers.
Result<EmbeddingRequest> decode_embedding_request(std::string_view body);

// base64: little-endian float32, which the SDKs need where they asked for it (a float array is then
// silently read as an empty vector).
std::string encode_embedding_reply(const EmbeddingReply& reply, bool base64);
// Reads both forms.
Result<EmbeddingReply> decode_embedding_reply(std::string_view body);

}  // namespace rehearse::wire::openai
