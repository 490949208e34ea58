#pragma once

namespace rehearse::cli {

// From here on the first SIGINT or SIGTERM asks for an orderly end (interrupted() is true: stop
// arrivals, drain, report), and the second one ends the process at once with status 130.
void catch_interrupts();
bool interrupted();

}  // namespace rehearse::cli
