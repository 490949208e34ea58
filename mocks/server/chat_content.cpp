#include "mocks/server/chat_content.hpp"

#include <algorithm>
#include <utility>

#include "mocks/script/content.hpp"
#include "mocks/script/json_answer.hpp"
#include "mocks/script/text.hpp"

namespace rehearse::server {
namespace {

// The share of its output that a reasoning model does not show; assumed.
double thinking_share(std::string_view model, std::string_view effort) {
  const bool thinks = model.starts_with("gpt-5") || model.starts_with("o1") ||
                      model.starts_with("o3") || model.starts_with("o4");
  if (!thinks || effort == "none" || model.find("-chat") != std::string_view::npos) {
    return 0;
  }
  return effort == "minimal" ? 0.05 : effort == "low" ? 0.25 : effort == "high" ? 0.75 : 0.5;
}

// OpenAI's model pages: context windows, the first prefix that fits.
constexpr std::pair<std::string_view, std::int64_t> kWindows[] = {
    {"gpt-3.5-turbo", 16'385}, {"gpt-4o", 128'000}, {"gpt-4-turbo", 128'000},
    {"gpt-4.1", 1'047'576},    {"gpt-5", 400'000},  {"o1", 200'000},
    {"o3", 200'000},           {"o4-mini", 200'000}};

const wire::Tool* called_tool(const wire::ChatRequest& request) {
  const std::string& choice = request.tool_choice;
  if (request.tools.empty() || choice == "none") {
    return nullptr;
  }
  if (choice == "required") {
    return &request.tools.front();
  }
  const bool automatic = choice.empty() || choice == "auto";
  const std::string* last = request.messages.empty() || request.messages.back().role != "user"
                                ? nullptr
                                : &request.messages.back().text;
  for (const wire::Tool& tool : request.tools) {
    if (automatic ? last != nullptr && last->find(tool.name) != std::string::npos
                  : tool.name == choice) {
      return &tool;
    }
  }
  return nullptr;
}

}  // namespace

Said::Said(const wire::ChatRequest& request, std::string_view model, bool scripted)
    : choices_(std::max<std::int64_t>(request.choices, 1)),
      format_(request.format),
      schema_(request.schema),
      thinking_(scripted ? 0 : thinking_share(model, request.reasoning_effort)) {
  if (const wire::Tool* tool = called_tool(request)) {
    tool_ = tool->name;
    tool_schema_ = tool->parameters;
  }
}

std::int64_t Said::thought(std::int64_t tokens) const {
  return static_cast<std::int64_t>(static_cast<double>(tokens) * thinking_);
}

std::int64_t Said::visible(const latency::Plan& plan) const {
  const std::int64_t tokens = plan.usage.output_tokens / choices_;
  return tokens - thought(tokens);
}

std::string Said::text(std::uint64_t content, const latency::Plan& plan) const {
  const std::int64_t tokens = visible(plan);
  if (format_ == wire::TextFormat::Text) {
    return script::filler_text(content, tokens);
  }
  // One that was cut is the beginning of a longer one.
  const std::int64_t all = plan.truncated ? tokens * 2 + 8 : tokens;
  std::string out = format_ == wire::TextFormat::JsonObject
                        ? script::filler_json(content, all)
                        : script::json_answer(content, all, schema_);
  if (plan.truncated) {
    out.resize(static_cast<std::size_t>(tokens) * wire::kBytesPerToken);
  }
  return out;
}

wire::ToolCall Said::tool_call(std::uint64_t content, const latency::Plan& plan) const {
  const std::string schema = tool_schema_.empty() ? "{\"type\":\"object\"}" : tool_schema_;
  std::string arguments = tool_schema_.empty()
                              ? script::filler_json(content, visible(plan))
                              : script::json_answer(content, visible(plan), schema);
  if (plan.truncated) {
    arguments = script::filler_json(content, visible(plan) * 2 + 8);
    arguments.resize(static_cast<std::size_t>(visible(plan)) * wire::kBytesPerToken);
  }
  return {script::make_id("call_", content, 24), tool_, std::move(arguments)};
}

wire::FinishReason Said::finish(const latency::Plan& plan) const {
  return plan.truncated   ? wire::FinishReason::Length
         : !tool_.empty() ? wire::FinishReason::ToolCalls
                          : wire::FinishReason::Stop;
}

wire::Usage Said::usage(const latency::Plan& plan) const {
  const std::int64_t output = plan.usage.output_tokens;
  return {plan.usage.input_tokens, plan.usage.cached_tokens, output,
          thought(output / choices_) * choices_};
}

Said::Span Said::span(std::size_t bytes, const latency::Plan& plan, std::int64_t from,
                      std::int64_t to, std::int64_t choice) const {
  const std::int64_t tokens = std::max<std::int64_t>(plan.usage.output_tokens / choices_, 1);
  const std::int64_t shown = visible(plan);
  const auto place = [&](std::int64_t unit) {
    const std::int64_t own = std::min((unit + choice) / choices_, tokens);
    return std::min(static_cast<std::size_t>(own * shown / tokens) * wire::kBytesPerToken, bytes);
  };
  const std::size_t begin = place(from);
  // A schema may need more than was planned: the last piece brings it.
  const std::size_t end = to >= plan.usage.output_tokens ? bytes : place(to);
  return {begin, end > begin ? end - begin : 0};
}

std::optional<wire::ApiError> unknown_tool(const wire::ChatRequest& request) {
  const std::string& choice = request.tool_choice;
  const bool word = choice.empty() || choice == "auto" || choice == "none" || choice == "required";
  if (word || called_tool(request) != nullptr) {
    return std::nullopt;
  }
  return wire::ApiError{400, "Tool choice '" + choice + "' not found in 'tools' parameter.",
                        "invalid_request_error", "tool_choice", std::nullopt};
}

std::optional<wire::ApiError> too_long(const wire::ChatRequest& request,
                                       std::int64_t input_tokens) {
  const auto* window = std::find_if(std::begin(kWindows), std::end(kWindows), [&](const auto& w) {
    return request.model.starts_with(w.first);
  });
  const std::int64_t answer = request.max_output_tokens.value_or(0);
  if (window == std::end(kWindows) || input_tokens <= window->second) {
    return std::nullopt;
  }
  std::string message = "This model's maximum context length is " + std::to_string(window->second) +
                        " tokens. However, ";
  message += answer > 0 ? "you requested " + std::to_string(input_tokens + answer) + " tokens (" +
                              std::to_string(input_tokens) + " in the messages, " +
                              std::to_string(answer) +
                              " in the completion). Please reduce the length of the messages or "
                              "completion."
                        : "your messages resulted in " + std::to_string(input_tokens) +
                              " tokens. Please reduce the length of the messages.";
  return wire::ApiError{400, std::move(message), "invalid_request_error", "messages",
                        "context_length_exceeded"};
}

}  // namespace rehearse::server
