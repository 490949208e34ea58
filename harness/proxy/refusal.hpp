#pragma once

#include <string>

namespace rehearse::proxy {

// What the proxy itself answers, in the shape of an API error, and closes: a provider that could
// not be reached (502), a request that is none (400, 431, 505).
std::string refusal_text(int status, const std::string& problem);

}  // namespace rehearse::proxy
