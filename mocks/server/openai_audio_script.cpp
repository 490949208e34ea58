#include <cmath>

#include "harness/wire/audio_seconds.hpp"
#include "harness/wire/openai_audio.hpp"
#include "mocks/script/audio.hpp"
#include "mocks/script/text.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

class SpeechScript final : public Script {
 public:
  explicit SpeechScript(const wire::SpeechRequest& request)
      : format_(request.format), speed_(request.speed) {}

  wire::Response whole(const latency::Plan& plan) override {
    const auto characters =
        static_cast<std::size_t>(std::max<std::int64_t>(plan.usage.characters, 1));
    const double seconds =
        std::min(script::speech_seconds(characters, speed_), script::kLongestAudio);
    auto audio = script::make_audio({format_, seconds, content});
    wire::Response response;
    response.headers.add("content-type", std::string(wire::audio_content_type(format_)));
    response.body = audio ? std::move(*audio) : std::string();
    return response;
  }
  bool heavy(const latency::Plan& plan) const override { return plan.usage.characters > 500; }

 private:
  wire::AudioFormat format_;
  double speed_;
};

class TranscriptionScript final : public Script {
 public:
  TranscriptionScript(wire::TranscriptFormat format, double seconds, std::string language)
      : format_(format), seconds_(seconds), language_(std::move(language)) {}

  wire::Response whole(const latency::Plan& plan) override {
    const double billed = static_cast<double>(plan.usage.audio_ms) / 1e3;
    const double seconds = seconds_ > 0 ? seconds_ : billed;
    wire::TranscriptionReply reply = script::transcript(content, seconds);
    reply.seconds = seconds;
    if (!language_.empty()) {
      reply.language = language_;
    }
    return wire::openai::encode_transcription_reply(reply, format_);
  }

 private:
  wire::TranscriptFormat format_;
  double seconds_;  // of the file; 0: as planned
  std::string language_;
};

std::int64_t code_points(std::string_view text) {
  std::int64_t count = 0;
  for (const char c : text) {
    count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  }
  return count;
}

}  // namespace

Result<Ask> ask_openai_speech(const wire::Request& request, const Stagehand&) {
  const auto decoded = wire::openai::decode_speech_request(request.body);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask;
  ask.operation = "speech";
  ask.model = decoded->model;
  ask.amounts.characters = code_points(decoded->input);
  ask.script = std::make_unique<SpeechScript>(*decoded);
  return ask;
}

Result<Ask> ask_openai_transcription(const wire::Request& request, const Stagehand& hand) {
  const auto decoded = wire::openai::decode_transcription_request(request);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask;
  ask.operation = "transcription";
  ask.model = decoded->model;
  const double seconds = wire::audio_seconds(decoded->file).seconds;
  ask.amounts.audio_ms = std::max<std::int64_t>(std::llround(seconds * 1e3), 1);
  // A scripted call says how long its audio is; its file may be filler.
  ask.script = std::make_unique<TranscriptionScript>(decoded->format, hand.scripted ? 0 : seconds,
                                                     decoded->language);
  return ask;
}

}  // namespace rehearse::server
