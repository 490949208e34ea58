#include "tests/cli/terminal.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace rehearse::test {
namespace {

constexpr int kPatience_ms = 20'000;
constexpr char kErase[] = "\r\033[K";

void open_as(int target, const char* name) {
  const int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, target) < 0) {
    _exit(126);
  }
}

[[noreturn]] void become(const Terminal::Options& options, const std::vector<std::string>& words) {
  if (chdir(options.folder.c_str()) != 0) {
    _exit(126);
  }
  setenv("TERM", options.term.c_str(), 1);
  unsetenv("COLUMNS");
  open_as(STDOUT_FILENO, "out.txt");
  if (!options.err_on_terminal) {
    open_as(STDERR_FILENO, "err.txt");
  }
  std::vector<char*> argv;
  std::string program = REHEARSE_BINARY;
  std::vector<std::string> own = words;
  argv.push_back(program.data());
  for (std::string& word : own) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  _exit(127);
}

}  // namespace

Terminal::Terminal(const Options& options, const std::vector<std::string>& words) {
  winsize size{};
  size.ws_col = static_cast<unsigned short>(options.columns);
  size.ws_row = 24;
  pid_ = forkpty(&master_, nullptr, nullptr, &size);
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    become(options, words);
  }
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(master_);
}

bool Terminal::read_some() {
  pollfd ready{.fd = master_, .events = POLLIN, .revents = 0};
  if (poll(&ready, 1, kPatience_ms) != 1) {
    return false;
  }
  std::array<char, 4096> buffer;
  const ssize_t n = read(master_, buffer.data(), buffer.size());
  if (n <= 0) {
    return false;  // EIO: the program has closed its end
  }
  screen_.append(buffer.data(), static_cast<std::size_t>(n));
  return true;
}

bool Terminal::wait_for(const std::string& text) {
  while (screen_.find(text) == std::string::npos) {
    if (!read_some()) {
      return false;
    }
  }
  return true;
}

void Terminal::press_ctrl_c() { REQUIRE(write(master_, "\x03", 1) == 1); }

int Terminal::finish() {
  while (read_some()) {
  }
  int status = 0;
  REQUIRE(waitpid(pid_, &status, 0) == pid_);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<std::string> Terminal::drawn() const {
  const std::string erase = kErase;
  std::vector<std::string> rows;
  for (std::size_t at = screen_.find(erase); at != std::string::npos;) {
    const std::size_t begin = at + erase.size();
    at = screen_.find(erase, begin);
    const std::size_t end = std::min({at, screen_.find('\n', begin), screen_.find('\r', begin)});
    rows.push_back(screen_.substr(begin, end == std::string::npos ? end : end - begin));
  }
  return rows;
}

}  // namespace rehearse::test
