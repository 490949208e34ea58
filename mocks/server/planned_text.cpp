#include "mocks/server/planned_text.hpp"

#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/wire/tokens.hpp"
#include "mocks/script/text.hpp"

namespace rehearse::server {
namespace {

// The bytes of the tokens from … to-1.
std::string_view between(std::string_view text, std::int64_t from, std::int64_t to) {
  const auto at = [&text](std::int64_t token) {
    const auto bytes = static_cast<std::size_t>(std::max<std::int64_t>(token, 0));
    return std::min(bytes * wire::kBytesPerToken, text.size());
  };
  return text.substr(at(from), at(to) - at(from));
}

void stop_early(const TextPlan& plan, PlannedText& out) {
  std::size_t at = std::string::npos;
  for (const std::string& stop : plan.request.stop) {
    if (const std::size_t found = out.text.find(stop); found < at) {
      at = found;
      out.stop_text = stop;
    }
  }
  if (at != std::string::npos) {
    out.text.resize(at);
    out.tokens = out.thinking_tokens + wire::token_count(at);
  }
}

}  // namespace

std::string_view PlannedText::thinking_between(std::int64_t from, std::int64_t to) const {
  return between(thinking, from, std::min(to, thinking_tokens));
}

std::string_view PlannedText::text_between(std::int64_t from, std::int64_t to) const {
  from = std::max(from, thinking_tokens) - thinking_tokens;
  return between(text, from, std::max(from, to - thinking_tokens));
}

PlannedText plan_text(const TextPlan& plan) {
  PlannedText out;
  out.tokens = plan.tokens;
  if (plan.request.thinking_tokens) {
    const std::int64_t budget = *plan.request.thinking_tokens;
    const std::int64_t half = plan.tokens / 2;
    out.thinking_tokens = budget < 0 ? half : std::min(budget, half);
    out.thinking = script::filler_text(mix64(plan.content ^ 0x7417), out.thinking_tokens);
  }
  const std::int64_t rest = plan.tokens - out.thinking_tokens;
  const bool json = plan.request.format != wire::TextFormat::Text && !plan.truncated;
  out.text = json || !plan.prose ? script::filler_json(plan.content, rest)
                                 : script::filler_text(plan.content, rest);
  if (plan.prose && !plan.scripted) {
    stop_early(plan, out);
  }
  return out;
}

}  // namespace rehearse::server
