#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/wire/chat.hpp"

namespace rehearse::server {

// The words of one answer: thinking first, then text, or the JSON of a tool's arguments.
struct PlannedText {
  std::string thinking;
  std::string text;
  std::string stop_text;             // the text that ended it, which is not part of it
  std::int64_t tokens = 0;           // that were written
  std::int64_t thinking_tokens = 0;  // of them

  // What the planned tokens from … to-1 bring of either.
  std::string_view thinking_between(std::int64_t from, std::int64_t to) const;
  std::string_view text_between(std::int64_t from, std::int64_t to) const;
};

struct TextPlan {
  const wire::ChatRequest& request;
  bool prose = true;      // else a tool's arguments: always a JSON object
  bool scripted = false;  // then it is as long as planned, whatever ends it
  std::uint64_t content = 0;
  std::int64_t tokens = 0;
  bool truncated = false;
};
// Thinking takes what its budget allows, at most half of the tokens. A stop text that comes up ends
// the text before it: fewer tokens are written and told than were planned (and billed).
PlannedText plan_text(const TextPlan& plan);

}  // namespace rehearse::server
