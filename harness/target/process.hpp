#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>

#include "harness/base/result.hpp"
#include "harness/target/command.hpp"

namespace rehearse::target {

// A file descriptor that closes itself.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int fd) : fd_(fd) {}
  FileHandle(FileHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileHandle();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// A started program, the leader of its process group, and the ends of its outputs (non-blocking).
struct Process {
  pid_t pid = -1;
  FileHandle exit;  // a pidfd: readable when it has ended
  FileHandle out;
  FileHandle err;
};

// Starts it; "command not found: x", "no such directory: x" and the like where it cannot.
Result<Process> start_process(const Command& command);

// How a program ended, as the kernel counts it.
struct Ended {
  int status = 0;
  Duration cpu;
  std::uint64_t peak_memory_bytes = 0;
};
// Kills what is left of the group and reaps the leader, which must have ended.
Ended reap(pid_t pid);

void signal_group(pid_t pid, int signal);
// The peak so far of a running program in bytes, 0 where it cannot be read.
std::uint64_t peak_memory_of(pid_t pid);
// The peak of this program itself.
std::uint64_t own_peak_memory();

}  // namespace rehearse::target
