#include "harness/net/endpoint_spec.hpp"

#include "harness/wire/anthropic_chat.hpp"
#include "harness/wire/http_message.hpp"
#include "harness/wire/ollama.hpp"
#include "harness/wire/openai_audio.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/openai_embedding.hpp"
#include "harness/wire/openai_image.hpp"

namespace rehearse::net {

namespace {

// Providers whose words are neither OpenAI's nor Ollama's.
Codec native_codec(const EndpointSpec& endpoint) {
  struct Native {
    Flavour flavour;
    std::string_view operation;
    Codec codec;
  };
  static constexpr Native kNative[] = {{Flavour::Anthropic, "chat", Codec::AnthropicChat},
                                       {Flavour::Gemini, "chat", Codec::GeminiChat},
                                       {Flavour::Gemini, "image", Codec::GeminiImage},
                                       {Flavour::Gemini, "embedding", Codec::GeminiEmbedding},
                                       {Flavour::Stability, "image", Codec::StabilityImage}};
  for (const Native& native : kNative) {
    if (native.flavour == endpoint.flavour && native.operation == endpoint.operation) {
      return native.codec;
    }
  }
  return Codec::Generic;
}

}  // namespace

Codec codec_of(const EndpointSpec& endpoint) {
  if (endpoint.flavour != Flavour::OpenAi && endpoint.flavour != Flavour::Ollama) {
    return native_codec(endpoint);
  }
  if (endpoint.operation == "chat") {
    return endpoint.flavour == Flavour::Ollama ? Codec::OllamaChat : Codec::Chat;
  }
  if (endpoint.flavour == Flavour::Ollama) {
    return Codec::Generic;
  }
  return endpoint.operation == "image"           ? Codec::Image
         : endpoint.operation == "speech"        ? Codec::Speech
         : endpoint.operation == "transcription" ? Codec::Transcription
         : endpoint.operation == "embedding"     ? Codec::Embedding
                                                 : Codec::Generic;
}

std::string path_of(const EndpointSpec& endpoint) {
  if (!endpoint.path.empty()) {
    return endpoint.path;
  }
  switch (codec_of(endpoint)) {
    case Codec::Chat:
      return std::string(wire::openai::kChatPath);
    case Codec::OllamaChat:
      return std::string(wire::ollama::kChatPath);
    case Codec::Image:
      return std::string(wire::openai::kImagePath);
    case Codec::Speech:
      return std::string(wire::openai::kSpeechPath);
    case Codec::Transcription:
      return std::string(wire::openai::kTranscriptionPath);
    case Codec::Embedding:
      return std::string(wire::openai::kEmbeddingPath);
    case Codec::AnthropicChat:
      return std::string(wire::anthropic::kMessagesPath);
    default:
      break;
  }
  return "/" + wire::percent_encode(endpoint.operation);
}

}  // namespace rehearse::net
