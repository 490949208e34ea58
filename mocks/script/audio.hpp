#pragma once

#include <cstdint>
#include <string>

#include "harness/base/result.hpp"
#include "harness/wire/audio.hpp"

namespace rehearse::script {

inline constexpr double kLongestAudio = 3600;      // seconds
inline constexpr double kMp3FrameSeconds = 0.024;  // the grain of an MP3's duration
inline constexpr int kSampleRate = 24'000;         // of every format here, one channel

// Playable audio of so many seconds. WAV and PCM (16 bit): a quiet tone, exact to a sample. FLAC
// and Opus (in Ogg): silence, exact to a sample. MP3 and AAC (ADTS): silence, exact to half a
// frame. Lengths below zero or past kLongestAudio are errors.
struct AudioSpec {
  wire::AudioFormat format = wire::AudioFormat::Mp3;
  double seconds = 1;
  std::uint64_t content = 0;
};
Result<std::string> make_audio(const AudioSpec& spec);

// How long a voice takes to say so many characters (about 15 a second) at a speed.
double speech_seconds(std::size_t characters, double speed);

}  // namespace rehearse::script
