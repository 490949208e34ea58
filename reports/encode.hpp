#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Texts of formats that are not for people. None of them ever sees an untrusted text unescaped.
namespace rehearse::reports {

// RFC 4648 base64 with padding.
std::string base64_text(std::string_view bytes);

// A cell of a CSV file (RFC 4180): quoted where it must be; one that a spreadsheet would take for a
// formula starts with an apostrophe (OWASP, CSV injection).
std::string csv_cell(std::string_view text);

// A text inside XML 1.0, attributes in double quotes included; characters that XML cannot hold are
// made visible.
std::string xml_safe(std::string_view text);

// Letters, digits and . _ / - only: names in formats without any escape.
std::string plain_name(std::string_view text);

// "2024-01-31T12:00:00+00:00" of milliseconds since 1970, UTC.
std::string iso_time(std::int64_t unix_ms);

}  // namespace rehearse::reports
