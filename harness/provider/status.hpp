#pragma once

#include <cstdint>
#include <string_view>

#include "harness/provider/outcome.hpp"

namespace rehearse::provider {

// What an HTTP status means to a caller; `code` is the one in the error body, where there is one.
// The one mapping of both worlds: 2xx None; 429 RateLimited, but QuotaExhausted where the code says
// "insufficient_quota"; 503 and 529 Overloaded; other 5xx ServerError; 400, 413 and 422 BadRequest;
// 401 and 403 Unauthorized; 404 NotFound; all else OtherStatus.
Failure failure_of_status(std::uint16_t status, std::string_view code = {});

// Whether a status is worth another try by the rules that the official SDKs share: 408, 409, 429
// and from 500; never an exhausted quota.
bool is_transient_status(std::uint16_t status, std::string_view code = {});

// Whether a failure without a status is: refused, reset and timed-out connections are, as long as
// no part of the answer was read; what broke inside an answer is not.
bool is_transient_failure(Failure failure, bool answer_began);

}  // namespace rehearse::provider
