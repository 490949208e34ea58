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

std::string_view transcript_format_name(TranscriptFormat format);

}  // namespace rehearse::wire::openai
