#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rehearse {

// How many bytes the first character of `text` (not empty) takes; 0 where it is not valid UTF-8.
std::size_t utf8_length(std::string_view text);

// Appends a character; it must be one (not above 0x10FFFF, no surrogate).
void append_utf8(std::string& out, char32_t character);

}  // namespace rehearse
