#pragma once

#include <string>

#include "reports/document.hpp"
#include "reports/terminal.hpp"

namespace rehearse::reports {

// A text made safe, in its tone's colour where colour is wanted.
std::string painted(const Text& text, bool colour);
// A bar of `width` columns, in eighths.
std::string bar(double share, std::size_t width);

std::string write_terminal_table(const Table& table, const TerminalOptions& options);

}  // namespace rehearse::reports
