#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/record/run.hpp"
#include "harness/record/summary.hpp"
#include "harness/stats/change_points.hpp"

// Runs of a branch over time, and where their level changed: what drifts too slowly for a gate.
namespace rehearse::record {

struct HistoryEntry {
  std::string label, branch, reason;
  RunSummary summary;  // of all its seeds
};

// One statistic over the entries; entries that cannot carry it are left out.
struct HistorySeries {
  std::string name;   // "response_s p95", "stage image response_s mean", …
  std::string stage;  // its path, else empty
  std::string unit;   // "s", "USD", "%"
  struct Change {
    std::size_t entry = 0;  // the first one at the new level
    double before = 0, after = 0;
    std::size_t since = 0;  // entries at the new level
    // Under 5 entries at the new level: it is not said yet which entry made it.
    bool settled() const { return since >= 5; }
    double change() const { return before == 0 ? 0 : after / before - 1; }
  };
  std::vector<Change> changes;
};

struct History {
  std::string scenario;
  std::string branch;  // empty: all
  std::vector<HistoryEntry> entries;
  std::vector<HistorySeries> series;  // those that changed; the whole first, then stages
  std::vector<std::string> notes;     // what was left out, and why
};

struct HistoryOptions {
  std::string branch;       // empty: all
  double magnitude = 0.01;  // least change that counts
};

// The entries of one scenario in the order of the files, with the change points of response mean,
// p50 and p95, mean cost, error rate, and of each stage's mean response. The scenario is that of
// the last entry; others, and grids, are left out with a note.
History read_history(const std::vector<Run>& runs, const HistoryOptions& options);

}  // namespace rehearse::record
