#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/json/read.hpp"
#include "harness/json/write.hpp"

// What parses, dumps to text that parses to the same value; what does not, has a one-line reason.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = rehearse::json::parse(text, "fuzz");
  // A byte order mark sends a text past the reader of plain ones.
  const bool marked = text.starts_with("\xEF\xBB\xBF");
  if (const auto careful =
          rehearse::json::parse((marked ? "" : "\xEF\xBB\xBF") + std::string(text), "fuzz");
      !marked && (careful.ok() != value.ok() || (value.ok() && !(*careful == *value)))) {
    std::abort();
  }
  if (!value) {
    const std::string line = value.error().text();
    if (line.find('\n') != std::string::npos || line.size() > 400) {
      std::abort();
    }
    return 0;
  }
  const auto again = rehearse::json::parse(rehearse::json::dump(*value, 1), "dump");
  if (!again || !(*again == *value) ||
      rehearse::json::dump_canonical(*again) != rehearse::json::dump_canonical(*value)) {
    std::abort();
  }
  return 0;
}
