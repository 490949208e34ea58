#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "harness/base/money.hpp"
#include "mocks/latency/limit_use.hpp"
#include "mocks/server/call_record.hpp"
#include "mocks/server/pace.hpp"

namespace rehearse::server {

// What the calls of one caller to one model cost so far.
struct BillRow {
  std::string provider;
  std::string operation;
  std::string model;
  std::string caller;
  std::uint64_t calls = 0;
  Usage usage;
  Money cost;
};

// What a server has done so far.
struct Stats {
  std::uint64_t requests = 0;  // of every kind
  std::uint64_t calls = 0;     // that reached a provider and have ended
  std::uint64_t answered = 0;
  std::uint64_t refused = 0;
  std::uint64_t broken = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t in_service = 0;
  std::uint64_t queued = 0;
  std::uint64_t open_connections = 0;
  std::uint64_t accepted_connections = 0;
  Usage usage;
  Money bill;
  std::vector<BillRow> bill_rows;  // by provider, operation, model and caller
  std::map<std::string, std::vector<latency::LimitUse>> limits;  // of each mount
  Pace pace;
};

// As one JSON object.
std::string stats_json(const Stats& stats);

// Counts calls and hands each to whoever asked for them.
class Ledger {
 public:
  using Sink = std::function<void(const CallRecord&)>;
  explicit Ledger(Sink sink, Duration pace_ceiling = Pace::kCeiling) : sink_(std::move(sink)) {
    stats_.pace.ceiling = pace_ceiling;
  }

  void request() { ++stats_.requests; }
  // So much later than planned, in wall time.
  void chunk_late_by(Duration wall) { stats_.pace.chunks.record(wall.count_ns()); }
  // A whole answer was due then, and is on its way out.
  void answer_due(Instant due) { leaving_.push_back(due); }
  bool answers_are_due() const { return !leaving_.empty(); }
  // All of those have left now; `speed` scenario seconds are one of wall time.
  void answers_sent(Instant now, double speed);
  void ended(const CallRecord& call);
  // With its bill row by row. Linear in the rows.
  Stats stats() const;

 private:
  Sink sink_;
  using Account = std::tuple<std::string, std::string, std::string, std::string>;
  BillRow& account(const CallRecord& call);
  std::vector<Instant> leaving_;

  Stats stats_;
  std::map<Account, BillRow, std::less<>> accounts_;
};

}  // namespace rehearse::server
