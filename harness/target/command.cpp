#include "harness/target/command.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <csignal>

#include "harness/net/use_task.hpp"
#include "harness/runtime/deadline.hpp"
#include "harness/runtime/task_group.hpp"
#include "harness/target/capture.hpp"
#include "harness/target/process.hpp"

namespace rehearse::target {

using net::AsioRuntime;
using net::use_task;
using runtime::StopToken;
using runtime::Task;
using Clock = std::chrono::steady_clock;
using Descriptor =
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

namespace {

constexpr std::size_t kRead = 64u << 10;
constexpr int kMostLastReads = 1024;  // of what a pipe still holds after the end

struct Outlet {
  Outlet(AsioRuntime& runtime, FileHandle pipe, Capture& the_capture)
      : descriptor(runtime.io_context().get_executor(), pipe.release()), capture(the_capture) {}
  Descriptor descriptor;
  Capture& capture;
  std::string buffer = std::string(kRead, '\0');
  bool ended = false;
};

// Reads as it comes, so that the program never waits for us.
Task<void> read_output(AsioRuntime& runtime, Outlet& outlet, StopToken stop) {
  while (!outlet.ended) {
    const auto buffer = boost::asio::buffer(outlet.buffer);
    auto [ec, n] = co_await outlet.descriptor.async_read_some(buffer, use_task(runtime, stop));
    outlet.capture.append(std::string_view(outlet.buffer).substr(0, n));
    if (ec) {
      outlet.ended = ec != boost::asio::error::operation_aborted;
      co_return;
    }
  }
}

// What was written before the end but not read yet. Not until the pipe's own end: a program that
// left its group may hold it open.
void read_rest(Outlet& outlet) {
  for (int i = 0; i < kMostLastReads && !outlet.ended; ++i) {
    const ssize_t n =
        ::read(outlet.descriptor.native_handle(), outlet.buffer.data(), outlet.buffer.size());
    outlet.ended = n <= 0;
    const std::size_t bytes = n > 0 ? static_cast<std::size_t>(n) : 0;
    outlet.capture.append(std::string_view(outlet.buffer).substr(0, bytes));
  }
}

// Looks at the program's memory now and then, rarer the longer it runs.
Task<void> watch_memory(AsioRuntime& runtime, pid_t pid, std::uint64_t& peak, StopToken stop) {
  Duration every = Duration::milliseconds(5);
  runtime::Wake wake = runtime::Wake::Fired;
  while (wake == runtime::Wake::Fired) {
    peak = std::max(peak, peak_memory_of(pid));
    const Duration scaled = every * runtime.speed();
    wake = co_await runtime.sleep(scaled, stop);
    every = std::min(every * 1.5, Duration::milliseconds(100));
  }
}

// Waits for the end; false where the token came first.
Task<bool> wait_for_end(AsioRuntime& runtime, Descriptor& exit, StopToken stop) {
  const boost::system::error_code ec =
      co_await exit.async_wait(Descriptor::wait_read, use_task(runtime, stop));
  co_return !ec;
}

// Asks the group to end, then makes it.
Task<void> end_group(AsioRuntime& runtime, Descriptor& exit, pid_t pid, Duration grace) {
  signal_group(pid, SIGTERM);
  runtime::StopSource patience;
  const Instant at = runtime.now() + grace * runtime.speed();
  runtime::Deadline deadline(runtime, at, patience);
  const StopToken waiting = patience.token();
  const bool ended = co_await wait_for_end(runtime, exit, waiting);
  if (!ended) {
    signal_group(pid, SIGKILL);
    const StopToken never;
    co_await wait_for_end(runtime, exit, never);
  }
}

void tell_end(const Ended& ended, bool stopped, CommandResult& result) {
  if (WIFSIGNALED(ended.status)) {
    result.signal = WTERMSIG(ended.status);
    result.end = CommandEnd::Signalled;
  } else {
    result.exit_code = WEXITSTATUS(ended.status);
    result.end = CommandEnd::Exited;
  }
  if (stopped) {
    result.end = CommandEnd::Stopped;
  }
}

// The running program, from its start to its reaping.
Task<void> attend(AsioRuntime& runtime, const Command& command, Process process, Outlet& out,
                  Outlet& err, StopToken stop, CommandResult& result) {
  const std::uint64_t floor = own_peak_memory();
  const Clock::time_point start = Clock::now();
  Descriptor exit(runtime.io_context().get_executor(), process.exit.release());
  std::uint64_t seen = 0;
  runtime::StopSource over;
  runtime::TaskGroup watchers(runtime);
  watchers.spawn(read_output(runtime, out, over.token()));
  watchers.spawn(read_output(runtime, err, over.token()));
  watchers.spawn(watch_memory(runtime, process.pid, seen, over.token()));
  const bool by_itself = co_await wait_for_end(runtime, exit, stop);
  if (!by_itself) {
    co_await end_group(runtime, exit, process.pid, command.grace);
  }
  result.done = runtime.now();
  result.wall = Duration::nanoseconds(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
  over.request_stop();
  co_await watchers.join();
  const Ended ended = reap(process.pid);
  read_rest(out);
  read_rest(err);
  tell_end(ended, !by_itself, result);
  result.cpu = ended.cpu;
  result.io_wait = std::max(result.wall - result.cpu, Duration::zero());
  const bool exact = ended.peak_memory_bytes > floor;
  result.peak_memory_bytes = exact ? ended.peak_memory_bytes : seen;
}

}  // namespace

Task<CommandResult> run_command(AsioRuntime& runtime, const Command& command, StopToken stop) {
  CommandResult result;
  result.started = result.done = runtime.now();
  const Capture::Limits limits = {command.most_kept, command.most_file};
  Capture out_capture(command.stdout_file, limits);
  Capture err_capture(command.stderr_file, limits);
  if (out_capture.failed() || err_capture.failed()) {
    const auto& file = out_capture.failed() ? command.stdout_file : command.stderr_file;
    result.error = "cannot write " + file.string();
    co_return result;
  }
  if (stop.stop_requested()) {
    result.end = CommandEnd::Stopped;
    co_return result;
  }
  Result<Process> process = start_process(command);
  if (!process) {
    result.error = process.error().what;
    co_return result;
  }
  Outlet out(runtime, std::move(process->out), out_capture);
  Outlet err(runtime, std::move(process->err), err_capture);
  co_await attend(runtime, command, std::move(*process), out, err, stop, result);
  result.out = out_capture.take();
  result.err = err_capture.take();
  co_return result;
}

}  // namespace rehearse::target
