#include "harness/net/native_request.hpp"

#include <algorithm>

#include "harness/net/filler.hpp"
#include "harness/wire/anthropic_chat.hpp"
#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_embedding.hpp"
#include "harness/wire/gemini_image.hpp"
#include "harness/wire/gemini_path.hpp"
#include "harness/wire/own_request.hpp"
#include "harness/wire/stability.hpp"

namespace rehearse::net {

using provider::Call;

namespace {

std::int64_t max_tokens_of(const EndpointSpec& endpoint, const Call& call) {
  return call.features.max_tokens > 0 ? call.features.max_tokens : endpoint.default_max_tokens;
}

std::string model_of(const EndpointSpec& endpoint, const Call& call) {
  return call.features.model.empty() ? endpoint.default_model : std::string(call.features.model);
}

// What somebody wrote by hand, else that.
std::string own_or(const Call& call, std::string body) {
  return call.request.empty() ? std::move(body) : std::string(call.request);
}

Result<wire::Request> anthropic_chat(const EndpointSpec& endpoint, const Call& call) {
  const std::int64_t most = max_tokens_of(endpoint, call);
  Result<std::string> body = std::string();
  if (call.request.empty()) {
    wire::ChatRequest chat = filler_chat(call.features);
    chat.model = model_of(endpoint, call);
    if (most > 0) {
      chat.max_output_tokens = most;
    }
    body = wire::anthropic::encode_chat_request(chat);
  } else {
    wire::BodyDefaults lacking = {{"model", model_of(endpoint, call)},
                                  {"stream", call.features.stream}};
    if (most > 0) {
      lacking.emplace_back("max_tokens", most);
    }
    body = wire::complete_body(call.request, lacking);
  }
  if (!body) {
    return body.errors();
  }
  wire::Request request = wire::json_post(path_of(endpoint), std::move(*body));
  request.headers.add(std::string(wire::anthropic::kVersionHeader),
                      std::string(wire::anthropic::kVersion));
  return request;
}

Result<wire::Request> gemini_chat(const EndpointSpec& endpoint, const Call& call) {
  auto body = call.request.empty()
                  ? Result(wire::gemini::encode_chat_request(filler_chat(call.features)))
                  : wire::gemini::complete_chat_request(call.request, call.features.max_tokens);
  if (!body) {
    return body.errors();
  }
  const bool stream = call.features.stream;
  const std::string_view action = stream ? wire::gemini::kStreamGenerate : wire::gemini::kGenerate;
  return wire::json_post(
      wire::gemini::method_path(model_of(endpoint, call), action) + (stream ? "?alt=sse" : ""),
      std::move(*body));
}

Result<wire::ImageRequest> image_of(const EndpointSpec& endpoint, const Call& call) {
  const auto size = wire::parse_image_size(call.features.size);
  if (!size) {
    return size.errors();
  }
  wire::ImageRequest image;
  image.model = model_of(endpoint, call);
  image.prompt = filler_tokens(call.features.input_tokens);
  image.count = std::max<std::int64_t>(call.features.n, 1);
  image.size = *size;
  return image;
}

Result<wire::Request> gemini_image(const EndpointSpec& endpoint, const Call& call) {
  auto image = image_of(endpoint, call);
  if (!image) {
    return image.errors();
  }
  image->quality = call.features.quality;
  const std::string_view action =
      wire::gemini::is_imagen(image->model) ? wire::gemini::kPredict : wire::gemini::kGenerate;
  return wire::json_post(wire::gemini::method_path(image->model, action),
                         own_or(call, wire::gemini::encode_image_request(*image)));
}

Result<wire::Request> gemini_embedding(const EndpointSpec& endpoint, const Call& call) {
  wire::EmbeddingRequest embedding;
  embedding.model = model_of(endpoint, call);
  wire::EmbeddingInput input;
  input.text = filler_tokens(call.features.input_tokens);
  embedding.inputs.push_back(std::move(input));
  const bool one = call.request.find("\"requests\"") == std::string::npos && !call.request.empty();
  return wire::json_post(
      wire::gemini::method_path(embedding.model,
                                one ? wire::gemini::kEmbed : wire::gemini::kBatchEmbed),
      own_or(call, wire::gemini::encode_embedding_request(embedding)));
}

Result<wire::Request> stability_image(const EndpointSpec& endpoint, const Call& call) {
  auto image = image_of(endpoint, call);
  if (!image) {
    return image.errors();
  }
  wire::stability::PictureRequest picture;
  picture.image = std::move(*image);
  picture.steps = call.features.steps;
  picture.json = picture.image.count > 1;
  return call.request.empty()
             ? Result(wire::stability::encode_picture_request(picture))
             : wire::stability::complete_picture_request(call.request, std::move(picture));
}

}  // namespace

bool is_native(Codec codec) {
  return codec == Codec::AnthropicChat || codec == Codec::GeminiChat ||
         codec == Codec::GeminiImage || codec == Codec::GeminiEmbedding ||
         codec == Codec::StabilityImage;
}

Result<wire::Request> encode_native(const EndpointSpec& endpoint, const Call& call,
                                    const std::string& base_path) {
  const Codec codec = codec_of(endpoint);
  auto request = codec == Codec::AnthropicChat     ? anthropic_chat(endpoint, call)
                 : codec == Codec::GeminiChat      ? gemini_chat(endpoint, call)
                 : codec == Codec::GeminiImage     ? gemini_image(endpoint, call)
                 : codec == Codec::GeminiEmbedding ? gemini_embedding(endpoint, call)
                                                   : stability_image(endpoint, call);
  if (!request) {
    return request.errors();
  }
  request->target.insert(0, base_path);
  return request;
}

}  // namespace rehearse::net
