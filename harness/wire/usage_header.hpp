#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/usage.hpp"

namespace rehearse::wire {

// A mock's answer to a call that carried x-rehearse-call says here what it bills, as most APIs say
// it only in part (an image answer has no tokens, a broken stream no usage at all).
inline constexpr std::string_view kUsageHeaderName = "x-rehearse-usage";

// "input_tokens=900;output_tokens=312": what is not zero, in the order of Usage; may be empty.
std::string usage_header_text(const rehearse::Usage& usage);
// Reads exactly what usage_header_text writes; nothing where it is anything else.
std::optional<rehearse::Usage> parse_usage_header(std::string_view text);

}  // namespace rehearse::wire
