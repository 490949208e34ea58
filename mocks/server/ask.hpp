#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/base/call_features.hpp"
#include "harness/base/result.hpp"
#include "harness/json/value.hpp"
#include "harness/wire/api_error.hpp"
#include "harness/wire/chat.hpp"
#include "harness/wire/embedding.hpp"
#include "harness/wire/gemini_path.hpp"
#include "harness/wire/http_message.hpp"
#include "mocks/latency/profile.hpp"
#include "mocks/script/png.hpp"
#include "mocks/server/script.hpp"

namespace rehearse::server {

// Seconds since the epoch that every answer claims to be made at: answers are the same in every
// run.
inline constexpr std::int64_t kCreated = 1'795'219'200;  // 2026-11-21

// Of one generic reply, whatever its profile draws.
inline constexpr std::int64_t kMostReplyBytes = 64 << 20;

class ResponseBook;

// One request, understood.
struct Ask {
  std::string operation;
  std::string model;  // as asked; empty: the profile's default
  std::string size;
  std::string quality;
  CallFeatures amounts;  // its texts are filled in from the above by whoever keeps them
  std::unique_ptr<Script> script;
  bool deferred = false;  // the client does not wait: it asks later how far it has come
  std::optional<wire::ApiError> refused;  // understood, but the provider does not do that
};

// What understanding a request takes. All of it outlives the call.
struct Stagehand {
  const latency::Profile& profile;
  std::shared_ptr<script::PngMaker> pictures;
  std::shared_ptr<ResponseBook> responses;
  std::string origin;  // "http://127.0.0.1:8080": where pictures are fetched
  std::uint64_t seed = 1;
  bool scripted = false;  // the call names its own draw: nothing is refused that sim would take
};

// By endpoint. Errors name the place in the body.
Result<Ask> ask_openai_chat(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_openai_responses(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_openai_image(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_openai_image_edit(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_openai_speech(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_openai_transcription(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_openai_translation(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_openai_moderation(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_openai_video(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_openai_embedding(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_ollama_chat(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_ollama_generate(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_ollama_embed(const wire::Request& request, const Stagehand& hand);
Result<Ask> ask_ollama_embeddings(const wire::Request& request, const Stagehand& hand);
// A prediction of `model` with this input; the answer's body is its output alone.
struct ReplicateInput {
  std::string model;
  const json::Value& input;
};
Result<Ask> ask_replicate(const ReplicateInput& request, const Stagehand& hand);
// Whether its generic endpoints are those that it describes, and no guesses.
bool is_described(const latency::Profile& profile);
// The described endpoint (latency::Entry::endpoint) that the request is for; `path` is below the
// mount. Where none has this method, `method_only` says that the path is one's.
const latency::Entry* find_endpoint(const latency::Profile& profile, std::string_view method,
                                    std::string_view path, bool* method_only = nullptr);
Result<Ask> ask_endpoint(const wire::Request& request, std::string_view path,
                         const latency::Entry& entry, const Stagehand& hand);
// Any method and path; `path` is below the mount.
Result<Ask> ask_generic(const wire::Request& request, std::string_view path, const Stagehand& hand);

// A text generation without its script.
Ask chat_ask(const wire::ChatRequest& request, bool scripted);
Result<Ask> ask_anthropic_chat(const wire::Request& request, const Stagehand& hand);
// One method of a Gemini model: text, pictures, embeddings. An action that is none of these is an
// error.
Result<Ask> ask_gemini(const wire::Request& request, const wire::gemini::Method& method,
                       const Stagehand& hand);
// `path` is below the mount; nothing where it is none of Stability's.
std::optional<Result<Ask>> ask_stability(const wire::Request& request, std::string_view path,
                                         const Stagehand& hand);
// Vectors for an embedding, in whatever words `encode` has.
using EncodeEmbedding = std::function<std::string(const wire::EmbeddingReply&)>;
std::unique_ptr<Script> make_embedding_script(wire::EmbeddingRequest request, std::string model,
                                              std::uint64_t seed, EncodeEmbedding encode);

// The name that an answer gives to its model.
std::string answer_model(const latency::Profile& profile, std::string_view operation,
                         const std::string& asked);

}  // namespace rehearse::server
