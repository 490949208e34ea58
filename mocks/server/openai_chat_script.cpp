#include "harness/wire/openai_chat.hpp"

#include "harness/base/text.hpp"
#include "harness/wire/openai_error.hpp"
#include "mocks/script/content.hpp"
#include "mocks/server/ask.hpp"
#include "mocks/server/chat_content.hpp"

namespace rehearse::server {
namespace {

// Made-up but plausible: small, and the same for the same token.
std::vector<wire::TokenLogprob> logprobs_of(std::string_view text) {
  std::vector<wire::TokenLogprob> out;
  for (std::size_t at = 0; at < text.size(); at += wire::kBytesPerToken) {
    const std::string token(text.substr(at, wire::kBytesPerToken));
    out.push_back({token, -static_cast<double>(hash_name(token) % 1'000) / 4'000});
  }
  return out;
}

class OpenAiChatScript final : public Script {
 public:
  // Of the request only what the answer needs is kept: thousands of streams may be open.
  OpenAiChatScript(const wire::ChatRequest& request, std::string model, bool scripted)
      : choices_(request.choices),
        stream_(request.stream),
        include_usage_(request.include_usage),
        logprobs_(request.logprobs),
        model_(std::move(model)),
        said_(request, model_, scripted) {}

  wire::Response whole(const latency::Plan& plan) override {
    wire::ChatReply reply{id(), model_, kCreated, {}, said_.usage(content, plan)};
    for (std::int64_t i = 0; i < choices_; ++i) {
      wire::ChatChoice choice;
      if (said_.tool().empty()) {
        choice.text = said_.words(content, plan, i).text;
        if (logprobs_) {
          choice.logprobs = logprobs_of(choice.text);
        }
      } else {
        choice.tool_calls.push_back(said_.tool_call(content, plan, "call_", i));
      }
      choice.finish = said_.finish(content, plan, i);
      reply.choices.push_back(std::move(choice));
    }
    return wire::json_response(200, wire::openai::encode_chat_reply(reply));
  }

  std::string_view stream_type() const override { return stream_ ? "text/event-stream" : ""; }

  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    std::string out;
    if (!writer_) {
      out = begin(plan);
    }
    for (std::int64_t i = 0; i < choices_; ++i) {
      const std::string_view more = said_.text_between(content, plan, {from, to, i});
      out += more.empty() ? "" : frame(i, more);
    }
    return out;
  }

  std::string ending(const latency::Plan& plan) override {
    std::string out;
    for (std::int64_t i = 0; i < choices_; ++i) {
      out += writer_->finish(i, said_.finish(content, plan, i));
    }
    return out + writer_->usage(said_.usage(content, plan)) +
           wire::openai::ChatStreamWriter::done();
  }

  std::string error_in_stream(const std::string& code, const std::string& message) override {
    return "data: " + wire::openai::encode_error({500, message, "server_error", {}, code}) + "\n\n";
  }

 private:
  std::string begin(const latency::Plan& plan) {
    std::string out;
    writer_.emplace(
        wire::openai::ChatStreamWriter::Options{id(), model_, kCreated, include_usage_});
    for (std::int64_t i = 0; i < choices_; ++i) {
      out += writer_->role(i);
      if (!said_.tool().empty()) {
        out += writer_->tool_call(i, 0, said_.tool_call(content, plan, "call_", i));
      }
    }
    return out;
  }
  std::string frame(std::int64_t choice, std::string_view text) const {
    return !said_.tool().empty() ? writer_->tool_arguments(choice, 0, text)
           : logprobs_           ? writer_->text(choice, logprobs_of(text))
                                 : writer_->text(choice, text);
  }
  std::string id() const { return script::make_id("chatcmpl-", content); }

  std::int64_t choices_;
  bool stream_;
  bool include_usage_;
  bool logprobs_;
  std::string model_;
  Said said_;
  std::optional<wire::openai::ChatStreamWriter> writer_;
};

}  // namespace

std::string answer_model(const latency::Profile& profile, std::string_view operation,
                         const std::string& asked) {
  if (!asked.empty()) {
    return asked;
  }
  const latency::Entry* entry = profile.find(operation, "");
  return entry == nullptr ? std::string() : entry->model;
}

Ask chat_ask(const wire::ChatRequest& request, bool scripted) {
  Ask ask;
  ask.operation = "chat";
  ask.model = request.model;
  ask.amounts.input_tokens = wire::input_tokens(request);
  ask.amounts.max_tokens = request.max_output_tokens.value_or(0);
  ask.amounts.n = request.choices;
  ask.amounts.stream = request.stream;
  if (!scripted) {
    ask.refused = too_long(request, ask.amounts.input_tokens);
    ask.refused = ask.refused ? ask.refused : unknown_tool(request);
  }
  return ask;
}

Result<Ask> ask_openai_chat(const wire::Request& request, const Stagehand& hand) {
  auto decoded = wire::openai::decode_chat_request(request.body);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask = chat_ask(*decoded, hand.scripted);
  ask.script = std::make_unique<OpenAiChatScript>(
      *decoded, answer_model(hand.profile, "chat", ask.model), hand.scripted);
  return ask;
}

}  // namespace rehearse::server
