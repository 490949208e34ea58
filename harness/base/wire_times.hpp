#pragma once

#include <optional>
#include <vector>

#include "harness/base/time.hpp"

namespace rehearse {

// What only the wire tells of an attempt, in scenario time: the phases of HTTP, and the pace of a
// stream. Shared by those who pass it on, as most attempts of a virtual run have none.
struct WireTimes {
  bool http = false;    // the phases below were seen
  bool reused = false;  // on a kept connection: dns, connect and tls are zero
  Duration dns;
  Duration connect;
  Duration tls;
  Duration first_byte;         // from the ready connection to the answer's first byte
  Duration body;               // from there to its last byte
  Duration content;            // of a stream: first content to last content
  std::vector<Duration> gaps;  // of a stream: between its content chunks, as received
  // What the call took beyond the time that its mock had planned; nothing where none said so.
  std::optional<Duration> added;
};

}  // namespace rehearse
