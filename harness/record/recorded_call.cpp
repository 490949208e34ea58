#include "harness/record/recorded_call.hpp"

#include <algorithm>
#include <array>

#include "harness/json/object_reader.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "harness/record/bytes.hpp"

namespace rehearse::record {
namespace {

constexpr std::array<std::string_view, 6> kEnds = {
    "open", "answered", "client_left", "no_connection", "connection_lost", "malformed"};

struct TextField {
  std::string_view key;
  std::string RecordedCall::* member;
};
constexpr std::array<TextField, 8> kTexts = {{{"provider", &RecordedCall::provider},
                                              {"method", &RecordedCall::method},
                                              {"path", &RecordedCall::path},
                                              {"operation", &RecordedCall::operation},
                                              {"model", &RecordedCall::model},
                                              {"size", &RecordedCall::size},
                                              {"quality", &RecordedCall::quality},
                                              {"detail", &RecordedCall::detail}}};

struct CountField {
  std::string_view key;
  std::int64_t Usage::* member;
};
constexpr std::array<CountField, 8> kUsage = {{{"input_tokens", &Usage::input_tokens},
                                               {"cached_tokens", &Usage::cached_tokens},
                                               {"output_tokens", &Usage::output_tokens},
                                               {"images", &Usage::images},
                                               {"audio_ms", &Usage::audio_ms},
                                               {"video_ms", &Usage::video_ms},
                                               {"characters", &Usage::characters},
                                               {"bytes", &Usage::bytes}}};

struct TimeField {
  std::string_view key;
  Duration RecordedCall::* member;
};
constexpr std::array<TimeField, 5> kTimes = {{{"connect_ns", &RecordedCall::connect},
                                              {"sent_ns", &RecordedCall::sent},
                                              {"first_byte_ns", &RecordedCall::first_byte},
                                              {"first_content_ns", &RecordedCall::first_content},
                                              {"done_ns", &RecordedCall::done}}};

struct NumberField {
  std::string_view key;
  std::int64_t RecordedCall::* member;
};
constexpr std::array<NumberField, 3> kNumbers = {{{"n", &RecordedCall::n},
                                                  {"steps", &RecordedCall::steps},
                                                  {"max_tokens", &RecordedCall::max_tokens}}};

struct SizeField {
  std::string_view key;
  std::uint64_t RecordedCall::* member;
};
constexpr std::array<SizeField, 4> kCallSizes = {
    {{"call", &RecordedCall::id},
     {"connection", &RecordedCall::connection},
     {"request_bytes", &RecordedCall::request_bytes},
     {"response_bytes", &RecordedCall::response_bytes}}};

struct FlagField {
  std::string_view key;
  bool RecordedCall::* member;
};
constexpr std::array<FlagField, 3> kFlags = {{{"stream", &RecordedCall::stream},
                                              {"usage_known", &RecordedCall::usage_known},
                                              {"new_connection", &RecordedCall::new_connection}}};

void read_headers(json::ObjectReader& reader, RecordedCall& call) {
  const json::Value* headers = reader.find("headers");
  if (headers == nullptr || !headers->is_object()) {
    return;
  }
  for (const json::Member& member : headers->members()) {
    if (member.value.is_string()) {
      call.headers.emplace_back(member.key, member.value.as_string());
    }
  }
}

bool read_chunks(std::string_view bytes, RecordedCall& call) {
  if (bytes.empty()) {
    return true;
  }
  ByteReader reader(bytes);
  const std::size_t count = reader.count();
  call.chunks.reserve(count);
  Duration at;
  for (std::size_t i = 0; i < count && !reader.bad(); ++i) {
    ReceivedChunk chunk;
    at += Duration::nanoseconds(static_cast<std::int64_t>(reader.number() >> 1));
    chunk.at = at;
    chunk.bytes = reader.number();
    chunk.contents = static_cast<std::uint32_t>(std::min<std::uint64_t>(reader.number(), 1 << 30));
    call.chunks.push_back(chunk);
  }
  return !reader.bad() && reader.at_end();
}

}  // namespace

std::string_view call_end_name(CallEnd end) { return kEnds[static_cast<std::size_t>(end)]; }

std::string encode_call(const RecordedCall& call) {
  json::Value out = json::Value::object();
  for (const SizeField& field : kCallSizes) {
    out.set(field.key, static_cast<std::int64_t>(call.*field.member));
  }
  for (const TextField& field : kTexts) {
    if (!(call.*field.member).empty()) {
      out.set(field.key, call.*field.member);
    }
  }
  for (const NumberField& field : kNumbers) {
    out.set(field.key, call.*field.member);
  }
  for (const FlagField& field : kFlags) {
    out.set(field.key, call.*field.member);
  }
  for (const CountField& field : kUsage) {
    if (call.usage.*field.member != 0) {
      out.set(field.key, call.usage.*field.member);
    }
  }
  out.set("started_ns", call.started.count_ns());
  for (const TimeField& field : kTimes) {
    out.set(field.key, (call.*field.member).count_ns());
  }
  out.set("status", static_cast<std::int64_t>(call.status));
  out.set("end", call_end_name(call.end));
  if (!call.headers.empty()) {
    json::Value headers = json::Value::object();
    for (const auto& [name, value] : call.headers) {
      headers.set(name, value);
    }
    out.set("headers", std::move(headers));
  }
  return json::dump(out);
}

std::string encode_chunks(const RecordedCall& call) {
  ByteWriter out;
  out.number(call.chunks.size());
  Duration last;
  for (const ReceivedChunk& chunk : call.chunks) {
    out.signed_number((chunk.at - last).count_ns());
    out.number(chunk.bytes);
    out.number(chunk.contents);
    last = chunk.at;
  }
  return out.take();
}

Result<RecordedCall> decode_call(std::string_view text, std::string_view chunks) {
  json::Limits limits;
  limits.duplicate_keys = true;
  const Result<json::Value> value = json::parse(text, "call", limits);
  if (!value) {
    return value.errors();
  }
  constexpr std::int64_t kMost = INT64_MAX / 4;
  Errors errors;
  json::ObjectReader reader(*value, "", "call", errors);
  RecordedCall call;
  for (const SizeField& field : kCallSizes) {
    call.*field.member =
        static_cast<std::uint64_t>(reader.integer(field.key, 0, kMost).value_or(0));
  }
  for (const TextField& field : kTexts) {
    call.*field.member = reader.text(field.key).value_or("");
  }
  for (const NumberField& field : kNumbers) {
    call.*field.member = reader.integer(field.key, 0, kMost).value_or(0);
  }
  for (const FlagField& field : kFlags) {
    const json::Value* flag = reader.find(field.key);
    call.*field.member = flag != nullptr && flag->is_bool() && flag->as_bool();
  }
  for (const CountField& field : kUsage) {
    call.usage.*field.member = reader.integer(field.key, 0, kMost).value_or(0);
  }
  call.started = Instant::from_ns(reader.integer("started_ns", 0, kMost).value_or(0));
  for (const TimeField& field : kTimes) {
    call.*field.member = Duration::nanoseconds(reader.integer(field.key, 0, kMost).value_or(0));
  }
  call.status = static_cast<std::uint16_t>(reader.integer("status", 0, 999).value_or(0));
  call.end = static_cast<CallEnd>(
      reader.choice("end", {kEnds.begin(), kEnds.end()}).value_or(std::size_t{0}));
  read_headers(reader, call);
  // Unknown members are of a newer version, which may say more: no error.
  if (!errors.empty()) {
    return errors;
  }
  if (!read_chunks(chunks, call)) {
    return Error{"call", "its chunks cannot be read"};
  }
  return call;
}

}  // namespace rehearse::record
