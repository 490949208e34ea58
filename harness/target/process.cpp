#include "harness/target/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <system_error>
#include <vector>

#include "harness/target/environment.hpp"

namespace rehearse::target {
namespace {

Error problem(const Command& command, std::string what) {
  return {command.argv.empty() ? "command" : command.argv.front(), std::move(what)};
}

struct Pipe {
  FileHandle read;
  FileHandle write;
};

bool open_pipe(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return false;
  }
  pipe.read = FileHandle(ends[0]);
  pipe.write = FileHandle(ends[1]);
  return ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

// What the new program starts with: its files, its group, no signal of ours blocked or ignored.
class SpawnPlan {
 public:
  SpawnPlan(const Command& command, int out, int err) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, out, 1);
    ::posix_spawn_file_actions_adddup2(&files_, err, 2);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, 3);  // Asio's sockets are inheritable
    if (!command.directory.empty()) {
      ::posix_spawn_file_actions_addchdir_np(&files_, command.directory.c_str());
    }
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, static_cast<short>(POSIX_SPAWN_SETPGROUP) |
                                                 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  int spawn(pid_t& pid, std::vector<std::string> argv, std::vector<std::string> environment) {
    const std::vector<char*> arguments = pointers_to(argv);
    const std::vector<char*> variables = pointers_to(environment);
    return ::posix_spawnp(&pid, arguments[0], &files_, &attributes_, arguments.data(),
                          variables.data());
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

Duration of(const timeval& time) {
  return Duration::seconds(time.tv_sec) + Duration::microseconds(time.tv_usec);
}

std::uint64_t kilobytes(long count) { return static_cast<std::uint64_t>(count) * 1024; }

}  // namespace

FileHandle::~FileHandle() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

Result<Process> start_process(const Command& command) {
  if (command.argv.empty() || command.argv.front().empty()) {
    return problem(command, "expected a program, found nothing");
  }
  std::error_code ignored;
  if (!command.directory.empty() && !std::filesystem::is_directory(command.directory, ignored)) {
    return problem(command, "no such directory: " + command.directory.string());
  }
  Pipe out;
  Pipe err;
  if (!open_pipe(out) || !open_pipe(err)) {
    return problem(command, std::string("cannot make a pipe: ") + std::strerror(errno));
  }
  Process process;
  SpawnPlan plan(command, out.write.get(), err.write.get());
  const int failed = plan.spawn(process.pid, command.argv, environment_with(command.environment));
  if (failed == ENOENT) {
    return problem(command, "command not found: " + command.argv.front());
  }
  if (failed != 0) {
    return problem(command, std::string("cannot be started: ") + std::strerror(failed));
  }
  process.exit = FileHandle(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (process.exit.get() < 0) {
    const std::string why = std::strerror(errno);
    signal_group(process.pid, SIGKILL);
    ::waitpid(process.pid, nullptr, 0);
    return problem(command, "cannot be watched: " + why);
  }
  process.out = std::move(out.read);
  process.err = std::move(err.read);
  return process;
}

Ended reap(pid_t pid) {
  // The leader is not reaped yet, so its group's number cannot be anybody else's.
  signal_group(pid, SIGKILL);
  Ended ended;
  rusage usage{};
  while (::wait4(pid, &ended.status, 0, &usage) < 0 && errno == EINTR) {
  }
  ended.cpu = of(usage.ru_utime) + of(usage.ru_stime);
  ended.peak_memory_bytes = kilobytes(usage.ru_maxrss);
  return ended;
}

void signal_group(pid_t pid, int signal) { ::kill(-pid, signal); }

std::uint64_t peak_memory_of(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") {
      long count = 0;
      status >> count;
      return kilobytes(count);
    }
  }
  return 0;
}

std::uint64_t own_peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return kilobytes(usage.ru_maxrss);
}

}  // namespace rehearse::target
