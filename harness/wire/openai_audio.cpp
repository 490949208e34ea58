#include "harness/wire/openai_audio.hpp"

#include <array>

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/openai_form.hpp"

namespace rehearse::wire {
namespace {

struct FormatNames {
  AudioFormat format;
  std::string_view name;
  std::string_view content_type;
};

constexpr std::array<FormatNames, 6> kFormats = {{{AudioFormat::Mp3, "mp3", "audio/mpeg"},
                                                  {AudioFormat::Opus, "opus", "audio/opus"},
                                                  {AudioFormat::Aac, "aac", "audio/aac"},
                                                  {AudioFormat::Flac, "flac", "audio/flac"},
                                                  {AudioFormat::Wav, "wav", "audio/wav"},
                                                  {AudioFormat::Pcm, "pcm", "audio/pcm"}}};

}  // namespace

std::string_view audio_format_name(AudioFormat format) {
  return kFormats[static_cast<std::size_t>(format)].name;
}

std::string_view audio_content_type(AudioFormat format) {
  return kFormats[static_cast<std::size_t>(format)].content_type;
}

std::optional<AudioFormat> parse_audio_format(std::string_view name) {
  for (const FormatNames& names : kFormats) {
    if (names.name == name) {
      return names.format;
    }
  }
  return std::nullopt;
}

namespace openai {
namespace {

constexpr std::array<std::string_view, 5> kTranscriptFormats = {"json", "text", "verbose_json",
                                                                "srt", "vtt"};

std::optional<TranscriptFormat> parse_transcript_format(std::string_view name) {
  for (std::size_t i = 0; i < kTranscriptFormats.size(); ++i) {
    if (kTranscriptFormats[i] == name) {
      return static_cast<TranscriptFormat>(i);
    }
  }
  return std::nullopt;
}

std::string voice_of(Fields& fields) {
  const json::Value* voice = fields.find("voice");
  if (voice != nullptr && voice->is_object()) {  // a custom voice: {"id": …}
    return Fields(*voice, fields.pointer("voice"), fields.errors()).text("id");
  }
  return fields.text("voice", "alloy");
}

}  // namespace

std::string_view transcript_format_name(TranscriptFormat format) {
  return kTranscriptFormats[static_cast<std::size_t>(format)];
}

std::string encode_speech_request(const SpeechRequest& request) {
  json::Value body = object_of({{"model", request.model},
                                {"input", request.input},
                                {"voice", request.voice},
                                {"response_format", audio_format_name(request.format)}});
  if (request.speed != 1) {
    body.set("speed", request.speed);
  }
  if (request.stream != SpeechStream::Unsaid) {
    body.set("stream_format", request.stream == SpeechStream::Events ? "sse" : "audio");
  }
  return json::dump(body);
}

Result<SpeechRequest> decode_speech_request(std::string_view text) {
  return decode_body<SpeechRequest>(text, [&](Fields& fields, SpeechRequest& request) {
    request.model = fields.required_text("model");
    request.input = fields.required_text("input");
    request.voice = voice_of(fields);
    const std::string format = fields.text("response_format", "mp3");
    if (const auto known = parse_audio_format(format)) {
      request.format = *known;
    } else {
      fields.fail("response_format",
                  expected_found("mp3, opus, aac, flac, wav or pcm", json::Value(format)));
    }
    request.speed = fields.number("speed", 0.25, 4).value_or(1);
    const std::string stream = fields.text("stream_format");
    request.stream = stream == "sse"     ? SpeechStream::Events
                     : stream == "audio" ? SpeechStream::Audio
                                         : SpeechStream::Unsaid;
    if (!stream.empty() && request.stream == SpeechStream::Unsaid) {
      fields.fail("stream_format", expected_found("audio or sse", json::Value(stream)));
    }
  });
}

Request encode_transcription_request(const TranscriptionRequest& request, std::string target) {
  std::vector<Part> parts;
  parts.push_back({"file", request.file_name, "application/octet-stream", request.file});
  parts.push_back({"model", "", "", request.model});
  if (!request.language.empty()) {
    parts.push_back({"language", "", "", request.language});
  }
  if (!request.prompt.empty()) {
    parts.push_back({"prompt", "", "", request.prompt});
  }
  parts.push_back({"response_format", "", "", std::string(transcript_format_name(request.format))});
  if (request.stream) {
    parts.push_back({"stream", "", "", "true"});
  }
  if (request.words) {
    parts.push_back({"timestamp_granularities[]", "", "", "word"});
  }
  const std::string boundary = make_boundary(parts);
  return {"POST",
          std::move(target),
          {{"content-type", multipart_type(boundary)}},
          encode_multipart(parts, boundary)};
}

Result<TranscriptionRequest> decode_transcription_request(std::vector<Part> parts) {
  TranscriptionRequest request;
  Errors errors;
  bool file = false;
  for (Part& part : parts) {
    if (part.name == "file") {
      file = true;
      request.file_name = std::move(part.file_name);
      request.file = std::move(part.body);
    } else if (part.name == "model") {
      request.model = std::move(part.body);
    } else if (part.name == "language") {
      request.language = std::move(part.body);
    } else if (part.name == "stream") {
      request.stream = part.body == "true";
    } else if (part.name == "timestamp_granularities[]" || part.name == "timestamp_granularities") {
      request.words = request.words || part.body == "word";
    } else if (part.name == "prompt") {
      request.prompt = std::move(part.body);
    } else if (part.name == "response_format") {
      const auto format = parse_transcript_format(part.body);
      request.format = format.value_or(TranscriptFormat::Json);
      if (!format) {
        errors.push_back({"/response_format", expected_found("json, text, verbose_json, srt or vtt",
                                                             json::Value(part.body))});
      }
    }
  }
  if (!file) {
    errors.push_back({"/file", "expected an audio file, found nothing"});
  }
  if (request.model.empty()) {
    errors.push_back({"/model", "expected a model's name, found nothing"});
  }
  if (!errors.empty()) {
    return errors;
  }
  return request;
}

Result<TranscriptionRequest> decode_transcription_request(const Request& request) {
  auto parts = decode_form(request);
  if (!parts) {
    return parts.errors();
  }
  return decode_transcription_request(std::move(*parts));
}

}  // namespace openai
}  // namespace rehearse::wire
