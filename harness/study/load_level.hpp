#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/record/recorder.hpp"
#include "harness/study/player.hpp"

namespace rehearse::study {

// What is turned to load a system: arrivals a second (open loop), or users (closed loop).
enum class LoadAxis : std::uint8_t { Rate, Users };
std::string_view axis_name(LoadAxis axis);  // "rate", "users"

// A limit by time, and how what is left of it is spread after a long time at a load: a share x has
// density exp(pull x), the stationary law of Brownian motion between two walls (Harrison 1985,
// §5.6).
struct LimitMood {
  std::uint32_t provider = 0;  // index into Scenario::providers
  latency::LimitPlace place;
  double pull = 0;
  double ahead = 0;  // of it, used besides: what comes back until the load is there
  // The share that is used, u the uniform that decides; above 1 where it is owed.
  double used(double u) const;
};

// One level of load and the stretch of a run that is looked at: what comes before it has been
// reached by the cold start, what comes after it by the end.
struct LoadLevel {
  LoadAxis axis = LoadAxis::Rate;
  double load = 1;              // jobs a second, or users (a whole number)
  std::uint64_t warm_jobs = 0;  // Rate: issued before, among and after those that count
  std::uint64_t jobs = 1000;
  std::uint64_t tail_jobs = 0;
  std::uint64_t batches = 1;  // Rate: of those that count, one after the other, each told of alone
  Duration warm;              // Users: jobs that begin in [warm, warm + length) count
  Duration length;
  Duration ramp;  // Users: over which they come, one by one
  // Users: who is refused asks again, at once where nobody thinks; past so many jobs it is a storm,
  // and the run ends.
  std::optional<std::uint64_t> most_jobs = {};
  std::vector<LimitMood> limits = {};  // as they are found when it begins
};

// The scenario under that load. Its own workload's tasks, holds, patience, kind of arrivals and
// thinking stay; `think` is what users do where the workload has none of its own.
scenarios::Scenario under_load(const scenarios::Scenario& scenario, const LoadLevel& level,
                               const scenarios::Amount& think);

// Where its batches begin and end, for the engine.
engine::Marks marks_of(const LoadLevel& level);

// Counts the jobs of a level, a recorder for each batch, and how their response moves along it.
class LevelSink final : public engine::JobSink {
 public:
  LevelSink(std::deque<record::Recorder>& recorders, const LoadLevel& level)
      : recorders_(recorders), level_(level), counted_(recorders.size(), 0) {}
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan> attempts) override;

  // Seconds of response that are added in a second: above 0 where the backlog grows.
  double growth() const { return moved_ > 0 ? together_ / moved_ : 0; }
  std::uint64_t counted(std::size_t batch) const { return counted_[batch]; }

 private:
  std::optional<std::size_t> batch_of(const record::JobRecord& job) const;

  std::deque<record::Recorder>& recorders_;
  const LoadLevel& level_;
  std::vector<std::uint64_t> counted_;
  double done_ = 0;
  double mean_at_ = 0;
  double mean_response_ = 0;
  double moved_ = 0;     // sum of squared distances of the instants from their mean
  double together_ = 0;  // … of instants times responses
};

}  // namespace rehearse::study
