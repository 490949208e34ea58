#include "mocks/script/audio.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "mocks/script/content.hpp"

namespace rehearse::script {
namespace {

std::string little(std::uint64_t value, int count) {
  std::string out;
  for (int i = 0; i < count; ++i, value >>= 8) {
    out += static_cast<char>(value & 0xFF);
  }
  return out;
}

// A quiet triangle wave between 100 and 400 Hz in whole numbers: the same on every machine.
std::string tone(std::size_t samples, std::uint64_t content) {
  constexpr std::int64_t kLoudness = 1'000;
  const auto period = static_cast<std::int64_t>(60 + content % 180);
  std::string out;
  out.reserve(samples * 2);
  for (std::size_t i = 0; i < samples; ++i) {
    const auto phase =
        static_cast<std::int64_t>((i + (content >> 32)) % static_cast<std::uint64_t>(period));
    const std::int64_t up = std::min(phase, period - phase) * 4 * kLoudness / period - kLoudness;
    const auto sample = static_cast<std::uint16_t>(static_cast<std::int16_t>(up));
    out += static_cast<char>(sample & 0xFF);
    out += static_cast<char>(sample >> 8);
  }
  return out;
}

std::string wav_header(std::size_t data_bytes) {
  constexpr std::uint64_t kBytesPerSample = 2;
  return "RIFF" + little(36 + data_bytes, 4) + "WAVEfmt " + little(16, 4) + little(1, 2) +
         little(1, 2) + little(kSampleRate, 4) + little(kSampleRate * kBytesPerSample, 4) +
         little(kBytesPerSample, 2) + little(16, 2) + "data" + little(data_bytes, 4);
}

// An ID3v2.4 tag with one comment: what makes one answer's bytes differ from another's.
std::string id3_tag(std::uint64_t content) {
  const std::string text = make_id("rehearse-", content, 24);
  const std::string body = std::string(1, '\0') + "eng" + std::string(1, '\0') + text;
  const auto synchsafe = [](std::size_t n) {
    std::string out;
    for (int shift = 21; shift >= 0; shift -= 7) {
      out += static_cast<char>(n >> shift & 0x7F);
    }
    return out;
  };
  const std::string frame = "COMM" + synchsafe(body.size()) + std::string(2, '\0') + body;
  return std::string("ID3\x04\0\0", 6) + synchsafe(frame.size()) + frame;
}

// MPEG 2 layer III, 64 kbit/s, 24 kHz, mono: 192 bytes for 576 samples. All-zero side information
// means no main data, which decodes to silence.
std::string mp3(double seconds, std::uint64_t content) {
  constexpr std::size_t kFrameBytes = 192;
  std::string frame = "\xFF\xF3\x84\xC4";
  frame.resize(kFrameBytes, '\0');
  const auto frames = static_cast<std::size_t>(std::max(seconds / kMp3FrameSeconds + 0.5, 1.0));
  std::string out = id3_tag(content);
  out.reserve(out.size() + frames * kFrameBytes);
  for (std::size_t i = 0; i < frames; ++i) {
    out += frame;
  }
  return out;
}

}  // namespace

double speech_seconds(std::size_t characters, double speed) {
  const double seconds = static_cast<double>(characters) / 15 / std::max(speed, 0.01);
  return std::min(std::max(seconds, 0.1), kLongestAudio);
}

Result<std::string> make_audio(const AudioSpec& spec) {
  if (!(spec.seconds >= 0 && spec.seconds <= kLongestAudio)) {
    return Error{"seconds", "expected audio of 0 to " + number_text(kLongestAudio) +
                                " seconds, found " + number_text(spec.seconds)};
  }
  const auto samples = static_cast<std::size_t>(spec.seconds * kSampleRate + 0.5);
  switch (spec.format) {
    case wire::AudioFormat::Wav:
      return wav_header(samples * 2) + tone(samples, spec.content);
    case wire::AudioFormat::Pcm:
      return tone(samples, spec.content);
    case wire::AudioFormat::Mp3:
      return mp3(spec.seconds, spec.content);
    case wire::AudioFormat::Opus:
    case wire::AudioFormat::Aac:
    case wire::AudioFormat::Flac:
      break;
  }
  return Error{"response_format", "expected mp3, wav or pcm (the mock makes no other), found " +
                                      quoted_excerpt(wire::audio_format_name(spec.format))};
}

}  // namespace rehearse::script
