#include <array>
#include <cmath>
#include <cstdio>

#include "harness/json/write.hpp"
#include "harness/wire/base64.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/openai_audio.hpp"

namespace rehearse::wire::openai {
namespace {

// "00:01:02,345" (srt) or "00:01:02.345" (vtt).
std::string cue_time(double seconds, char point) {
  const auto ms = static_cast<std::int64_t>(std::min(std::max(seconds, 0.0), 3.6e6) * 1000 + 0.5);
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%02lld:%02lld:%02lld%c%03lld",
                static_cast<long long>(ms / 3'600'000), static_cast<long long>(ms / 60'000 % 60),
                static_cast<long long>(ms / 1000 % 60), point, static_cast<long long>(ms % 1000));
  return out.data();
}

std::string cues(const TranscriptionReply& reply, bool vtt) {
  std::string out = vtt ? "WEBVTT\n\n" : "";
  const char point = vtt ? '.' : ',';
  for (std::size_t i = 0; i < reply.segments.size(); ++i) {
    const TranscriptSegment& segment = reply.segments[i];
    out += vtt ? "" : std::to_string(i + 1) + "\n";
    out += cue_time(segment.start_s, point) + " --> " + cue_time(segment.end_s, point) + "\n" +
           segment.text + "\n\n";
  }
  return out;
}

json::Value encode_segment(const TranscriptSegment& segment, std::int64_t id) {
  return object_of({{"id", id},
                    {"seek", 0},
                    {"start", segment.start_s},
                    {"end", segment.end_s},
                    {"text", segment.text},
                    {"tokens", json::Value::array()},
                    {"temperature", 0},
                    {"avg_logprob", -0.25},
                    {"compression_ratio", 1.5},
                    {"no_speech_prob", 0.01}});
}

// By the second, or by the token; null where nobody says.
json::Value billed(const TranscriptionReply& reply) {
  if (!reply.tokens) {
    return reply.seconds ? object_of({{"type", "duration"}, {"seconds", std::ceil(*reply.seconds)}})
                         : json::Value();
  }
  const std::int64_t input = reply.tokens->input_tokens;
  const std::int64_t output = reply.tokens->output_tokens;
  return object_of(
      {{"type", "tokens"},
       {"input_tokens", input},
       {"input_token_details", object_of({{"text_tokens", 0}, {"audio_tokens", input}})},
       {"output_tokens", output},
       {"total_tokens", input + output}});
}

json::Value verbose(const TranscriptionReply& reply) {
  json::Value body = object_of({{"task", "transcribe"},
                                {"language", reply.language},
                                {"duration", reply.seconds.value_or(0)},
                                {"text", reply.text},
                                {"segments", json::Value::array()}});
  for (std::size_t i = 0; i < reply.segments.size(); ++i) {
    body.find("segments")->push(encode_segment(reply.segments[i], static_cast<std::int64_t>(i)));
  }
  for (const TranscriptSegment& word : reply.words) {
    if (body.find("words") == nullptr) {
      body.set("words", json::Value::array());
    }
    body.find("words")->push(
        object_of({{"word", word.text}, {"start", word.start_s}, {"end", word.end_s}}));
  }
  return body;
}

}  // namespace

Response encode_transcription_reply(const TranscriptionReply& reply, TranscriptFormat format) {
  switch (format) {
    case TranscriptFormat::Text:
      return {200, {{"content-type", "text/plain; charset=utf-8"}}, reply.text + "\n"};
    case TranscriptFormat::Srt:
      return {200, {{"content-type", "text/plain; charset=utf-8"}}, cues(reply, false)};
    case TranscriptFormat::Vtt:
      return {200, {{"content-type", "text/vtt; charset=utf-8"}}, cues(reply, true)};
    case TranscriptFormat::Json:
    case TranscriptFormat::VerboseJson:
      break;
  }
  json::Value body =
      format == TranscriptFormat::VerboseJson ? verbose(reply) : object_of({{"text", reply.text}});
  if (json::Value usage = billed(reply); !usage.is_null()) {
    body.set("usage", std::move(usage));
  }
  return json_response(200, json::dump(body));
}

namespace {

std::string frame(const json::Value& event) {
  return "event: " + event.find("type")->as_string() + "\ndata: " + json::dump(event) + "\n\n";
}

}  // namespace

std::string encode_transcript_delta(std::string_view piece) {
  return frame(object_of({{"type", "transcript.text.delta"}, {"delta", piece}}));
}

std::string encode_transcript_done(const TranscriptionReply& reply) {
  json::Value event = object_of({{"type", "transcript.text.done"}, {"text", reply.text}});
  if (json::Value usage = billed(reply); !usage.is_null()) {
    event.set("usage", std::move(usage));
  }
  return frame(event);
}

std::string encode_speech_delta(std::string_view bytes) {
  return frame(object_of({{"type", "speech.audio.delta"}, {"audio", encode_base64(bytes)}}));
}

std::string encode_speech_done(const Usage& usage) {
  return frame(object_of(
      {{"type", "speech.audio.done"},
       {"usage", object_of({{"input_tokens", usage.input_tokens},
                            {"output_tokens", usage.output_tokens},
                            {"total_tokens", usage.input_tokens + usage.output_tokens}})}}));
}

Result<AudioEvent> decode_audio_event(std::string_view data) {
  return decode_body<AudioEvent>(data, [](Fields& fields, AudioEvent& event) {
    const std::string type = fields.required_text("type");
    event.done = type.ends_with(".done");
    if (const std::string audio = fields.text("audio"); !audio.empty()) {
      auto bytes = decode_base64(audio);
      if (bytes) {
        event.piece = std::move(*bytes);
      } else {
        fields.fail("audio", bytes.error().what);
      }
    } else {
      event.piece = fields.text(event.done ? "text" : "delta");
    }
    if (const json::Value* usage = fields.object("usage")) {
      Fields inner(*usage, "/usage", fields.errors());
      event.usage = Usage{inner.integer("input_tokens", 0, INT64_MAX).value_or(0), 0,
                          inner.integer("output_tokens", 0, INT64_MAX).value_or(0), 0};
    }
  });
}

Result<TranscriptionReply> decode_transcription_reply(const Response& response) {
  TranscriptionReply reply;
  if (media_type(response.headers.get("content-type")) != "application/json") {
    reply.text = trimmed(response.body);
    return reply;
  }
  const auto body = parse_body(response.body);
  if (!body) {
    return body.errors();
  }
  constexpr double kMost = 1e9;
  Errors errors;
  Fields fields(*body, "", errors);
  reply.text = fields.required_text("text");
  reply.language = fields.text("language");
  reply.seconds = fields.number("duration", 0, kMost);
  if (const json::Value* usage = fields.object("usage"); usage != nullptr && !reply.seconds) {
    reply.seconds = Fields(*usage, "/usage", errors).number("seconds", 0, kMost);
  }
  if (const json::Value* segments = fields.array("segments")) {
    for (std::size_t i = 0; i < segments->items().size(); ++i) {
      Fields one(segments->items()[i], json::pointer_join("/segments", i), errors);
      reply.segments.push_back({one.number("start", 0, kMost).value_or(0),
                                one.number("end", 0, kMost).value_or(0), one.text("text")});
    }
  }
  if (!errors.empty()) {
    return errors;
  }
  return reply;
}

}  // namespace rehearse::wire::openai
