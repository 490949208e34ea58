#include "harness/provider/outcome.hpp"

namespace rehearse::provider {

std::string_view failure_name(Failure failure) {
  switch (failure) {
    case Failure::None:
      return "none";
    case Failure::Timeout:
      return "timeout";
    case Failure::Cancelled:
      return "cancelled";
    case Failure::RateLimited:
      return "rate_limited";
    case Failure::QuotaExhausted:
      return "quota_exhausted";
    case Failure::Overloaded:
      return "overloaded";
    case Failure::ServerError:
      return "server_error";
    case Failure::BadRequest:
      return "bad_request";
    case Failure::Unauthorized:
      return "unauthorized";
    case Failure::NotFound:
      return "not_found";
    case Failure::OtherStatus:
      return "other_status";
    case Failure::ConnectionRefused:
      return "connection_refused";
    case Failure::ConnectionReset:
      return "connection_reset";
    case Failure::TlsFailed:
      return "tls_failed";
    case Failure::Truncated:
      return "truncated";
    case Failure::Malformed:
      return "malformed";
  }
  return "unknown";
}

}  // namespace rehearse::provider
