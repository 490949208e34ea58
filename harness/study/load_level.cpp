#include "harness/study/load_level.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::study {
namespace {

// The first job of a batch, among those that count; that after the last one where all end.
std::uint64_t batch_begin(const LoadLevel& level, std::uint64_t batch) {
  const std::uint64_t each = level.jobs / level.batches;
  return batch * each + std::min(batch, level.jobs % level.batches);
}

}  // namespace

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

engine::Marks marks_of(const LoadLevel& level) {
  engine::Marks out;
  if (level.axis == LoadAxis::Users) {
    out.instants = {Instant() + level.warm, Instant() + level.warm + level.length};
    return out;
  }
  for (std::uint64_t batch = 0; batch <= level.batches; ++batch) {
    out.jobs.push_back(level.warm_jobs + batch_begin(level, batch));
  }
  return out;
}

std::optional<std::size_t> LevelSink::batch_of(const record::JobRecord& job) const {
  if (level_.axis == LoadAxis::Users) {
    return job.intended - Instant() >= level_.warm ? std::optional<std::size_t>(0) : std::nullopt;
  }
  if (job.id.value < level_.warm_jobs || job.id.value >= level_.warm_jobs + level_.jobs) {
    return std::nullopt;
  }
  const std::uint64_t place = job.id.value - level_.warm_jobs;
  std::uint64_t batch = place / std::max<std::uint64_t>(level_.jobs / level_.batches, 1);
  while (batch >= level_.batches || place < batch_begin(level_, batch)) {
    --batch;
  }
  return batch;
}

void LevelSink::job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                             std::span<const record::AttemptSpan> attempts) {
  const std::optional<std::size_t> batch = batch_of(job);
  if (!batch) {
    return;
  }
  ++counted_[*batch];
  recorders_[*batch].job_finished(job, spans, attempts);
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
