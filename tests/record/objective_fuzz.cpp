#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/base/check.hpp"
#include "harness/record/objective.hpp"

// Any text is an objective or an error; an objective's usual spelling reads as the same objective.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rehearse;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<record::Objective> objective = record::parse_objective(text);
  if (objective.ok()) {
    const std::string usual = record::objective_text(*objective);
    const Result<record::Objective> again = record::parse_objective(usual);
    REHEARSE_CHECK(again.ok() || usual.size() > 500);
    REHEARSE_CHECK(!again.ok() || again->metric == objective->metric);
  }
  return 0;
}
