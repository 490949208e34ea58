#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/wire/api_error.hpp"
#include "harness/wire/chat.hpp"
#include "mocks/latency/ticket.hpp"

namespace rehearse::server {

// What a text generation says, in whatever provider's words: text, JSON of the schema asked for, or
// a tool call; of as many mock tokens as were planned, some of them spent on thinking.
class Said {
 public:
  // `scripted`: it thinks nothing, as virtual time does.
  Said(const wire::ChatRequest& request, std::string_view model, bool scripted);

  // The tool that is called instead of text; empty: none. One is called where tool_choice demands
  // it, or where the user's last message names it.
  const std::string& tool() const { return tool_; }
  std::string text(std::uint64_t content, const latency::Plan& plan) const;
  wire::ToolCall tool_call(std::uint64_t content, const latency::Plan& plan) const;
  wire::FinishReason finish(const latency::Plan& plan) const;
  wire::Usage usage(const latency::Plan& plan) const;

  // Which bytes of a choice's text the units from … to-1 of all choices together bring.
  struct Span {
    std::size_t at = 0;
    std::size_t size = 0;
  };
  Span span(std::size_t bytes, const latency::Plan& plan, std::int64_t from, std::int64_t to,
            std::int64_t choice = 0) const;

 private:
  std::int64_t thought(std::int64_t tokens) const;
  std::int64_t visible(const latency::Plan& plan) const;  // tokens of one choice

  std::int64_t choices_;
  wire::TextFormat format_;
  std::string schema_;
  std::string tool_;
  std::string tool_schema_;
  double thinking_ = 0;  // share of the output
};

// The refusal of a tool_choice that names a tool which is not there.
std::optional<wire::ApiError> unknown_tool(const wire::ChatRequest& request);

// The refusal of a prompt that does not fit the model's context window with what it may answer;
// nothing where it does, or where the window is not known.
std::optional<wire::ApiError> too_long(const wire::ChatRequest& request, std::int64_t input_tokens);

}  // namespace rehearse::server
