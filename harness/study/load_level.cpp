#include "harness/study/load_level.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::study {

std::string_view axis_name(LoadAxis axis) { return axis == LoadAxis::Rate ? "rate" : "users"; }

double LimitMood::used(double u) const {
  constexpr double kEven = 1e-6;  // of a pull: the spread is even
  if (std::abs(pull) < kEven) {
    return 1 - u + ahead;
  }
  // By the end that it is pulled to, so that no exponential overflows.
  const double from_end = -std::log1p(u * std::expm1(-std::abs(pull))) / std::abs(pull);
  return std::clamp(pull > 0 ? from_end : 1 - from_end, 0.0, 1.0) + ahead;
}

scenarios::Scenario under_load(const scenarios::Scenario& scenario, const LoadLevel& level,
                               const scenarios::Amount& think) {
  scenarios::Scenario out = scenario;
  scenarios::Workload& load = out.workload;
  load.warmup_jobs = 0;
  load.concurrency = 1;
  load.trace.clear();
  if (level.axis == LoadAxis::Rate) {
    if (load.kind != scenarios::LoadKind::Open) {
      load.arrivals = scenarios::Arrivals::Poisson;
    }
    load.kind = scenarios::LoadKind::Open;
    load.phases = {
        {.rate_from = level.load, .rate_to = level.load, .length = Duration::seconds(1)}};
    load.jobs = level.warm_jobs + level.jobs + level.tail_jobs;
    load.length.reset();
    return out;
  }
  if (load.kind != scenarios::LoadKind::Closed) {
    load.think = think;
  }
  load.kind = scenarios::LoadKind::Closed;
  load.users = static_cast<std::uint32_t>(std::clamp(std::round(level.load), 1.0, 1e6));
  load.jobs = level.most_jobs;
  load.length = level.warm + level.length;
  load.ramp = level.ramp;
  return out;
}

bool LevelSink::counts(const record::JobRecord& job) const {
  if (level_.axis == LoadAxis::Rate) {
    return job.id.value >= level_.warm_jobs && job.id.value < level_.warm_jobs + level_.jobs;
  }
  return job.intended - Instant() >= level_.warm;
}

void LevelSink::job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                             std::span<const record::AttemptSpan> attempts) {
  if (!counts(job)) {
    return;
  }
  ++counted_;
  recorder_.job_finished(job, spans, attempts);
  if (job.end != record::JobEnd::Done) {
    return;
  }
  const double at = job.intended.count_s();
  const double response = (job.done - job.intended).count_s();
  done_ += 1;
  const double from_mean = at - mean_at_;
  mean_at_ += from_mean / done_;
  mean_response_ += (response - mean_response_) / done_;
  moved_ += from_mean * (at - mean_at_);
  together_ += from_mean * (response - mean_response_);
}

}  // namespace rehearse::study
