#pragma once

#include <string_view>

namespace rehearse::wire {

enum class AudioContainer { Wav, Mp3, Aac, Ogg, Flac, Mp4, Unknown };

struct AudioLength {
  double seconds = 0;  // finite, from 0 to 1e6
  AudioContainer container = AudioContainer::Unknown;
  bool from_header = false;  // false: bytes over a bit rate, an estimate
};

// How long an audio file plays. WAV: data bytes over byte rate. MP3: the Xing/Info frame count,
// else the frames one by one (all of a constant rate by its first). OGG: the last granule position
// over the rate of Opus or Vorbis. MP4: mvhd. FLAC: STREAMINFO. AAC: ADTS frames. Else bytes × 8 /
// 128 kbit/s. Never reads past the bytes; linear.
AudioLength audio_seconds(std::string_view file);

}  // namespace rehearse::wire
