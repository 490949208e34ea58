#include "harness/net/answer_reader.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/provider/status.hpp"
#include "harness/wire/anthropic_error.hpp"
#include "harness/wire/audio_seconds.hpp"
#include "harness/wire/fault_header.hpp"
#include "harness/wire/gemini_chat.hpp"
#include "harness/wire/gemini_embedding.hpp"
#include "harness/wire/gemini_error.hpp"
#include "harness/wire/gemini_image.hpp"
#include "harness/wire/ollama.hpp"
#include "harness/wire/openai_audio.hpp"
#include "harness/wire/openai_chat.hpp"
#include "harness/wire/openai_embedding.hpp"
#include "harness/wire/openai_error.hpp"
#include "harness/wire/openai_image.hpp"
#include "harness/wire/planned_header.hpp"
#include "harness/wire/rate_limit.hpp"
#include "harness/wire/stability.hpp"
#include "harness/wire/usage_header.hpp"

namespace rehearse::net {

using provider::Failure;
using provider::Outcome;

namespace {

constexpr std::size_t kMostErrorBytes = 64u << 10;
constexpr std::size_t kMostDetail = 300;

wire::ApiError decode_error(Codec codec, int status, std::string_view body) {
  switch (codec) {
    case Codec::AnthropicChat:
      return wire::anthropic::decode_error(status, body);
    case Codec::GeminiChat:
    case Codec::GeminiImage:
    case Codec::GeminiEmbedding:
      return wire::gemini::decode_error(status, body);
    case Codec::StabilityImage:
      return wire::stability::decode_error(status, body);
    default:
      return wire::openai::decode_error(status, body);
  }
}

std::string one_line(std::string text) {
  text = terminal_safe(text);
  if (text.size() > kMostDetail) {
    text.resize(kMostDetail);
    text = terminal_safe(text) + "...";  // the cut may have split a character
  }
  return text;
}

}  // namespace

AnswerReader::AnswerReader(Codec codec, const provider::Call& call, runtime::Runtime& runtime)
    : codec_(codec), call_(call), runtime_(runtime) {}

void AnswerReader::on_head(int status, const wire::Headers& headers) {
  status_ = status;
  headers_ = headers;
  const std::string type = wire::media_type(headers.get("content-type"));
  const bool good = status >= 200 && status < 300;
  const bool chat =
      codec_ == Codec::Chat || codec_ == Codec::AnthropicChat || codec_ == Codec::GeminiChat;
  if (good && chat && type == "text/event-stream") {
    framing_ = Framing::Sse;
  } else if (good && codec_ == Codec::OllamaChat && type == wire::ollama::kStreamType) {
    framing_ = Framing::Lines;
  }
  if (const auto usage = wire::parse_usage_header(headers.get(wire::kUsageHeaderName))) {
    usage_ = *usage;
  }
  planned_ = wire::parse_planned_header(headers.get(wire::kPlannedHeaderName));
}

bool AnswerReader::on_body(std::string_view bytes) {
  if (framing_ == Framing::Sse) {
    const Status fed = sse_.feed(bytes, events_);
    return on_events() && (fed.ok() || fail(Failure::Malformed, fed.error().text()));
  }
  if (framing_ == Framing::Lines) {
    const Status fed = ndjson_.feed(bytes, lines_);
    return on_lines() && (fed.ok() || fail(Failure::Malformed, fed.error().text()));
  }
  if (status_ >= 300) {
    body_ += bytes.substr(0, kMostErrorBytes - std::min(body_.size(), kMostErrorBytes));
    return true;
  }
  if (codec_ == Codec::Speech && call_.features.stream) {
    on_text("audio");
  }
  body_ += bytes;
  return true;
}

bool AnswerReader::fail(Failure failure, std::string detail) {
  failure_ = failure;
  detail_ = std::move(detail);
  return false;
}

void AnswerReader::on_text(std::string_view text) {
  if (text.empty()) {
    return;
  }
  on_content();
  if (call_.keep_text && codec_ != Codec::Speech) {
    text_ += text;
  }
}

void AnswerReader::on_content() {
  const Instant now = runtime_.now();
  if (chunks_++ == 0) {
    first_content_ = now;
  } else {
    gaps_.push_back(now - last_content_);
  }
  last_content_ = now;
}

Result<wire::ChatChunk> AnswerReader::read_event(const wire::SseEvent& event) {
  return codec_ == Codec::AnthropicChat ? anthropic_.read(event)
         : codec_ == Codec::GeminiChat  ? wire::gemini::decode_chat_chunk(event.data)
                                        : wire::openai::decode_chat_chunk(event.data);
}

Result<wire::ChatReply> AnswerReader::read_reply(std::string_view body) const {
  return codec_ == Codec::AnthropicChat ? wire::anthropic::decode_chat_reply(body)
         : codec_ == Codec::GeminiChat  ? wire::gemini::decode_chat_reply(body)
                                        : wire::openai::decode_chat_reply(body);
}

void AnswerReader::take_usage(const wire::Usage& usage) {
  usage_.input_tokens = usage.input_tokens;
  usage_.cached_tokens = usage.cached_tokens;
  usage_.output_tokens = usage.output_tokens;
}

bool AnswerReader::on_events() {
  for (const wire::SseEvent& event : events_) {
    const auto chunk = read_event(event);
    if (!chunk) {
      const bool told = chunk.error().where == "event stream";
      return fail(told ? Failure::ServerError : Failure::Malformed, chunk.error().what);
    }
    on_text(chunk->text);
    if (chunk->text.empty() && !(chunk->thinking.empty() && chunk->arguments.empty())) {
      on_content();
    }
    // Gemini counts as it goes: of a stream that a mock cuts, its header says what is billed.
    const bool so_far = codec_ == Codec::GeminiChat && !chunk->finish &&
                        headers_.find(wire::kUsageHeaderName).has_value();
    if (chunk->usage && !so_far) {
      take_usage(*chunk->usage);
    }
    if (chunk->finish) {
      truncated_ = truncated_ || *chunk->finish == wire::FinishReason::Length;
      ended_ = true;
    }
    ended_ = ended_ || chunk->done;
  }
  events_.clear();
  return true;
}

bool AnswerReader::on_lines() {
  for (const std::string& text : lines_) {
    const auto line = wire::ollama::decode_line(text, wire::ollama::Api::Chat);
    if (!line) {
      const bool told = line.error().where == "line stream";
      return fail(told ? Failure::ServerError : Failure::Malformed, line.error().what);
    }
    on_text(line->text);
    if (line->done) {
      take_usage(line->usage);
      truncated_ = line->done_reason == "length";
      ended_ = true;
    }
  }
  lines_.clear();
  return true;
}

void AnswerReader::read_status(Outcome& outcome) const {
  const wire::ApiError error = decode_error(codec_, status_, body_);
  const std::string code = error.code.value_or(error.type);
  const auto status = static_cast<std::uint16_t>(status_);
  outcome.failure = provider::failure_of_status(status, code);
  outcome.should_retry = provider::is_transient_status(status, code);
  const std::string_view told = headers_.get("x-should-retry");
  if (told == "true" || told == "false") {
    outcome.should_retry = told == "true";
  }
  outcome.retry_after = wire::read_retry_after(headers_, runtime_.wall_now());
  if (!outcome.retry_after) {
    outcome.retry_after = error.retry_after;
  }
  outcome.detail = error.message.empty() ? "HTTP " + std::to_string(status_) : error.message;
}

// The end of a success, so far as the status goes.
void AnswerReader::read_end(const Exchange& exchange, Outcome& outcome) {
  if (exchange.failure == Failure::None && framing_ == Framing::Whole) {
    read_whole();
  } else if (exchange.failure == Failure::None && framing_ == Framing::Lines) {
    ndjson_.finish(lines_);
    on_lines();
  }
  if (failure_ == Failure::None && exchange.failure != Failure::None) {
    fail(exchange.failure, exchange.detail);
  } else if (failure_ == Failure::None && framing_ != Framing::Whole && !ended_) {
    fail(Failure::Truncated, "the stream ended early");
  }
  outcome.failure = failure_;
  outcome.detail = detail_;
  outcome.should_retry = provider::is_transient_failure(failure_, exchange.answered);
}

std::shared_ptr<const WireTimes> AnswerReader::wire_times(const Exchange& exchange, Instant due) {
  if (!exchange.answered) {
    return nullptr;
  }
  auto out = std::make_shared<WireTimes>();
  out->http = true;
  out->reused = exchange.reused;
  const ConnectPhases& phases = exchange.phases;
  out->dns = phases.dns;
  out->connect = phases.connect;
  out->tls = phases.tls;
  const Instant ready = exchange.issued + phases.dns + phases.connect + phases.tls;
  out->first_byte = std::max(exchange.first_byte - ready, Duration::zero());
  out->body = exchange.done - exchange.first_byte;
  out->content = last_content_ - first_content_;
  out->gaps = std::move(gaps_);
  if (planned_) {
    out->added = std::max(exchange.done - due - *planned_, Duration::zero());
  }
  return out;
}

void AnswerReader::finish(const Exchange& exchange, Instant due, Outcome& outcome) {
  outcome.done = exchange.done;
  outcome.status = static_cast<std::uint16_t>(exchange.status);
  if (exchange.failure == Failure::Cancelled) {
    outcome.failure = Failure::Cancelled;
    outcome.status = 0;
    outcome.detail = exchange.detail;
  } else if (headers_.get(wire::kFaultHeaderName) == wire::kConnectionRefused) {
    outcome.failure = Failure::ConnectionRefused;
    outcome.status = 0;
    outcome.should_retry = provider::is_transient_failure(outcome.failure, false);
    outcome.detail = "the connection was refused, as planned";
    usage_ = {};
  } else if (status_ >= 300) {
    read_status(outcome);
    usage_ = {};
  } else {
    read_end(exchange, outcome);
  }
  outcome.wire = wire_times(exchange, due);
  if (outcome.ok() && chunks_ == 0) {
    chunks_ = 1;
    first_content_ = exchange.done;
  }
  outcome.chunks = chunks_;
  outcome.first_chunk = chunks_ > 0 ? first_content_ : exchange.done;
  outcome.truncated = truncated_ && outcome.failure == Failure::None;
  outcome.usage = usage_;
  outcome.text = std::move(text_);
  outcome.detail = one_line(std::move(outcome.detail));
}

}  // namespace rehearse::net
