#include "harness/net/endpoint_spec.hpp"

#include "harness/wire/http_message.hpp"
#include "harness/wire/ollama.hpp"
#include "harness/wire/openai_audio.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/openai_embedding.hpp"
#include "harness/wire/openai_image.hpp"

namespace rehearse::net {

Codec codec_of(const EndpointSpec& endpoint) {
  if (endpoint.flavour == Flavour::Generic) {
    return Codec::Generic;
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
    case Codec::Generic:
      break;
  }
  return "/" + wire::percent_encode(endpoint.operation);
}

}  // namespace rehearse::net
