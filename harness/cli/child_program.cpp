#include "harness/cli/child_program.hpp"

#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "harness/base/text.hpp"

namespace rehearse::cli {

Result<ChildProgram> ChildProgram::start(const std::vector<std::string>& argv,
                                         const target::Variables& variables) {
  std::vector<std::string> words = argv;
  std::vector<std::string> environment = target::environment_with(variables);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);  // ignored by us
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int code =
      posix_spawnp(&pid, words[0].c_str(), &files, &attributes, target::pointers_to(words).data(),
                   target::pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (code == ENOENT) {
    return Error{"", "command not found: " + quoted_excerpt(words[0])};
  }
  if (code != 0) {
    return Error{quoted_excerpt(words[0]),
                 std::string("cannot be started: ") + std::strerror(code)};
  }
  return ChildProgram(pid);
}

ChildProgram::~ChildProgram() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

std::optional<int> ChildProgram::ended() {
  int status = 0;
  if (pid_ < 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) {
    return std::nullopt;
  }
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void ChildProgram::ask_to_end() const {
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
  }
}

}  // namespace rehearse::cli
