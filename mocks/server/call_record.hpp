#pragma once

#include <cstdint>
#include <string>

#include "harness/base/money.hpp"
#include "harness/base/time.hpp"
#include "harness/base/usage.hpp"

namespace rehearse::server {

// How a call ended.
enum class CallEnd : std::uint8_t {
  Answered,   // with whatever was planned, a fault with a status included
  Refused,    // by a limit, a full queue, an unknown model
  Broken,     // by a planned reset, stall or cut
  Abandoned,  // its client left; the bill stays
};

// One call as the server saw it. Instants are scenario time since the server's start.
struct CallRecord {
  std::uint64_t job = 0;
  std::string provider;  // the mount's name
  std::string stage;     // its path; empty where no rule fitted
  std::string caller;    // who is billed: as the request says, its stage, or its program
  std::string operation;
  std::string model;
  std::uint32_t item = 0;
  std::uint32_t attempt = 0;
  int status = 0;  // 0: none was sent
  CallEnd end = CallEnd::Answered;
  bool truncated = false;
  Instant arrived;      // its last byte came in
  Instant started;      // out of the queue
  Instant first_chunk;  // first content sent; == done where it went whole
  Instant done;
  Usage usage;
  Money cost;
};

}  // namespace rehearse::server
