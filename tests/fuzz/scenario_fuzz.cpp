#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scenarios/describe.hpp"

// No text crashes the loader; what it accepts instantiates, and its canonical text means the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rehearse::scenarios;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = parse_scenario(text, "fuzz", "/nonexistent");
  if (!file) {
    for (const rehearse::Error& error : file.errors()) {
      if (error.what.empty() || error.what.find('\n') != std::string::npos) {
        std::abort();
      }
    }
    return 0;
  }
  const auto scenario = instantiate(*file, {});
  if (!scenario) {
    std::abort();
  }
  const auto again = parse_scenario(scenario->canonical, "canonical", "/nonexistent");
  if (!again || describe(*file, *scenario, 80).empty()) {
    std::abort();
  }
  const auto same = instantiate(*again, {});
  if (!same || same->canonical != scenario->canonical) {
    std::abort();
  }
  return 0;
}
