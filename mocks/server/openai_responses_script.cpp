#include "harness/wire/openai_responses.hpp"

#include "mocks/script/content.hpp"
#include "mocks/server/ask.hpp"
#include "mocks/server/chat_content.hpp"
#include "mocks/server/response_book.hpp"

namespace rehearse::server {
namespace {

using wire::openai::ResponsesReply;
using wire::openai::ResponseStatus;

class ResponsesScript final : public Script {
 public:
  ResponsesScript(wire::openai::ResponsesRequest request, std::string model, const Stagehand& hand)
      : request_(std::move(request)),
        model_(std::move(model)),
        said_(request_.chat, model_, hand.scripted),
        book_(request_.store && !hand.scripted ? hand.responses : nullptr) {
    request_.chat.messages.clear();
  }

  wire::Response whole(const latency::Plan& plan) override {
    ResponsesReply reply = blank(plan);
    reply.status = status(plan);
    reply.usage = said_.usage(content, plan);
    if (reply.tool_calls.empty()) {
      reply.text = said_.words(content, plan).text;
    } else {
      reply.tool_calls.front() = said_.tool_call(content, plan);
    }
    wire::Response response = wire::json_response(200, wire::openai::encode_response(reply));
    keep(std::move(reply));
    return response;
  }

  std::string_view stream_type() const override {
    return request_.chat.stream && !request_.background ? "text/event-stream" : "";
  }

  std::string piece(const latency::Plan& plan, std::int64_t from, std::int64_t to) override {
    std::string out;
    if (!writer_) {
      writer_.emplace(blank(plan), said_.usage(content, plan).reasoning_tokens > 0);
      out = writer_->begin();
    }
    const std::string_view more = said_.text_between(content, plan, {from, to});
    return more.empty() ? out : out + writer_->delta(more);
  }

  std::string ending(const latency::Plan& plan) override {
    std::string out = writer_->end(status(plan), said_.usage(content, plan));
    keep(writer_->reply());
    return out;
  }

  std::string error_in_stream(const std::string& code, const std::string& message) override {
    return writer_->error(code, message);
  }

 private:
  static ResponseStatus status(const latency::Plan& plan) {
    return plan.truncated ? ResponseStatus::Incomplete : ResponseStatus::Completed;
  }
  // All that is known before a word is said.
  ResponsesReply blank(const latency::Plan& plan) {
    ResponsesReply reply;
    reply.id = script::make_id("resp_", content, 48);
    reply.model = model_;
    reply.created_s = kCreated;
    reply.echo = request_.echo;
    if (!said_.tool().empty()) {
      reply.tool_calls.push_back(said_.tool_call(content, plan));
      reply.tool_calls.front().arguments.clear();
    }
    return reply;
  }
  void keep(ResponsesReply reply) {
    if (book_ != nullptr && !request_.background) {
      book_->keep({std::move(reply), request_.input_items, nullptr});
    }
  }

  wire::openai::ResponsesRequest request_;
  std::string model_;
  Said said_;
  std::shared_ptr<ResponseBook> book_;
  std::optional<wire::openai::ResponseStreamWriter> writer_;
};

}  // namespace

Result<Ask> ask_openai_responses(const wire::Request& request, const Stagehand& hand) {
  auto decoded = wire::openai::decode_responses_request(request.body);
  if (!decoded) {
    return decoded.errors();
  }
  Ask ask = chat_ask(decoded->chat, hand.scripted);
  ask.amounts.stream = decoded->chat.stream && !decoded->background;
  ask.deferred = decoded->background && !hand.scripted;
  const json::Value* previous = decoded->echo.find("previous_response_id");
  if (!hand.scripted && previous->is_string() &&
      hand.responses->find(previous->as_string()) == nullptr) {
    ask.refused = {400, "Previous response with id '" + previous->as_string() + "' not found.",
                   "invalid_request_error", "previous_response_id", "previous_response_not_found"};
  }
  ask.script = std::make_unique<ResponsesScript>(
      std::move(*decoded), answer_model(hand.profile, "chat", ask.model), hand);
  return ask;
}

}  // namespace rehearse::server
