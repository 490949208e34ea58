#include "harness/record/recorded_call.hpp"
#include "mocks/calibration/read_timed_calls.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;

// Tables of calls (CSV, JSON, lines) and the rows of a recording: any bytes are read or refused,
// and what was read survives being written again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const auto table = calibration::parse_timed_calls(text, "fuzz.csv");
  if (table) {
    for (const calibration::TimedCall& call : table->calls) {
      fuzz::require(call.total_s > 0 && call.first_s <= call.total_s, "times are in order");
    }
  } else {
    fuzz::require(table.errors().size() <= 20, "errors are bounded");
  }
  const std::size_t cut = text.find('\x00');
  const auto call = record::decode_call(text.substr(0, cut),
                                        cut == std::string_view::npos ? "" : text.substr(cut + 1));
  if (call) {
    const auto back = record::decode_call(record::encode_call(*call), record::encode_chunks(*call));
    fuzz::require(back.ok() && *back == *call, "a call survives its file");
  }
  return 0;
}
