#pragma once

#include <optional>
#include <string_view>

#include "harness/json/read.hpp"

// Private to read.cpp.
namespace rehearse::json {

// What parse() makes of a text of the plainest kind, a tenth as slow: no comments, few keys in
// each object and none of them twice. Nothing where the text is any other or wrong: then the
// careful reader decides, and says what is wrong.
std::optional<Value> read_plain(std::string_view text, const Limits& limits);

}  // namespace rehearse::json
