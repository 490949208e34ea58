#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "mocks/latency/provider_model.hpp"

namespace rehearse::perf {

// One call as its client knows it before it is made: its headers and when its tokens are due.
struct PlannedCall {
  latency::Ticket ticket;
  std::string headers;  // lines with their ends
};

// When the tokens of a stream are due after the request was sent.
class Schedule {
 public:
  virtual ~Schedule() = default;
  virtual void plan(PlannedCall& call, std::uint64_t number) = 0;
  virtual std::int64_t due_ns(const PlannedCall& call, std::uint32_t token) const = 0;
};

struct Beat {
  std::int64_t first_ns = 100'000'000;
  std::int64_t gap_ns = 20'000'000;
  std::int64_t tokens = 100;
};
// base + i × gap: what the peers are asked for.
std::unique_ptr<Schedule> steady(const Beat& beat);
// What a profile's model draws: the calls name their draws, so this model and the server's agree on
// every chunk. The program ends where the profile cannot be read.
std::unique_ptr<Schedule> modelled(const std::string& profile, const Beat& beat);

}  // namespace rehearse::perf
