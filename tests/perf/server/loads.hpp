#pragma once

#include "tests/perf/server/figures.hpp"

// The loads of bench/server: each drives a server that runs already and prints one line of JSON.
namespace rehearse::perf {

// Staggered streams, each asked for again as soon as it has ended; the error of every token against
// its schedule, by the kernel's receive time stamps.
void run_streams(const Flags& flags);
// Plain requests over kept connections, one at a time on each.
void run_requests(const Flags& flags);
// Connections that were used once and then do nothing.
void run_idle(const Flags& flags);
// Everything that a server should shrug off, beside whatever load it has.
void run_pests(const Flags& flags);

}  // namespace rehearse::perf
