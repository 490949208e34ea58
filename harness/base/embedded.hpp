#pragma once

#include <string_view>

namespace rehearse {

// A text file that was built into the binary (rehearse_embed); `name` is its name without ending.
struct EmbeddedText {
  std::string_view name;
  std::string_view text;
};

}  // namespace rehearse
