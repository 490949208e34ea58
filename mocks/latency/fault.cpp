#include "mocks/latency/fault.hpp"

namespace rehearse::latency {

std::string_view fault_name(Fault fault) {
  switch (fault) {
    case Fault::None:
      return "none";
    case Fault::Status:
      return "status";
    case Fault::ConnectionRefused:
      return "connection_refused";
    case Fault::ConnectionReset:
      return "connection_reset";
    case Fault::ResetInStream:
      return "reset_in_stream";
    case Fault::StallBeforeAnswer:
      return "stall_before_answer";
    case Fault::StallInStream:
      return "stall_in_stream";
    case Fault::TruncatedBody:
      return "truncated_body";
    case Fault::MalformedBody:
      return "malformed_body";
    case Fault::WrongContentType:
      return "wrong_content_type";
    case Fault::SlowBytes:
      return "slow_bytes";
  }
  return "none";
}

}  // namespace rehearse::latency
