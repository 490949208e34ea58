#include "harness/target/command.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include "harness/runtime/deadline.hpp"
#include "harness/runtime/task_group.hpp"

using namespace rehearse;
using namespace rehearse::literals;
using namespace rehearse::target;
using net::AsioRuntime;
using runtime::StopToken;
using runtime::Task;

namespace {

Task<void> one(AsioRuntime& runtime, const Command& command, Duration limit,
               CommandResult& result) {
  runtime::StopSource source;
  const Instant at = limit == Duration::zero() ? Instant::never() : runtime.now() + limit;
  runtime::Deadline deadline(runtime, at, source);
  const StopToken stop = source.token();
  result = co_await run_command(runtime, command, stop);
}

CommandResult run(const Command& command, Duration limit = Duration::zero()) {
  AsioRuntime runtime;
  CommandResult result;
  runtime.run(one(runtime, command, limit, result));
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // no zombie, whatever happened
  CHECK(errno == ECHILD);
  return result;
}

Command shell(const std::string& script) {
  Command command;
  command.argv = {"sh", "-c", script};
  return command;
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

// Gone, or dead and waiting for whoever inherited it.
bool is_dead(const std::string& pid) {
  std::ifstream stat("/proc/" + pid + "/stat");
  std::string number;
  std::string name;
  std::string state;
  stat >> number >> name >> state;
  return !stat || state == "Z" || state == "X";
}

}  // namespace

TEST_CASE("a program's end is told as it was") {
  Command command;
  command.argv = {"true"};
  CHECK(run(command).ok());
  command.argv = {"false"};
  const CommandResult failed = run(command);
  CHECK(failed.end == CommandEnd::Exited);
  CHECK(failed.exit_code == 1);
  CHECK_FALSE(failed.ok());
  const CommandResult killed = run(shell("kill -SEGV $$"));
  CHECK(killed.end == CommandEnd::Signalled);
  CHECK(killed.signal == SIGSEGV);
  CHECK(killed.started <= killed.done);
}

TEST_CASE("what cannot be started says why") {
  Command command;
  command.argv = {"no-such-program-here"};
  CHECK(run(command).error == "command not found: no-such-program-here");
  CHECK(run(command).end == CommandEnd::NotStarted);
  command.argv = {};
  CHECK_FALSE(run(command).error.empty());
  command.argv = {"/etc/passwd"};
  CHECK(run(command).error.find("cannot be started") == 0);
  command.argv = {"true"};
  command.directory = "/no/such/directory";
  CHECK(run(command).error == "no such directory: /no/such/directory");
  command.directory.clear();
  command.stdout_file = "/no/such/directory/out";
  CHECK(run(command).error == "cannot write /no/such/directory/out");
}

TEST_CASE("arguments reach the program untouched, with its directory and variables") {
  Command command;
  command.argv = {"printf", "%s|", "a b", "$HOME", "", "*"};
  CHECK(run(command).out.tail == "a b|$HOME||*|");
  command = shell("pwd; echo $REHEARSE_TEST_A-$REHEARSE_TEST_B; cat; echo problem >&2");
  command.directory = "/usr";
  command.environment = {{"REHEARSE_TEST_A", "1"}, {"REHEARSE_TEST_B", "2"}};
  ::setenv("REHEARSE_TEST_B", "ours", 1);
  const CommandResult result = run(command);
  CHECK(result.out.tail == "/usr\n1-2\n");
  CHECK(result.err.tail == "problem\n");
}

TEST_CASE("a program sees no file of ours") {
  const int leaky = ::dup(1);  // inheritable
  const CommandResult result = run(shell("ls /proc/$$/fd"));
  ::close(leaky);
  CHECK(result.out.tail == "0\n1\n2\n");
}

TEST_CASE("no file stays open after many runs, good and bad") {
  AsioRuntime runtime;
  CommandResult result;
  Command good = shell("echo x");
  Command bad;
  bad.argv = {"no-such-program-here"};
  const std::ptrdiff_t before = open_files();
  for (int i = 0; i < 20; ++i) {
    runtime.run(one(runtime, good, Duration::zero(), result));
    runtime.run(one(runtime, bad, Duration::zero(), result));
  }
  CHECK(open_files() == before);
}

TEST_CASE("much output neither blocks the program nor fills the memory") {
  Command command = shell("head -c 5000000 /dev/zero | tr '\\0' x; echo; echo end");
  command.most_kept = 100;
  command.most_file = 1000;
  const auto file = std::filesystem::temp_directory_path() /
                    ("rehearse_command_test_" + std::to_string(::getpid()));
  command.stdout_file = file;
  const CommandResult result = run(command);
  CHECK(result.ok());
  CHECK(result.out.bytes == 5'000'005);
  CHECK(result.out.tail.size() == 100);
  CHECK(result.out.tail.ends_with("x\nend\n"));
  CHECK(std::filesystem::file_size(file) == 1000);
  std::filesystem::remove(file);
}

TEST_CASE("a program that takes too long is ended with all its children") {
  const CommandResult result = run(shell("sleep 1000 & echo $!; sleep 1000"), 1_s);
  CHECK(result.end == CommandEnd::Stopped);
  CHECK(result.signal == SIGTERM);
  const std::string child = result.out.tail.substr(0, result.out.tail.find('\n'));
  REQUIRE_FALSE(child.empty());
  while (!is_dead(child)) {  // hangs, and so fails, where the child lives on
    std::this_thread::yield();
  }
}

TEST_CASE("a program that ignores the request to end is killed") {
  Command command = shell("trap '' TERM; while :; do sleep 0.01; done");
  command.grace = 100_ms;
  const CommandResult result = run(command, 1_s);
  CHECK(result.end == CommandEnd::Stopped);
  CHECK(result.signal == SIGKILL);
}

TEST_CASE("a program that is told to stop may still end in order") {
  const CommandResult result =
      run(shell("trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.01; done"), 1_s);
  CHECK(result.end == CommandEnd::Stopped);
  CHECK(result.signal == 0);
  CHECK(result.exit_code == 7);
  CHECK(result.out.tail == "up\nbye\n");
}

TEST_CASE("what a program leaves behind is ended, even where it holds the outputs open") {
  const CommandResult result = run(shell("sleep 1000 & echo $!"));
  CHECK(result.ok());
  const std::string child = result.out.tail.substr(0, result.out.tail.find('\n'));
  while (!is_dead(child)) {
    std::this_thread::yield();
  }
}

TEST_CASE("a stop before the start starts nothing") {
  AsioRuntime runtime;
  CommandResult result;
  const auto file =
      std::filesystem::temp_directory_path() / ("rehearse_never_" + std::to_string(::getpid()));
  const Command command = shell("touch " + file.string());
  runtime.run(one(runtime, command, -1_s, result));
  // A deadline of the past fires with the loop's first turn, so the program may just have begun.
  CHECK(result.end == CommandEnd::Stopped);
  std::filesystem::remove(file);
}

TEST_CASE("time at the processor is told from time spent waiting") {
  const CommandResult busy = run(shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"));
  CHECK(busy.cpu > 20_ms);
  CHECK(busy.wall >= busy.cpu * 0.5);
  const CommandResult idle = run(shell("sleep 0.2"));
  CHECK(idle.wall >= 200_ms);
  CHECK(idle.io_wait >= 100_ms);
  CHECK(idle.wall == idle.cpu + idle.io_wait);
}

TEST_CASE("peak memory above our own is exact, and below it is seen while it runs") {
  // dd reads one block of 200 MB into memory.
  const CommandResult large = run(shell("exec dd if=/dev/zero of=/dev/null bs=200M count=1"));
  CHECK(large.ok());
  CHECK(large.peak_memory_bytes > 190u << 20);
  const CommandResult small = run(shell("exec sleep 0.1"));
  CHECK(small.peak_memory_bytes > 100u << 10);
  CHECK(small.peak_memory_bytes < 190u << 20);
}

namespace {
Task<void> many(AsioRuntime& runtime, const Command& command, std::vector<CommandResult>& results) {
  runtime::TaskGroup group(runtime);
  for (CommandResult& result : results) {
    group.spawn(one(runtime, command, Duration::zero(), result));
  }
  co_await group.join();
}
}  // namespace

TEST_CASE("many programs run side by side") {
  AsioRuntime runtime;
  std::vector<CommandResult> results(20);
  const Command command = shell("echo $$; sleep 0.05");
  runtime.run(many(runtime, command, results));
  for (const CommandResult& result : results) {
    CHECK(result.ok());
    CHECK(result.out.bytes > 1);
  }
}
