#include <array>
#include <cmath>
#include <cstdio>

#include "harness/json/write.hpp"
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

json::Value billed(double seconds) {
  return object_of({{"type", "duration"}, {"seconds", std::ceil(seconds)}});
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
  if (reply.seconds) {
    body.set("usage", billed(*reply.seconds));
  }
  return json_response(200, json::dump(body));
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
