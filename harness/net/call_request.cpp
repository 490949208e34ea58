#include "harness/net/call_request.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "harness/net/filler.hpp"
#include "harness/net/native_request.hpp"
#include "harness/wire/call_header.hpp"
#include "harness/wire/endpoint.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/ollama.hpp"
#include "harness/wire/openai_audio.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/openai_embedding.hpp"
#include "harness/wire/openai_image.hpp"
#include "harness/wire/own_request.hpp"

namespace rehearse::net {

using provider::Call;

namespace {

Result<std::string> chat_body(const Call& call, Codec codec) {
  const CallFeatures& f = call.features;
  if (call.request.empty()) {
    const wire::ChatRequest chat = filler_chat(f);
    return codec == Codec::Chat ? wire::openai::encode_chat_request(chat)
                                : wire::ollama::encode_request(chat, wire::ollama::Api::Chat);
  }
  wire::BodyDefaults lacking = {{"model", std::string(f.model)}, {"stream", f.stream}};
  if (codec == Codec::Chat && f.max_tokens > 0) {
    lacking.emplace_back("max_completion_tokens", f.max_tokens);
  }
  if (codec == Codec::Chat && f.n > 1) {
    lacking.emplace_back("n", f.n);
  }
  return wire::complete_body(call.request, lacking);
}

Result<std::string> image_body(const Call& call) {
  const CallFeatures& f = call.features;
  const auto size = wire::parse_image_size(f.size);
  if (!size) {
    return size.errors();
  }
  if (!call.request.empty()) {
    wire::BodyDefaults lacking = {{"model", std::string(f.model)}, {"n", f.n}};
    if (!f.size.empty()) {
      lacking.emplace_back("size", std::string(f.size));
    }
    if (!f.quality.empty()) {
      lacking.emplace_back("quality", std::string(f.quality));
    }
    return wire::complete_body(call.request, lacking);
  }
  wire::ImageRequest request;
  request.model = f.model;
  request.prompt = filler_tokens(f.input_tokens);
  request.count = f.n;
  request.size = *size;
  request.quality = f.quality;
  return wire::openai::encode_image_request(request);
}

Result<std::string> speech_body(const Call& call) {
  const CallFeatures& f = call.features;
  if (!call.request.empty()) {
    return wire::complete_body(call.request,
                               {{"model", std::string(f.model)}, {"voice", std::string("alloy")}});
  }
  wire::SpeechRequest request;
  request.model = f.model;
  request.input = filler_bytes(std::max<std::int64_t>(f.characters, 1));
  return wire::openai::encode_speech_request(request);
}

Result<std::string> embedding_body(const Call& call) {
  const CallFeatures& f = call.features;
  if (!call.request.empty()) {
    return wire::complete_body(call.request, {{"model", std::string(f.model)}});
  }
  wire::EmbeddingRequest request;
  request.model = f.model;
  wire::EmbeddingInput input;
  input.text = filler_tokens(f.input_tokens);
  request.inputs.push_back(std::move(input));
  request.base64 = true;
  return wire::openai::encode_embedding_request(request);
}

void append_le(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) {
    out += static_cast<char>(value >> (8 * i) & 0xff);
  }
}

// A mono, 8-bit WAV of silence that plays for `ms`; its rate is what makes it so many bytes large.
std::string filler_audio(std::int64_t ms, std::int64_t bytes) {
  constexpr std::int64_t kHeader = 44;
  const double seconds = static_cast<double>(std::max<std::int64_t>(ms, 100)) * 1e-3;
  const double wanted = bytes > kHeader ? static_cast<double>(bytes - kHeader) / seconds : 8000;
  const auto rate = static_cast<std::uint32_t>(std::clamp(std::round(wanted), 100.0, 192e3));
  const double exact = std::min(seconds * rate, static_cast<double>(kMostFiller));
  const auto data = static_cast<std::uint32_t>(exact);
  std::string out = "RIFF";
  append_le(out, data + 36, 4);
  out += "WAVEfmt ";
  append_le(out, 16, 4);
  append_le(out, 1, 2);  // PCM
  append_le(out, 1, 2);  // one channel
  append_le(out, rate, 4);
  append_le(out, rate, 4);  // bytes a second
  append_le(out, 1, 2);
  append_le(out, 8, 2);
  out += "data";
  append_le(out, data, 4);
  out.append(data, static_cast<char>(0x80));
  return out;
}

Result<std::string> file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (!file || bytes.empty()) {
    return Error{"request/file", "cannot read " + path};
  }
  return bytes;
}

Result<wire::Request> transcription(const Call& call, std::string target) {
  wire::TranscriptionRequest request;
  request.model = call.features.model;
  if (call.request.empty()) {
    request.file = filler_audio(call.features.audio_ms, call.features.bytes);
  } else {
    const auto body = wire::parse_body(call.request);
    if (!body) {
      return body.errors();
    }
    Errors errors;
    wire::Fields fields(*body, "", errors);
    const std::string path = fields.required_text("file");
    request.model = fields.text("model", request.model);
    request.language = fields.text("language");
    request.prompt = fields.text("prompt");
    if (!errors.empty()) {
      return errors;
    }
    auto bytes = file_bytes(path);
    if (!bytes) {
      return bytes.errors();
    }
    request.file = std::move(*bytes);
    request.file_name = path.substr(path.find_last_of('/') + 1);
  }
  return wire::openai::encode_transcription_request(request, std::move(target));
}

Result<wire::Request> generic(const EndpointSpec& endpoint, const Call& call,
                              const std::string& base_path) {
  Endpoint described;
  described.method = endpoint.method;
  described.path = path_of(endpoint);
  wire::Request request = wire::encode_endpoint_request(
      described,
      static_cast<std::size_t>(std::clamp<std::int64_t>(call.features.bytes, 0, kMostFiller)));
  request.target = base_path + request.target;
  if (!call.request.empty()) {
    request.body = call.request;
    request.headers.set("content-type", "application/json");
  }
  return request;
}

}  // namespace

Result<wire::Request> encode_call(const EndpointSpec& endpoint, const Call& call,
                                  const std::string& base_path) {
  const Codec codec = codec_of(endpoint);
  if (is_native(codec)) {
    return encode_native(endpoint, call, base_path);
  }
  if (codec == Codec::Generic) {
    return generic(endpoint, call, base_path);
  }
  std::string target = base_path + path_of(endpoint);
  if (codec == Codec::Transcription) {
    return transcription(call, std::move(target));
  }
  auto body = codec == Codec::Image       ? image_body(call)
              : codec == Codec::Speech    ? speech_body(call)
              : codec == Codec::Embedding ? embedding_body(call)
                                          : chat_body(call, codec);
  if (!body) {
    return body.errors();
  }
  return wire::json_post(std::move(target), std::move(*body));
}

std::string call_header_of(const Call& call, const EndpointSpec& endpoint) {
  const auto drawn = [](std::int64_t value) {
    return value > 0 ? std::optional(value) : std::nullopt;
  };
  const CallFeatures& f = call.features;
  wire::CallHeader header;
  header.seed = call.key.seed;
  header.job = call.key.job;
  header.stage = call.stage;
  header.item = call.key.item;
  header.attempt = call.key.attempt;
  header.share = call.key.share;
  header.time_ratio = call.time_ratio;
  header.new_connection = call.new_connection;
  header.input_tokens = drawn(f.input_tokens);
  header.output_tokens = drawn(f.output_tokens);
  header.cached_tokens = drawn(f.cached_tokens);
  header.steps = drawn(f.steps);
  header.audio_ms = drawn(f.audio_ms);
  header.characters = drawn(f.characters);
  header.bytes = drawn(f.bytes);
  if (is_native(codec_of(endpoint))) {
    header.n = f.n > 1 ? std::optional(f.n) : std::nullopt;
    header.size = f.size;
    header.quality = f.quality;
  }
  return wire::call_header_text(header);
}

}  // namespace rehearse::net
