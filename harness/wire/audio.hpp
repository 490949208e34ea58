#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/wire/chat.hpp"

namespace rehearse::wire {

enum class AudioFormat { Mp3, Opus, Aac, Flac, Wav, Pcm };

std::string_view audio_format_name(AudioFormat format);   // "mp3"
std::string_view audio_content_type(AudioFormat format);  // "audio/mpeg"
std::optional<AudioFormat> parse_audio_format(std::string_view name);

// How speech comes that is sent while it is made: as its bytes (also where nothing is said), or as
// events that hold pieces of them.
enum class SpeechStream { Unsaid, Audio, Events };

struct SpeechRequest {
  std::string model;
  std::string input;
  std::string voice = "alloy";
  AudioFormat format = AudioFormat::Mp3;
  double speed = 1;  // 0.25 to 4
  SpeechStream stream = SpeechStream::Unsaid;
  bool operator==(const SpeechRequest&) const = default;
};

enum class TranscriptFormat { Json, Text, VerboseJson, Srt, Vtt };

struct TranscriptionRequest {
  std::string model;
  std::string file_name = "audio.wav";
  std::string file;  // the audio's bytes
  std::string language;
  std::string prompt;
  TranscriptFormat format = TranscriptFormat::Json;
  bool stream = false;
  bool words = false;  // their instants are asked for too
  bool operator==(const TranscriptionRequest&) const = default;
};

struct TranscriptSegment {
  double start_s = 0;
  double end_s = 0;
  std::string text;
  bool operator==(const TranscriptSegment&) const = default;
};

struct TranscriptionReply {
  std::string text;
  std::optional<double> seconds;  // of audio, as billed; nothing where the format does not say
  std::string language;
  std::vector<TranscriptSegment> segments;
  std::vector<TranscriptSegment> words = {};
  std::optional<Usage> tokens = {};  // billed instead of seconds; the input is audio
  bool operator==(const TranscriptionReply&) const = default;
};

}  // namespace rehearse::wire
