#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "reports/html_assets.hpp"
#include "reports/page.hpp"

namespace rehearse::reports {

// What a page may hold beside its assets, in bytes; past it tables are cut and charts left out, and
// the page says so.
inline constexpr std::size_t kMostHtml = 1'000'000;

// One offline page: no request leaves it. A content security policy allows the built-in script and
// style by their hashes and nothing else; without scripts every table is there. All texts are
// escaped.
std::string write_html(const Page& page, const HtmlAssets& assets);

// A text inside HTML, attributes in double quotes included: no markup, control character or
// bidirectional override gets through; cut at 300 columns.
std::string html_safe(std::string_view text);

}  // namespace rehearse::reports
