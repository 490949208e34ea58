#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/wire/embedding.hpp"

// The rest of Ollama's own API: embeddings (POST /api/embed, and /api/embeddings as it was before),
// and what it says about its models (POST /api/show, GET /api/ps).
namespace rehearse::wire::ollama {

inline constexpr std::string_view kEmbedPath = "/api/embed";
inline constexpr std::string_view kOldEmbedPath = "/api/embeddings";
inline constexpr std::string_view kShowPath = "/api/show";
inline constexpr std::string_view kRunningPath = "/api/ps";
inline constexpr std::string_view kPullPath = "/api/pull";

// input: a text or texts; of the old form a prompt, whose reply holds one vector.
std::string encode_embed_request(const EmbeddingRequest& request);
Result<EmbeddingRequest> decode_embed_request(std::string_view body, bool old_form);

struct EmbedTiming {
  Duration load;
  Duration total;
};
std::string encode_embed_reply(const EmbeddingReply& reply, const EmbedTiming& timing);
std::string encode_old_embed_reply(const EmbeddingReply& reply);
// Either form.
Result<EmbeddingReply> decode_embed_reply(std::string_view body);

// The model that a show, pull or delete request names.
Result<std::string> decode_model_name(std::string_view body);
std::string encode_show(std::string_view model, bool embeds);

struct RunningModel {
  std::string name;
  std::int64_t bytes = 0;
  Instant expires;  // wall time since the epoch
};
std::string encode_running(const std::vector<RunningModel>& models);

// The lines of a pull of a model that is there already.
std::string encode_pull(bool stream);

}  // namespace rehearse::wire::ollama
