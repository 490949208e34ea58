#include "harness/wire/call_header.hpp"
#include "harness/wire/http_message.hpp"
#include "harness/wire/rate_limit.hpp"
#include "harness/wire/time_text.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace rehearse;

// Small texts of headers: what parses, prints to text that parses to the same value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  if (const auto call = wire::parse_call_header(text)) {
    const auto back = wire::parse_call_header(wire::call_header_text(*call));
    fuzz::require(back.ok() && *back == *call, "a call header reads back as itself");
  }
  if (const auto duration = wire::parse_go_duration(text)) {
    const auto back = wire::parse_go_duration(wire::go_duration_text(*duration));
    fuzz::require(back.has_value(), "a Go duration reads back");
  }
  if (const auto at = wire::parse_http_date(text)) {
    fuzz::require(wire::parse_http_date(wire::http_date(*at)) == at, "a date reads back");
  }
  (void)wire::read_retry_after({{"retry-after", std::string(text)}}, Instant());
  (void)wire::query_value(text, "q");
  fuzz::require(wire::percent_decode(wire::percent_encode(text)) == text, "percent round trip");
  return 0;
}
