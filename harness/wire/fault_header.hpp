#pragma once

#include <string_view>

namespace rehearse::wire {

// A mock's answer to a call that carried x-rehearse-call and cannot show a planned fault otherwise:
// a connection that was accepted long ago cannot refuse. Its value is the fault's name; the caller
// counts the answer as that fault.
inline constexpr std::string_view kFaultHeaderName = "x-rehearse-fault";
inline constexpr std::string_view kConnectionRefused = "connection_refused";

}  // namespace rehearse::wire
