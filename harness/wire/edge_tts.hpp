#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"

// Microsoft Edge's read-aloud service: what its WebSocket messages hold.
namespace rehearse::wire::edge_tts {

inline constexpr std::string_view kPath = "/consumer/speech/synthesize/readaloud/edge/v1";
inline constexpr std::string_view kVoicesPath = "/consumer/speech/synthesize/readaloud/voices/list";

// Lines of "Key:Value", an empty line, a body.
struct TextMessage {
  std::string path;  // speech.config, ssml, turn.start, response, audio.metadata, turn.end
  std::string request_id;
  std::string content_type;
  std::string body;
  bool operator==(const TextMessage&) const = default;
};
std::string encode_text(const TextMessage& message);
Result<TextMessage> decode_text(std::string_view message);

// A binary message: two bytes with the length of its header, the header, audio.
struct AudioMessage {
  std::string request_id;
  std::string content_type;
  std::string audio;
  bool operator==(const AudioMessage&) const = default;
};
std::string encode_audio(const AudioMessage& message);
Result<AudioMessage> decode_audio(std::string_view message);

// speech.config: how the audio comes.
struct Config {
  std::string format = "audio-24khz-48kbitrate-mono-mp3";
  bool word_boundaries = false;
  bool sentence_boundaries = false;
  bool operator==(const Config&) const = default;
};
Result<Config> decode_config(std::string_view body);
std::string encode_config(const Config& config);

// What SSML says aloud: its text without tags, entities read, blanks joined. Linear.
std::string spoken_text(std::string_view ssml);

// The place of a word (or sentence) in the audio.
struct Boundary {
  Duration offset;
  Duration length;
  std::string text;
  bool sentence = false;
};
std::string encode_boundary(const Boundary& boundary);

}  // namespace rehearse::wire::edge_tts
