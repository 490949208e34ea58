#pragma once

#include <string>

namespace rehearse::net {

enum class Flavour { OpenAi, Ollama, Generic };

// How an operation of a provider looks on the wire.
struct EndpointSpec {
  std::string operation;  // "chat", "image", "speech", "transcription", "embedding", or any name
  Flavour flavour = Flavour::Generic;
  std::string method = "POST";
  std::string path;  // behind the base URL; empty: the flavour's own, "/OPERATION" of a generic one
};

// What kind of codec such an endpoint needs.
enum class Codec { Chat, OllamaChat, Image, Speech, Transcription, Embedding, Generic };
Codec codec_of(const EndpointSpec& endpoint);
// The path with its default filled in.
std::string path_of(const EndpointSpec& endpoint);

}  // namespace rehearse::net
