#include "harness/study/coalition.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "harness/base/rng.hpp"
#include "harness/stats/batch_means.hpp"

namespace rehearse::study {
namespace {

using record::Worth;
using record::Worths;

constexpr std::size_t kShareBatches = 10;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct JobRow {
  double response_s = 0;
  double first_result_s = 0;
  double cost_usd = 0;
  bool done = false;
  bool first = false;
  bool truncated = false;
};

// One run's jobs, in the order of their ends, and how long it took.
struct RunRows {
  std::vector<JobRow> jobs;
  double makespan_s = 0;
};

class RowSink final : public engine::JobSink {
 public:
  explicit RowSink(RunRows& rows) : rows_(rows) {}
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan>) override {
    begin_ = std::min(begin_, job.intended);
    end_ = std::max(end_, job.done);
    rows_.makespan_s = (end_ - begin_).count_s();
    JobRow row;
    row.response_s = (job.done - job.intended).count_s();
    row.first_result_s = (job.first_result - job.intended).count_s();
    row.cost_usd = job.cost.count_usd();
    row.done = job.end == record::JobEnd::Done;
    row.first = job.id.value == 0;
    for (const record::StageSpan& span : spans) {
      row.truncated = row.truncated || span.truncated;
    }
    rows_.jobs.push_back(row);
  }

 private:
  RunRows& rows_;
  Instant begin_ = Instant::never();
  Instant end_;
};

double quantile(std::vector<double> values, double q) {
  if (values.empty()) {
    return kNone;
  }
  const double rank = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(rank);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(low);
  std::nth_element(values.begin(), at, values.end());
  const double below = *at;
  if (low + 1 >= values.size()) {
    return below;
  }
  const double above = *std::min_element(at + 1, values.end());
  return below + (above - below) * (rank - static_cast<double>(low));
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return values.empty() ? kNone : sum / static_cast<double>(values.size());
}

Worths worths_of(std::span<const RunRows> runs) {
  std::vector<double> all;
  std::vector<double> first;
  std::vector<double> warm;
  std::vector<double> cost;
  std::vector<double> makespans;
  std::vector<double> results;
  bool shows_results = false;  // before a job is done
  for (const RunRows& run : runs) {
    makespans.push_back(run.makespan_s);
    for (const JobRow& job : run.jobs) {
      cost.push_back(job.cost_usd);
      if (job.done) {
        all.push_back(job.response_s);
        (job.first ? first : warm).push_back(job.response_s);
        results.push_back(job.first_result_s);
        shows_results = shows_results || job.first_result_s < job.response_s;
      }
    }
  }
  Worths out(record::kWorths, kNone);
  const auto set = [&](Worth worth, double value) { out[static_cast<std::size_t>(worth)] = value; };
  set(Worth::P50, quantile(all, 0.5));
  set(Worth::P95, quantile(all, 0.95));
  set(Worth::Mean, mean(all));
  set(Worth::FirstJob, mean(first));
  set(Worth::WarmJob, mean(warm));
  set(Worth::Makespan, mean(makespans));
  set(Worth::Cost, mean(cost));
  set(Worth::FirstResult, shows_results ? quantile(results, 0.5) : kNone);
  return out;
}

record::JobShares shares_of(std::span<const RunRows> runs) {
  record::JobShares out;
  double jobs = 0;
  for (const RunRows& run : runs) {
    for (const JobRow& job : run.jobs) {
      jobs += 1;
      out.truncated += job.truncated ? 1 : 0;
      out.not_done += job.done ? 0 : 1;
    }
  }
  out.truncated /= std::max(jobs, 1.0);
  out.not_done /= std::max(jobs, 1.0);
  return out;
}

}  // namespace

Result<Coalition> play_coalition(const scenarios::ScenarioFile& file, const Player& player,
                                 const std::vector<std::string>& variants,
                                 const CoalitionOptions& options) {
  scenarios::Selection selection;
  selection.variants = variants;
  selection.workload = options.workload;
  const Result<scenarios::Scenario> scenario = scenarios::instantiate(file, selection);
  if (!scenario) {
    return scenario.errors();
  }
  const std::uint64_t jobs = std::max<std::uint64_t>(scenario->workload.jobs.value_or(100), 1);
  const std::uint64_t runs =
      std::max<std::uint64_t>((options.jobs + jobs - 1) / jobs, kShareBatches);
  const std::unique_ptr<Repeat> plays = player.repeat(*scenario);
  std::vector<RunRows> rows(runs);
  Coalition out;
  for (std::uint64_t run = 0; run < runs; ++run) {
    engine::Options play;
    play.seed = mix64(options.seed + run * 0x9E3779B97F4A7C15ULL);
    RowSink sink(rows[run]);
    const Result<engine::RunOutcome> outcome = plays->play(play, sink);
    if (!outcome) {
      return outcome.errors();
    }
    out.hash = mix64(out.hash ^ outcome->hash);
  }
  out.all = worths_of(rows);
  out.shares = shares_of(rows);
  out.has_failed = std::isnan(out.all[0]);
  for (std::size_t batch = 0; batch < kShareBatches; ++batch) {
    const std::size_t from = rows.size() * batch / kShareBatches;
    const std::size_t to = rows.size() * (batch + 1) / kShareBatches;
    out.batches.push_back(worths_of(std::span(rows).subspan(from, to - from)));
  }
  return out;
}

record::Saving saving_of(const Coalition& before, const Coalition& after, Worth worth) {
  const auto at = static_cast<std::size_t>(worth);
  stats::Batches saved;
  for (std::size_t batch = 0; batch < before.batches.size(); ++batch) {
    saved.values.push_back(before.batches[batch][at] - after.batches[batch][at]);
  }
  saved.whole = before.all[at] - after.all[at];
  const double half = stats::batch_interval(saved, 0.95).half_width();
  return {saved.whole, std::isnan(half) ? 0 : half};
}

}  // namespace rehearse::study
