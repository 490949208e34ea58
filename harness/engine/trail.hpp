#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "harness/provider/outcome.hpp"
#include "harness/record/event.hpp"

namespace rehearse::engine {

// A stage's span while its job is in flight: what the engine looks at. What a stage consumed is
// kept apart, packed, because most stages consume little.
struct LiveSpan {
  std::uint32_t stage = record::kNoStage;
  std::uint32_t item = 0;
  std::uint32_t parent = record::kNoStage;
  std::uint32_t released_by = record::kNoStage;
  Instant ready;
  Instant started;
  Instant first_chunk;
  Instant done;
  record::StageEnd end = record::StageEnd::Done;
  std::uint8_t failure = 0;
  bool background = false;
  bool truncated = false;
  std::uint16_t attempts = 0;
};

// What a job has done so far, as small as it can be kept: 56 bytes a span and about 48 bytes an
// attempt, so that a hundred thousand jobs in flight fit into memory.
class Trail {
 public:
  std::vector<LiveSpan> spans;  // in the order of their start

  // Local work of a span: at most one note a span.
  void note_local(std::uint32_t span, Duration cpu, Duration io_wait);
  // An attempt that is over; a span's usage and cost are those of its attempts.
  void note_attempt(std::uint32_t span, std::uint32_t number, bool hedge,
                    const provider::Outcome& outcome);

  // Writes it all out, as a sink takes it, and adds what was consumed to `job`.
  void expand(std::vector<record::StageSpan>& all, std::vector<record::AttemptSpan>& attempts,
              record::JobRecord& job) const;
  void clear() {
    spans.clear();
    notes_.clear();
    attempts_ = 0;
    wires_.clear();
  }

 private:
  std::int64_t* extend(std::size_t words);  // notes_; yields where to write

  // What only calls over a wire, and streams, have.
  struct Wire {
    std::uint32_t attempt = 0;  // in the order of their notes
    std::shared_ptr<const WireTimes> times;
  };

  std::vector<std::int64_t> notes_;
  std::uint32_t attempts_ = 0;
  std::vector<Wire> wires_;
};

}  // namespace rehearse::engine
