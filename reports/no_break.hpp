#pragma once

#include <string>
#include <string_view>

namespace rehearse::reports {

// The same text with a no-break space between each number and its unit, and between the parts of a
// time, of a plus-minus and its number: "3 h 27 m", "± 4.75 s", "11,784,420.16 USD", "26 slots".
std::string with_no_breaks(std::string_view text);
// … and with plain spaces again, for what is copied from a terminal.
std::string with_plain_spaces(std::string_view text);

}  // namespace rehearse::reports
