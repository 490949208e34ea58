#pragma once

#include <string>
#include <string_view>

#include "harness/json/value.hpp"

namespace rehearse::json {

// JSON text; indent < 0 is one line. Numbers print shortest and exact; non-finite ones become null.
// Invalid UTF-8 is replaced, so the text is always valid.
std::string dump(const Value& value, int indent = -1);

// Members sorted by key, one line: equal values give equal text, whatever their order was.
std::string dump_canonical(const Value& value);

// Appends the text as dump() writes it: quoted and escaped.
void append_text(std::string& out, std::string_view text);

// A quoted, escaped JSON string; also escapes < > & so that it can stand inside an HTML script.
std::string quote(std::string_view text);

}  // namespace rehearse::json
