#pragma once

#include <string_view>

namespace rehearse::reports {

// What every HTML report carries: its style sheet and one script with the chart libraries. The
// script is empty where they were not there at build time: such pages hold tables only.
struct HtmlAssets {
  std::string_view script;
  std::string_view script_sha256;  // 64 hexadecimal digits, of exactly that text
  std::string_view style;
  std::string_view style_sha256;
  std::string_view notices;  // licences of what is in the script
};

// The ones of this build (reports/charts).
const HtmlAssets& built_in_assets();

}  // namespace rehearse::reports
