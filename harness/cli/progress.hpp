#pragma once

#include <optional>
#include <string>

#include "harness/base/time.hpp"
#include "harness/cli/console.hpp"
#include "harness/engine/engine.hpp"

namespace rehearse::cli {

// Shows how far a run has come, how many jobs end a second of wall time, and when it will be over:
// one updating line on a terminal, a plain line every 10 s elsewhere; nothing for runs of under
// half a second.
class ProgressLine {
 public:
  ProgressLine(const Console& console, std::string label, Instant wall_start)
      : console_(console), label_(std::move(label)), started_(wall_start), shown_(wall_start) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { clear(); }

  // `length` is the workload's own end, where it has one.
  void update(const engine::Progress& progress, std::optional<Duration> length, Instant wall_now);
  void clear();

 private:
  std::string line(const engine::Progress& progress, std::optional<Duration> length,
                   Duration elapsed) const;

  const Console& console_;
  std::string label_;
  Instant started_;
  Instant shown_;
  bool on_screen_ = false;
};

// The share of a run that is done, by jobs or by scenario time, whichever is known; else none.
std::optional<double> share_done(const engine::Progress& progress, std::optional<Duration> length);

}  // namespace rehearse::cli
