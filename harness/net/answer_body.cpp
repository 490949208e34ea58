#include "harness/net/answer_reader.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/provider/status.hpp"
#include "harness/wire/anthropic_error.hpp"
#include "harness/wire/audio_seconds.hpp"
#include "harness/wire/fault_header.hpp"
#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_embedding.hpp"
#include "harness/wire/gemini_error.hpp"
#include "harness/wire/gemini_image.hpp"
#include "harness/wire/ollama.hpp"
#include "harness/wire/openai_audio.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/openai_embedding.hpp"
#include "harness/wire/openai_error.hpp"
#include "harness/wire/openai_image.hpp"
#include "harness/wire/rate_limit.hpp"
#include "harness/wire/stability.hpp"
#include "harness/wire/usage_header.hpp"

// Answers that come whole, one format each.
namespace rehearse::net {

using provider::Failure;

namespace {

std::int64_t milliseconds(double seconds) { return std::llround(seconds * 1000); }

}  // namespace

void AnswerReader::read_chat(std::string_view body) {
  if (codec_ == Codec::OllamaChat) {
    lines_.emplace_back(body);
    on_lines();
    return;
  }
  const auto reply = read_reply(body);
  if (!reply) {
    fail(Failure::Malformed, reply.error().text());
    return;
  }
  for (const wire::ChatChoice& choice : reply->choices) {
    truncated_ = truncated_ || choice.finish == wire::FinishReason::Length;
  }
  if (call_.keep_text && !reply->choices.empty()) {
    text_ = reply->choices.front().text;
  }
  if (reply->usage) {
    take_usage(*reply->usage);
  }
}

void AnswerReader::read_native_image() {
  wire::Response response;
  response.status = status_;
  response.headers = headers_;
  response.body = std::move(body_);
  const auto reply = codec_ == Codec::StabilityImage
                         ? wire::stability::decode_pictures(response)
                         : wire::gemini::decode_image_reply(response.body);
  if (!reply) {
    fail(Failure::Malformed, reply.error().text());
    return;
  }
  if (headers_.find(wire::kUsageHeaderName)) {
    return;  // said it all
  }
  usage_.images = static_cast<std::int64_t>(reply->images.size());
  if (reply->usage) {
    usage_.input_tokens = reply->usage->input_tokens;
    usage_.output_tokens = reply->usage->output_tokens;
  }
}

// An answer that came whole: what it holds, and whether it can be read at all.
void AnswerReader::read_whole() {
  const bool told = headers_.find(wire::kUsageHeaderName).has_value();
  if (codec_ != Codec::Generic && wire::media_type(headers_.get("content-type")) == "text/html") {
    fail(Failure::Malformed, "expected an answer, found a web page");
    return;
  }
  switch (codec_) {
    case Codec::Chat:
    case Codec::OllamaChat:
    case Codec::AnthropicChat:
    case Codec::GeminiChat:
      read_chat(body_);
      return;
    case Codec::GeminiImage:
    case Codec::StabilityImage:
      read_native_image();
      return;
    case Codec::GeminiEmbedding: {
      const auto reply = wire::gemini::decode_embedding_reply(body_);
      if (!reply) {
        fail(Failure::Malformed, reply.error().text());
      } else if (!told) {
        usage_.input_tokens = call_.features.input_tokens;  // the answer does not say
      }
      return;
    }
    case Codec::Image: {
      const auto reply = wire::openai::decode_image_reply(body_);
      if (!reply) {
        fail(Failure::Malformed, reply.error().text());
        return;
      }
      usage_.images = static_cast<std::int64_t>(reply->images.size());
      if (reply->usage) {
        usage_.input_tokens = reply->usage->input_tokens;
        usage_.output_tokens = reply->usage->output_tokens;
      }
      return;
    }
    case Codec::Speech:
      if (body_.empty()) {
        fail(Failure::Malformed, "expected audio, found nothing");
      } else if (!told) {
        usage_.characters = call_.features.characters;
        usage_.audio_ms = milliseconds(wire::audio_seconds(body_).seconds);
      }
      return;
    case Codec::Transcription: {
      wire::Response response;
      response.status = status_;
      response.headers = headers_;
      response.body = body_;
      const auto reply = wire::openai::decode_transcription_reply(response);
      if (!reply) {
        fail(Failure::Malformed, reply.error().text());
        return;
      }
      if (!told) {
        usage_.audio_ms = reply->seconds ? milliseconds(*reply->seconds) : call_.features.audio_ms;
      }
      text_ = call_.keep_text ? reply->text : std::string();
      return;
    }
    case Codec::Embedding: {
      const auto reply = wire::openai::decode_embedding_reply(body_);
      if (!reply) {
        fail(Failure::Malformed, reply.error().text());
        return;
      }
      usage_.input_tokens = reply->input_tokens;
      return;
    }
    case Codec::Generic:
      if (!told) {
        usage_.bytes = call_.features.bytes;
      }
      text_ = call_.keep_text ? body_ : std::string();
      return;
  }
}

}  // namespace rehearse::net
