#pragma once

#include <string>
#include <vector>

#include "harness/record/recorded_call.hpp"

namespace rehearse::inference {

// What was said in a call, without its markup; empty where no bodies were recorded.
struct CallTexts {
  std::string asked;              // every text of the request
  std::vector<std::string> said;  // every text of the answer that is long enough to be known again
};

// Reads JSON, streams of events and lines, and anything else as it is.
CallTexts texts_of(const record::RecordedCall& call);

// Whether at least kShortestQuote bytes of what `from` said stand in what `to` asked, and did not
// stand in what `from` was asked itself.
inline constexpr std::size_t kShortestQuote = 24;
bool feeds(const CallTexts& from, const CallTexts& to);

}  // namespace rehearse::inference
