#include <algorithm>
#include <cmath>

#include "harness/wire/audio_seconds.hpp"
#include "harness/wire/openai_audio.hpp"
#include "mocks/script/audio.hpp"
#include "mocks/script/text.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

constexpr double kTokensPerAudioSecond = 10;   // OpenAI's guide: audio in
constexpr double kTokensPerSpokenSecond = 20;  // and out

std::int64_t tokens_of(double seconds, double each) {
  return std::max<std::int64_t>(std::llround(seconds * each), 1);
}

class SpeechScript final : public Script {
 public:
  SpeechScript(const wire::SpeechRequest& request, bool stream)
      : format_(request.format),
        speed_(request.speed),
        input_tokens_(wire::token_count(request.input.size())),
        events_(request.stream == wire::SpeechStream::Events),
        stream_(stream) {}

  wire::Response whole(const latency::Plan& plan) override {
    wire::Response response;
    response.headers.add("content-type", std::string(wire::audio_content_type(format_)));
    response.body = audio(plan);
    return response;
  }
  bool heavy(const latency::Plan& plan) const override { return plan.usage.characters > 500; }

  std::string_view stream_type() const override {
    return !stream_  ? std::string_view()
           : events_ ? std::string_view("text/event-stream")
                     : wire::audio_content_type(format_);
  }
  void prepare(const latency::Plan& plan) override { audio_ = audio(plan); }
  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    if (from == 0 && audio_.empty()) {
      prepare(plan);
    }
    const auto all = static_cast<std::size_t>(std::max<std::int64_t>(plan.usage.characters, 1));
    const std::size_t begin = audio_.size() / all * static_cast<std::size_t>(from) +
                              audio_.size() % all * static_cast<std::size_t>(from) / all;
    const std::size_t end = to >= plan.usage.characters
                                ? audio_.size()
                                : audio_.size() / all * static_cast<std::size_t>(to) +
                                      audio_.size() % all * static_cast<std::size_t>(to) / all;
    const std::string_view bytes = std::string_view(audio_).substr(begin, end - begin);
    return !events_        ? std::string(bytes)
           : bytes.empty() ? std::string()
                           : wire::openai::encode_speech_delta(bytes);
  }
  std::string ending(const latency::Plan& plan) override {
    return events_ ? wire::openai::encode_speech_done(
                         {input_tokens_, 0, tokens_of(seconds(plan), kTokensPerSpokenSecond), 0})
                   : std::string();
  }

 private:
  double seconds(const latency::Plan& plan) const {
    const auto characters =
        static_cast<std::size_t>(std::max<std::int64_t>(plan.usage.characters, 1));
    return std::min(script::speech_seconds(characters, speed_), script::kLongestAudio);
  }
  std::string audio(const latency::Plan& plan) const {
    auto made = script::make_audio({format_, seconds(plan), content});
    return made ? std::move(*made) : std::string();
  }

  wire::AudioFormat format_;
  double speed_;
  std::int64_t input_tokens_;
  bool events_;
  bool stream_;
  std::string audio_;
};

class TranscriptionScript final : public Script {
 public:
  TranscriptionScript(const wire::TranscriptionRequest& request, double seconds, bool translation)
      : format_(request.format),
        seconds_(seconds),
        language_(translation ? "english" : request.language),
        words_(request.words),
        stream_(request.stream),
        by_token_(request.model.starts_with("gpt-")) {}

  wire::Response whole(const latency::Plan& plan) override {
    return wire::openai::encode_transcription_reply(reply(plan), format_);
  }
  std::string_view stream_type() const override { return stream_ ? "text/event-stream" : ""; }
  std::uint32_t pieces(const latency::Plan& plan) const override {
    constexpr double kPerSecond = 2.5;  // a word or so each
    return stream_ ? static_cast<std::uint32_t>(std::clamp(heard(plan) * kPerSecond, 1.0, 1e4)) : 0;
  }
  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t) override {
    if (from == 0) {
      reply_ = reply(plan);
    }
    const std::size_t all = pieces(plan);
    const auto at = static_cast<std::size_t>(from);
    const std::size_t begin = reply_.text.size() * at / all;
    const std::size_t end = reply_.text.size() * (at + 1) / all;
    return wire::openai::encode_transcript_delta(
        std::string_view(reply_.text).substr(begin, end - begin));
  }
  std::string ending(const latency::Plan&) override {
    return wire::openai::encode_transcript_done(reply_);
  }

 private:
  double heard(const latency::Plan& plan) const {
    return seconds_ > 0 ? seconds_ : static_cast<double>(plan.usage.audio_ms) / 1e3;
  }
  wire::TranscriptionReply reply(const latency::Plan& plan) const {
    const double seconds = heard(plan);
    wire::TranscriptionReply reply = script::transcript(content, seconds);
    reply.seconds = seconds;
    if (!language_.empty()) {
      reply.language = language_;
    }
    if (words_) {
      reply.words = script::words_of(reply);
    }
    if (by_token_) {
      reply.tokens = wire::Usage{tokens_of(seconds, kTokensPerAudioSecond), 0,
                                 wire::token_count(reply.text.size()), 0};
    }
    return reply;
  }

  wire::TranscriptFormat format_;
  double seconds_;  // of the file; 0: as planned
  std::string language_;
  bool words_;
  bool stream_;
  bool by_token_;  // how it is billed
  wire::TranscriptionReply reply_;
};

std::int64_t code_points(std::string_view text) {
  std::int64_t count = 0;
  for (const char c : text) {
    count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  }
  return count;
}

wire::ApiError refusal(std::string message, const char* param, const char* code) {
  return {400, std::move(message), "invalid_request_error", param, code};
}

Result<Ask> ask_text(const wire::Request& request, const Stagehand& hand, bool translation) {
  const auto decoded = wire::openai::decode_transcription_request(request);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask;
  ask.operation = "transcription";
  ask.model = decoded->model;
  const double seconds = wire::audio_seconds(decoded->file).seconds;
  ask.amounts.audio_ms = std::max<std::int64_t>(std::llround(seconds * 1e3), 1);
  const bool whisper = decoded->model == "whisper-1";
  if (!hand.scripted && !whisper && decoded->format != wire::TranscriptFormat::Json &&
      decoded->format != wire::TranscriptFormat::Text) {
    ask.refused = refusal("response_format '" +
                              std::string(wire::openai::transcript_format_name(decoded->format)) +
                              "' is not compatible with model '" + decoded->model +
                              "'. Use 'json' or 'text' instead.",
                          "response_format", "unsupported_value");
  }
  // A scripted call says how long its audio is; its file may be filler.
  auto script =
      std::make_unique<TranscriptionScript>(*decoded, hand.scripted ? 0 : seconds, translation);
  ask.script = std::move(script);
  return ask;
}

}  // namespace

Result<Ask> ask_openai_speech(const wire::Request& request, const Stagehand& hand) {
  const auto decoded = wire::openai::decode_speech_request(request.body);
  if (!decoded) {
    return decoded.errors();
  }
  constexpr std::int64_t kLongest = 4096;
  Ask ask;
  ask.operation = "speech";
  ask.model = decoded->model;
  ask.amounts.characters = code_points(decoded->input);
  // Speech always comes while it is made; rehearse's own calls say so where they want it.
  const bool stream = decoded->stream != wire::SpeechStream::Unsaid || !hand.scripted;
  ask.amounts.stream = stream;
  if (!hand.scripted && ask.amounts.characters > kLongest) {
    ask.refused = refusal(
        "Invalid 'input': string too long. Expected a string with maximum length "
        "4096, but got a string with length " +
            std::to_string(ask.amounts.characters) + " instead.",
        "input", "string_above_max_length");
  } else if (!hand.scripted && decoded->stream == wire::SpeechStream::Events &&
             decoded->model.starts_with("tts-1")) {
    ask.refused = refusal("stream_format 'sse' is not supported by model '" + decoded->model + "'.",
                          "stream_format", "unsupported_value");
  }
  ask.script = std::make_unique<SpeechScript>(*decoded, stream);
  return ask;
}

Result<Ask> ask_openai_transcription(const wire::Request& request, const Stagehand& hand) {
  return ask_text(request, hand, false);
}

Result<Ask> ask_openai_translation(const wire::Request& request, const Stagehand& hand) {
  return ask_text(request, hand, true);
}

}  // namespace rehearse::server
