#pragma once

#include <string>
#include <string_view>

#include "reports/document.hpp"

namespace rehearse::reports {

// What a comment on a pull request may be long (GitHub: 65,536 characters).
inline constexpr std::size_t kMostMarkdown = 60'000;

// A document for a pull request: always under kMostMarkdown bytes, what does not fit is counted.
// Waterfalls are Mermaid gantt charts.
std::string write_markdown(const Document& document);

// A text that means nothing but itself: no markup, HTML, mention, issue number or link.
std::string markdown_safe(std::string_view text);

}  // namespace rehearse::reports
