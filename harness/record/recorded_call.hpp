#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/base/usage.hpp"

// What a recording keeps of each provider call: instants and sizes, never a key; prompts and
// answers only where they were asked for.
namespace rehearse::record {

enum class CallEnd : std::uint8_t {
  Open,            // under way when the recording ended, or when it was killed
  Answered,        // the whole answer passed, whatever its status
  ClientLeft,      // the client went away first
  NoConnection,    // the provider could not be reached
  ConnectionLost,  // the provider broke or ended the connection before the answer's end
  Malformed,       // what came was no HTTP
};
std::string_view call_end_name(CallEnd end);

// A piece of an answer as it came off the wire.
struct ReceivedChunk {
  Duration at;  // after `started`
  std::uint64_t bytes = 0;
  std::uint32_t contents = 0;  // pieces of content (stream events with text) that it completed
  bool operator==(const ReceivedChunk&) const = default;
};

struct RecordedCall {
  std::uint64_t id = 0;          // from 1, in the order of their start
  std::uint64_t connection = 0;  // of the client, from 1
  std::string provider;          // "openai"
  std::string method;
  std::string path;  // without its query; what looks like a key in it is replaced
  std::string operation;
  std::string model;
  std::string size;
  std::string quality;
  std::int64_t n = 1;
  std::int64_t steps = 0;
  std::int64_t max_tokens = 0;
  bool stream = false;
  bool usage_known = false;  // the provider said it
  Usage usage;
  bool new_connection = false;  // one was opened to the provider
  Duration connect;             // what that took
  Instant started;              // the request's first byte came; since the recording began
  Duration sent;                // all after `started`: the request's last byte was passed on
  Duration first_byte;          // of the answer; zero where none came
  Duration first_content;       // first non-empty content of a stream; zero where none
  Duration done;
  std::uint16_t status = 0;          // 0: no answer
  std::uint64_t request_bytes = 0;   // with headers
  std::uint64_t response_bytes = 0;  // with headers and framing
  CallEnd end = CallEnd::Open;
  std::string detail;                                        // of trouble: one line
  std::vector<std::pair<std::string, std::string>> headers;  // limits and request ids
  std::vector<ReceivedChunk> chunks;                         // of the body
  std::string request_body;                                  // --bodies
  std::string response_body;

  bool operator==(const RecordedCall&) const = default;
};

// As text (JSON) and bytes and back: the columns of a recording. Decoding takes any bytes.
std::string encode_call(const RecordedCall& call);
std::string encode_chunks(const RecordedCall& call);
Result<RecordedCall> decode_call(std::string_view text, std::string_view chunks);

}  // namespace rehearse::record
