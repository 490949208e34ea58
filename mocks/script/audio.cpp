#include "mocks/script/audio.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "mocks/script/byte_order.hpp"
#include "mocks/script/silence.hpp"

namespace rehearse::script {
namespace {

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
  return "RIFF" + little_endian(36 + data_bytes, 4) + "WAVEfmt " + little_endian(16, 4) +
         little_endian(1, 2) + little_endian(1, 2) + little_endian(kSampleRate, 4) +
         little_endian(kSampleRate * kBytesPerSample, 4) + little_endian(kBytesPerSample, 2) +
         little_endian(16, 2) + "data" + little_endian(data_bytes, 4);
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
      return silent_mp3(spec.seconds, spec.content);
    case wire::AudioFormat::Opus:
      return silent_opus(spec.seconds, spec.content);
    case wire::AudioFormat::Aac:
      return silent_aac(spec.seconds, spec.content);
    case wire::AudioFormat::Flac:
      return silent_flac(spec.seconds, spec.content);
  }
  return Error{"response_format", "expected a known audio format, found another"};
}

}  // namespace rehearse::script
