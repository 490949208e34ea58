#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"

namespace rehearse::wire {

// RFC 4648 base64 with padding; linear.
std::string encode_base64(std::string_view bytes);

// Reads padded or unpadded base64; any other character is an error.
Result<std::string> decode_base64(std::string_view text);

}  // namespace rehearse::wire
