#include "harness/cli/console.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "harness/base/text.hpp"
#include "harness/cli/exit_code.hpp"

namespace rehearse::cli {
namespace {

std::size_t terminal_width() {
  if (const char* columns = std::getenv("COLUMNS")) {
    const long value = std::strtol(columns, nullptr, 10);
    if (value > 0) {
      return static_cast<std::size_t>(std::clamp(value, 40L, 400L));
    }
  }
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::clamp<std::size_t>(size.ws_col, 40, 400);
  }
  return 100;
}

}  // namespace

Console Console::detect() {
  Console console;
  console.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  console.err_is_terminal = isatty(STDERR_FILENO) == 1 && !dumb;  // one that can erase a line
  console.color = console.out_is_terminal && (no_color == nullptr || *no_color == '\0') && !dumb;
  console.width = terminal_width();
  return console;
}

std::size_t Console::err_width() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? std::max<std::size_t>(size.ws_col, 2) : 80;
}

void Console::out(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), stdout); }

void Console::say(std::string_view line) const {
  if (!quiet) {
    std::fprintf(stderr, "%s\n", terminal_safe(line).c_str());
  }
}

void Console::fail(const Errors& errors) const {
  for (const Error& error : errors) {
    std::fprintf(stderr, "rehearse: %s\n", terminal_safe(error.text()).c_str());
  }
}

int Console::refuse(const Errors& errors) const {
  fail(errors);
  return kUsage;
}

bool flush_out() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

// Asked of the pipe itself: errno of the write that failed may long be overwritten.
bool reader_has_gone() {
  pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace rehearse::cli
