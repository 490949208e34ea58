#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/document.hpp"

namespace rehearse::reports {

struct TerminalOptions {
  unsigned width = 80;  // columns; at least 40 are used
  bool colour = false;
};

// A document for a terminal. No line is wider than the width but where it is to be copied; no
// control character, escape sequence or bidirectional override of any text gets through.
std::string write_terminal(const Document& document, const TerminalOptions& options);

// The columns that a text takes: code points, wide ones (CJK, emoji) twice, combining ones not.
std::size_t display_width(std::string_view text);
// The first columns of a text, "…" at its end where something was cut.
std::string cut_to_width(std::string_view text, std::size_t width);
// Columns of the longest piece that is not to be broken: a word, or a part of a name.
std::size_t longest_piece(std::string_view text);
// The text on at most `most` lines of that width, broken between words or the parts of a name where
// that can be; what does not fit is cut. What is indented stays so. At least one line.
std::vector<std::string> wrap_to_width(std::string_view text, std::size_t width, std::size_t most);

}  // namespace rehearse::reports
