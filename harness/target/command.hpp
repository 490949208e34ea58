#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/net/asio_runtime.hpp"
#include "harness/target/environment.hpp"

namespace rehearse::target {

// A program to run, without a shell.
struct Command {
  std::vector<std::string> argv;      // argv[0] is looked up in PATH where it holds no slash
  std::filesystem::path directory;    // to run in; empty: ours
  Variables environment;              // set on top of ours
  std::filesystem::path stdout_file;  // gets the first `most_file` bytes; empty: none
  std::filesystem::path stderr_file;
  std::size_t most_kept = 64u << 10;  // bytes at the end of each output kept in memory
  std::uint64_t most_file = 16u << 20;
  Duration grace = Duration::seconds(2);  // wall time from SIGTERM to SIGKILL
};

enum class CommandEnd : std::uint8_t {
  Exited,
  Signalled,  // by somebody else, or by its own fault
  Stopped,    // by us: the token
  NotStarted,
};

// One output of a program.
struct Output {
  std::string tail;
  std::uint64_t bytes = 0;  // of all that was written
};

struct CommandResult {
  CommandEnd end = CommandEnd::NotStarted;
  int exit_code = 0;  // of Exited
  int signal = 0;     // of Signalled and Stopped; 0 where it ended by itself
  std::string error;  // of NotStarted: "command not found: x"
  Instant started;    // scenario time
  Instant done;
  // Machine time, never scaled. CPU is user + system of the program and the children it waited for.
  Duration wall;
  Duration cpu;
  Duration io_wait;  // wall - cpu, at least zero: waiting for anything but the processor
  // Exact where it lies above what the harness itself uses (a new program inherits its starter's
  // peak); below that the largest value seen while it ran, 0 where it was too short to be seen.
  std::uint64_t peak_memory_bytes = 0;
  Output out;
  Output err;

  bool ok() const { return end == CommandEnd::Exited && exit_code == 0; }
};

// Runs it in a process group of its own, with /dev/null as input and no other file of ours. A stop
// asks the whole group to end, then kills it. What the program leaves running is killed with it. No
// zombie and no file stays. `command` is the caller's until the task ends.
runtime::Task<CommandResult> run_command(net::AsioRuntime& runtime, const Command& command,
                                         runtime::StopToken stop);

}  // namespace rehearse::target
