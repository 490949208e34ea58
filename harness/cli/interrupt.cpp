#include "harness/cli/interrupt.hpp"

#include <unistd.h>

#include <csignal>

#include "harness/cli/exit_code.hpp"

namespace rehearse::cli {
namespace {

// A signal handler can reach nothing but a global.
volatile std::sig_atomic_t signals = 0;
volatile std::sig_atomic_t on_terminal = 0;

void on_signal(int) {
  signals = signals + 1;
  if (signals > 1) {
    // Below the progress line, not behind it.
    if (on_terminal != 0 && write(STDERR_FILENO, "\n", 1) < 0) {
      _exit(kKilled);
    }
    _exit(kKilled);
  }
}

}  // namespace

void catch_interrupts() {
  on_terminal = isatty(STDERR_FILENO);
  struct sigaction action = {};
  action.sa_handler = &on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() { return signals > 0; }

}  // namespace rehearse::cli
