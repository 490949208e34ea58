#include "harness/provider/status.hpp"

namespace rehearse::provider {
namespace {

constexpr std::string_view kNoQuota = "insufficient_quota";

}  // namespace

Failure failure_of_status(std::uint16_t status, std::string_view code) {
  if (status >= 200 && status < 300) {
    return Failure::None;
  }
  switch (status) {
    case 400:
    case 413:
    case 422:
      return Failure::BadRequest;
    case 401:
    case 403:
      return Failure::Unauthorized;
    case 404:
      return Failure::NotFound;
    case 429:
      return code == kNoQuota ? Failure::QuotaExhausted : Failure::RateLimited;
    case 503:
    case 529:
      return Failure::Overloaded;
    default:
      return status >= 500 && status < 600 ? Failure::ServerError : Failure::OtherStatus;
  }
}

bool is_transient_status(std::uint16_t status, std::string_view code) {
  if (status == 429) {
    return code != kNoQuota;
  }
  return status == 408 || status == 409 || status >= 500;
}

bool is_transient_failure(Failure failure, bool answer_began) {
  switch (failure) {
    case Failure::Timeout:
    case Failure::ConnectionRefused:
    case Failure::ConnectionReset:
      return !answer_began;
    default:
      return false;
  }
}

}  // namespace rehearse::provider
