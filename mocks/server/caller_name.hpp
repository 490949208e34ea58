#pragma once

#include <string>

#include "harness/wire/http_message.hpp"

namespace rehearse::server {

// Who the bill is for: as the request says (x-rehearse-caller), else the stage that it belongs to,
// else its program's user agent. Never a key. Untrusted: cut, and only its printable part.
std::string caller_name(const wire::Headers& headers, const std::string& stage);

}  // namespace rehearse::server
