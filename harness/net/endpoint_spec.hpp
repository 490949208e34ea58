#pragma once

#include <cstdint>
#include <string>

namespace rehearse::net {

enum class Flavour { OpenAi, Ollama, Generic, Anthropic, Gemini, Stability };

// How an operation of a provider looks on the wire.
struct EndpointSpec {
  std::string operation;  // "chat", "image", "speech", "transcription", "embedding", or any name
  Flavour flavour = Flavour::Generic;
  std::string method = "POST";
  std::string path;  // behind the base URL; empty: the flavour's own, "/OPERATION" of a generic one
  std::string default_model = {};       // of a call that names none, where the path must hold one
  std::int64_t default_max_tokens = 0;  // of such a call, where the API demands a limit; 0: none
};

// What kind of codec such an endpoint needs.
enum class Codec {
  Chat,
  OllamaChat,
  Image,
  Speech,
  Transcription,
  Embedding,
  Generic,
  AnthropicChat,
  GeminiChat,
  GeminiImage,
  GeminiEmbedding,
  StabilityImage
};
Codec codec_of(const EndpointSpec& endpoint);
// The path with its default filled in; not of codecs whose path depends on the call.
std::string path_of(const EndpointSpec& endpoint);

}  // namespace rehearse::net
