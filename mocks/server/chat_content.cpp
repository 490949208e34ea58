#include "mocks/server/chat_content.hpp"

#include <algorithm>
#include <utility>

#include "harness/base/rng.hpp"
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
      budget_(request.thinking_tokens),
      thinking_(scripted ? 0 : thinking_share(model, request.reasoning_effort)),
      shows_thinking_(budget_.has_value() && request.show_thinking) {
  if (const wire::Tool* tool = called_tool(request)) {
    tool_ = tool->name;
    tool_schema_ = tool->parameters;
  } else if (!scripted) {
    stop_ = request.stop;
  }
}

// Tokens of one choice that go into thinking. A budget takes at most half of them.
std::int64_t Said::thought(std::int64_t tokens) const {
  if (budget_) {
    return *budget_ < 0 ? tokens / 2 : std::min(*budget_, tokens / 2);
  }
  return static_cast<std::int64_t>(static_cast<double>(tokens) * thinking_);
}

// One that was cut is the beginning of a longer one.
std::string Said::said(std::uint64_t content, std::int64_t tokens, bool truncated) const {
  const std::int64_t all = truncated ? tokens * 2 + 8 : tokens;
  const bool json = !tool_.empty() || format_ != wire::TextFormat::Text;
  const std::string& schema = tool_.empty() ? schema_ : tool_schema_;
  const bool free = tool_.empty() ? format_ == wire::TextFormat::JsonObject : schema.empty();
  std::string out = !json  ? script::filler_text(content, tokens)
                    : free ? script::filler_json(content, all)
                           : script::json_answer(content, all, schema);
  if (truncated) {
    out.resize(std::min(out.size(), static_cast<std::size_t>(tokens) * wire::kBytesPerToken));
  }
  return out;
}

void Said::stop_early(Words& words) const {
  std::size_t at = std::string::npos;
  for (const std::string& stop : stop_) {
    const std::size_t found = stop.empty() ? std::string::npos : words.text.find(stop);
    if (found < at) {
      at = found;
      words.stop_text = stop;
    }
  }
  if (at != std::string::npos) {
    words.text.resize(at);
    words.tokens = words.thinking_tokens + wire::token_count(at);
  }
}

Said::Words Said::make(std::uint64_t content, std::int64_t tokens, bool truncated) const {
  Words out;
  out.tokens = tokens;
  out.thinking_tokens = thought(tokens);
  if (shows_thinking_) {
    out.thinking = script::filler_text(mix64(content ^ 0x7417), out.thinking_tokens);
  }
  out.text = said(content, tokens - out.thinking_tokens, truncated);
  stop_early(out);
  return out;
}

const Said::Words& Said::words(std::uint64_t content, const latency::Plan& plan,
                               std::int64_t choice) {
  while (words_.size() < static_cast<std::size_t>(choices_)) {
    const std::uint64_t i = words_.size();
    words_.push_back(make(i == 0 ? content : mix64(content + i),
                          plan.usage.output_tokens / choices_, plan.truncated));
  }
  return words_[static_cast<std::size_t>(choice)];
}

wire::ToolCall Said::tool_call(std::uint64_t content, const latency::Plan& plan,
                               std::string_view prefix, std::int64_t choice) {
  const std::uint64_t own =
      choice == 0 ? content : mix64(content + static_cast<std::uint64_t>(choice));
  return {script::make_id(prefix, own, 24), tool_, words(content, plan, choice).text};
}

wire::FinishReason Said::finish(std::uint64_t content, const latency::Plan& plan,
                                std::int64_t choice) {
  const bool stopped = !words(content, plan, choice).stop_text.empty();
  return plan.truncated && !stopped ? wire::FinishReason::Length
         : !tool_.empty()           ? wire::FinishReason::ToolCalls
                                    : wire::FinishReason::Stop;
}

// What does not divide goes to the first choice in the books, as in the plan.
wire::Usage Said::usage(std::uint64_t content, const latency::Plan& plan) {
  wire::Usage out{plan.usage.input_tokens, plan.usage.cached_tokens,
                  plan.usage.output_tokens % choices_, 0};
  for (std::int64_t i = 0; i < choices_; ++i) {
    const Words& own = words(content, plan, i);
    out.output_tokens += own.tokens;
    out.reasoning_tokens += own.thinking_tokens;
  }
  return out;
}

std::string_view Said::thinking_between(std::uint64_t content, const latency::Plan& plan,
                                        const Units& units) {
  const std::string& all = words(content, plan, units.choice).thinking;
  const auto place = [&](std::int64_t unit) {
    const auto token = static_cast<std::size_t>((unit + units.choice) / choices_);
    return std::min(token * wire::kBytesPerToken, all.size());
  };
  const std::size_t begin = place(units.from);
  return std::string_view(all).substr(begin, place(units.to) - begin);
}

std::string_view Said::text_between(std::uint64_t content, const latency::Plan& plan,
                                    const Units& units) {
  const Words& own = words(content, plan, units.choice);
  const std::int64_t planned = std::max<std::int64_t>(plan.usage.output_tokens / choices_, 1);
  const auto place = [&](std::int64_t unit) {
    std::int64_t token = std::min((unit + units.choice) / choices_, planned);
    token = shows_thinking_ ? std::max<std::int64_t>(token - own.thinking_tokens, 0)
                            : token * (planned - own.thinking_tokens) / planned;
    return std::min(static_cast<std::size_t>(token) * wire::kBytesPerToken, own.text.size());
  };
  const std::size_t begin = place(units.from);
  const std::size_t end = units.to >= plan.usage.output_tokens ? own.text.size() : place(units.to);
  return std::string_view(own.text).substr(begin, end > begin ? end - begin : 0);
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
