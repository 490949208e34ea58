#pragma once

#include <memory>
#include <string_view>

#include "mocks/latency/limits.hpp"
#include "mocks/latency/profile.hpp"
#include "mocks/latency/ticket.hpp"

namespace rehearse::latency {

// "18.642s", "576ms", "6m0s": a wait as OpenAI writes it, rounded up to a millisecond.
std::string wait_text(Duration wait);

// Refused by a limit: in the provider's words, with the wait.
std::unique_ptr<Refusal> refuse_limited(const Profile& profile, std::string_view model,
                                        Limits& limits, const Limits::Verdict& verdict,
                                        Instant now);
// Refused by a full queue; by a provider that has no such operation or model.
std::unique_ptr<Refusal> refuse_busy(const Profile& profile, std::string_view model);
std::unique_ptr<Refusal> refuse_unknown(const Profile& profile, std::string_view model);

}  // namespace rehearse::latency
