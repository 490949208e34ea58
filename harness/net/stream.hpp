#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "harness/runtime/stop.hpp"
#include "harness/runtime/task.hpp"

namespace rehearse::net {

// How an operation on a stream ended.
enum class IoStatus : std::uint8_t {
  Ok,
  End,      // the peer closed its side in order
  Stopped,  // the caller's token
  Broken,   // reset, or any other error: the stream is of no use any more
};

struct IoResult {
  IoStatus status = IoStatus::Ok;
  std::size_t bytes = 0;
};

// An open connection, plain or TLS. One read and one write at a time; after Stopped or Broken it
// can only be destroyed, which closes it.
class Stream {
 public:
  virtual ~Stream() = default;
  // Waits for at least one byte. `into` is the caller's until the task ends.
  virtual runtime::Task<IoResult> read_some(std::span<char> into, runtime::StopToken stop) = 0;
  virtual runtime::Task<IoResult> write_all(std::string_view bytes, runtime::StopToken stop) = 0;
  // Whether an idle connection may be used again: false where the peer closed it meanwhile. One
  // system call, never blocks.
  virtual bool usable() = 0;
};

}  // namespace rehearse::net
