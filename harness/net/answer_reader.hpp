#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/net/endpoint_spec.hpp"
#include "harness/net/http_client.hpp"
#include "harness/provider/provider.hpp"
#include "harness/wire/anthropic_chat.hpp"
#include "harness/wire/chat.hpp"
#include "harness/wire/ndjson.hpp"
#include "harness/wire/sse.hpp"

namespace rehearse::net {

// Reads the answer to one call while it arrives: content and its instants, usage, errors. Streams
// are recognised by their content type.
class AnswerReader final : public ResponseSink {
 public:
  // `call` and `runtime` outlive it.
  AnswerReader(Codec codec, const provider::Call& call, runtime::Runtime& runtime);

  void on_head(int status, const wire::Headers& headers) override;
  bool on_body(std::string_view bytes) override;

  // All of the outcome but `started` and `cost`, once the exchange has ended. The call was due to
  // leave at `due`: what the wire added counts from there.
  void finish(const Exchange& exchange, Instant due, provider::Outcome& outcome);

 private:
  enum class Framing { Whole, Sse, Lines };
  bool on_events();
  bool on_lines();
  void on_text(std::string_view text);
  void on_content();
  Result<wire::ChatChunk> read_event(const wire::SseEvent& event);
  Result<wire::ChatReply> read_reply(std::string_view body) const;
  void read_native_image();
  void take_usage(const wire::Usage& usage);
  bool fail(provider::Failure failure, std::string detail);
  void read_whole();
  void read_chat(std::string_view body);
  void read_status(provider::Outcome& outcome) const;
  void read_end(const Exchange& exchange, provider::Outcome& outcome);
  std::shared_ptr<const WireTimes> wire_times(const Exchange& exchange, Instant due);

  Codec codec_;
  const provider::Call& call_;
  runtime::Runtime& runtime_;
  int status_ = 0;
  wire::Headers headers_;
  Framing framing_ = Framing::Whole;
  wire::SseParser sse_;
  wire::anthropic::ChatStreamReader anthropic_;
  wire::NdjsonParser ndjson_;
  std::vector<wire::SseEvent> events_;
  std::vector<std::string> lines_;
  std::string body_;  // of an answer that comes whole, or of an error
  std::string text_;
  Instant first_content_;
  Instant last_content_;
  std::vector<Duration> gaps_;  // between pieces of content
  std::uint32_t chunks_ = 0;
  bool ended_ = false;      // a stream said so itself
  bool truncated_ = false;  // at max_tokens
  Usage usage_;
  std::optional<Duration> planned_;  // by the mock
  provider::Failure failure_ = provider::Failure::None;
  std::string detail_;
};

}  // namespace rehearse::net
