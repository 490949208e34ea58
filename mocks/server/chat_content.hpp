#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/wire/api_error.hpp"
#include "harness/wire/chat.hpp"
#include "mocks/latency/ticket.hpp"

namespace rehearse::server {

// What a text generation says, in whatever provider's words: thinking first, then text, JSON of the
// schema asked for, or the arguments of a tool; of as many mock tokens as were planned.
class Said {
 public:
  // `scripted`: it is as long as planned, whatever ends it, and thinks only where that is asked
  // for, as virtual time does.
  Said(const wire::ChatRequest& request, std::string_view model, bool scripted);

  // The tool that is called instead of text; empty: none. One is called where tool_choice demands
  // it, or where the user's last message names it.
  const std::string& tool() const { return tool_; }

  // The words of one choice.
  struct Words {
    std::string thinking;     // empty where it is not shown
    std::string text;         // or the tool's arguments
    std::string stop_text;    // the text that ended it, which is not part of it
    std::int64_t tokens = 0;  // that were written: fewer than planned and billed where one ended it
    std::int64_t thinking_tokens = 0;  // of them
  };
  // Made for all choices at once, when one is first asked for: of the same content and plan always.
  const Words& words(std::uint64_t content, const latency::Plan& plan, std::int64_t choice = 0);
  // `prefix` begins its id, as the provider has it.
  wire::ToolCall tool_call(std::uint64_t content, const latency::Plan& plan,
                           std::string_view prefix = "call_", std::int64_t choice = 0);
  wire::FinishReason finish(std::uint64_t content, const latency::Plan& plan,
                            std::int64_t choice = 0);
  wire::Usage usage(std::uint64_t content, const latency::Plan& plan);

  // What the units from … to-1 of all choices together, which take turns, bring of one of them.
  // Thinking that is not shown delays nothing: the plan's first content is text. The last units
  // bring all that is left, since a schema may need more than was planned.
  struct Units {
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::int64_t choice = 0;
  };
  std::string_view thinking_between(std::uint64_t content, const latency::Plan& plan,
                                    const Units& units);
  std::string_view text_between(std::uint64_t content, const latency::Plan& plan,
                                const Units& units);

 private:
  Words make(std::uint64_t content, std::int64_t tokens, bool truncated) const;
  std::int64_t thought(std::int64_t tokens) const;
  std::string said(std::uint64_t content, std::int64_t tokens, bool truncated) const;
  void stop_early(Words& words) const;

  std::int64_t choices_;
  wire::TextFormat format_;
  std::string schema_;
  std::string tool_;
  std::string tool_schema_;
  std::vector<std::string> stop_;
  std::optional<std::int64_t> budget_;  // of thinking, in tokens; below zero: as many as it likes
  double thinking_ = 0;                 // else the share of the output that goes into it
  bool shows_thinking_ = false;
  std::vector<Words> words_;  // by choice, once they are made
};

// The refusal of a tool_choice that names a tool which is not there.
std::optional<wire::ApiError> unknown_tool(const wire::ChatRequest& request);

// The refusal of a prompt that does not fit the model's context window with what it may answer;
// nothing where it does, or where the window is not known.
std::optional<wire::ApiError> too_long(const wire::ChatRequest& request, std::int64_t input_tokens);

}  // namespace rehearse::server
