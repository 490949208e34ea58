#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/wire/audio.hpp"
#include "harness/wire/http_message.hpp"
#include "harness/wire/multipart.hpp"

// OpenAI audio: POST {base}/audio/speech (JSON in, audio out) and {base}/audio/transcriptions
// (multipart in, text out).
namespace rehearse::wire::openai {

inline constexpr std::string_view kSpeechPath = "/audio/speech";
inline constexpr std::string_view kTranscriptionPath = "/audio/transcriptions";
inline constexpr std::string_view kTranslationPath = "/audio/translations";

std::string encode_speech_request(const SpeechRequest& request);
Result<SpeechRequest> decode_speech_request(std::string_view body);

// The whole request, since its content type holds the boundary; `target` is its path.
Request encode_transcription_request(const TranscriptionRequest& request, std::string target);
// From the parts of a MultipartDecoder that was fed while the body arrived.
Result<TranscriptionRequest> decode_transcription_request(std::vector<Part> parts);
// The same from a whole request.
Result<TranscriptionRequest> decode_transcription_request(const Request& request);

// With the content type of the format asked for.
Response encode_transcription_reply(const TranscriptionReply& reply, TranscriptFormat format);
Result<TranscriptionReply> decode_transcription_reply(const Response& response);

// The events of streamed transcripts and speech, each a whole SSE frame.
std::string encode_transcript_delta(std::string_view piece);
std::string encode_transcript_done(const TranscriptionReply& reply);
std::string encode_speech_delta(std::string_view bytes);
std::string encode_speech_done(const Usage& usage);

// One such event, read: the text or the bytes of a delta; with `done` the whole text and the usage.
struct AudioEvent {
  bool done = false;
  std::string piece;
  std::optional<Usage> usage;
};
Result<AudioEvent> decode_audio_event(std::string_view data);

std::string_view transcript_format_name(TranscriptFormat format);

}  // namespace rehearse::wire::openai
