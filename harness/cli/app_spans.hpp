#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/record/event.hpp"
#include "mocks/server/call_record.hpp"

namespace rehearse::cli {

// A job's spans as the mocks saw its calls.
struct SeenJob {
  std::vector<record::StageSpan> spans;
  std::vector<record::AttemptSpan> attempts;
  rehearse::Usage usage;
  Money cost;
  std::uint32_t retries = 0;
};

// Calls of one stage and item are attempts of one span. What released a span is taken to be the
// span that ended last before it began. `stages` gives the index of a stage's path, `unmatched`
// that of calls that fit no stage; `offset` is added to every instant.
SeenJob spans_of(std::vector<server::CallRecord> calls,
                 const std::map<std::string, std::uint32_t>& stages, std::uint32_t unmatched,
                 Duration offset);

}  // namespace rehearse::cli
