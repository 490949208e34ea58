#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/wide.hpp"
#include "harness/engine/shared.hpp"
#include "harness/runtime/stop.hpp"
#include "harness/runtime/task.hpp"

namespace rehearse::engine {

// Where the stretches of a run begin of which it is to tell; the last mark ends the last of them.
// Open loops and traces are marked by the jobs that were issued before, others by the clock.
struct Marks {
  std::vector<std::uint64_t> jobs = {};  // ascending
  std::vector<Instant> instants = {};    // ascending
};

// How long each resource was busy between two marks.
struct Stretch {
  Duration length;
  std::vector<Wide> busy_ns = {};  // by Scenario::resources; at most length times slots
};

// Notes at each mark how long each resource has been busy.
class BusyMarks {
 public:
  BusyMarks(const Shared& shared, const Marks& marks) : shared_(shared), marks_(marks) {}

  // So many jobs have been issued, and one more is about to be.
  void about_to_issue(std::uint64_t issued) {
    while (notes_.size() < marks_.jobs.size() && issued >= marks_.jobs[notes_.size()]) {
      note();
    }
  }
  // Marks by jobs that were not reached stand here.
  void arrivals_ended();
  bool by_the_clock() const { return !marks_.instants.empty(); }
  runtime::Task<void> follow_the_clock(runtime::StopToken token);

  std::vector<Stretch> stretches() const;

 private:
  struct Note {
    Instant at;
    std::vector<Wide> busy_ns;  // since the start
  };
  void note();

  const Shared& shared_;
  const Marks& marks_;
  std::vector<Note> notes_;
};

}  // namespace rehearse::engine
