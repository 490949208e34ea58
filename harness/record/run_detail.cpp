#include "harness/record/run_detail.hpp"

#include <algorithm>
#include <cmath>

#include "harness/record/run_file.hpp"
#include "harness/record/waterfall.hpp"

namespace rehearse::record {
namespace {

double response_s(const JobRecord& job) { return (job.done - job.intended).count_s(); }

// The done job whose response is nearest to `target`; of equals the first.
const JobTrace* nearest(const std::vector<JobTrace>& traces, double target) {
  const JobTrace* best = nullptr;
  for (const JobTrace& trace : traces) {
    if (trace.job.end != JobEnd::Done || trace.job.warmup) {
      continue;
    }
    const auto distance = [&](const JobTrace& each) {
      return std::fabs(response_s(each.job) - target);
    };
    if (best == nullptr || distance(trace) < distance(*best)) {
      best = &trace;
    }
  }
  return best;
}

void add_refusals(const RunHeader& header, const JobTrace& trace, RunDetail& out) {
  for (const AttemptSpan& attempt : trace.attempts) {
    if (attempt.failure != 0 && out.refusals.size() < RunDetail::kMostRefusals) {
      out.refusals.push_back(
          {(attempt.done - Instant()).count_s(), failure_label(header, attempt.failure)});
    }
  }
}

}  // namespace

std::shared_ptr<const RunDetail> load_detail(const std::filesystem::path& path, std::size_t number,
                                             const RunPoint& point) {
  auto out = std::make_shared<RunDetail>();
  out->tally = point.tally;
  Run run;
  run.path = path;
  const Result<std::vector<JobTrace>> traces = load_traces(run, number, RunDetail::kMostTraces);
  if (!traces) {
    return out;
  }
  out->traces = traces->size();
  for (const JobTrace& trace : *traces) {
    add_refusals(point.header, trace, *out);
  }
  const Spread response = spread_of(point.tally.jobs.response, 1e-9);
  if (response.count == 0) {
    return out;
  }
  const double middle = point.tally.jobs.response.quantile(0.5).value_or(0) * 1e-9;
  if (const JobTrace* trace = nearest(*traces, middle)) {
    out->typical = summarise_job(point.header, *trace);
  }
  if (response.p95) {
    const JobTrace* trace = nearest(*traces, *response.p95);
    if (trace != nullptr && trace->job.id.value != out->typical->id) {
      out->slow = summarise_job(point.header, *trace);
    }
  }
  return out;
}

PairedDifferences paired_differences(const ComparisonSide& before, const ComparisonSide& after) {
  PairedDifferences out;
  std::vector<double> all;
  auto other = after.jobs.begin();
  for (const JobRecord& job : before.jobs) {
    while (other != after.jobs.end() && other->id < job.id) {
      ++other;
    }
    if (other == after.jobs.end()) {
      break;
    }
    if (!(other->id == job.id) || job.warmup || other->warmup || job.end != JobEnd::Done ||
        other->end != JobEnd::Done) {
      continue;
    }
    const std::int64_t change =
        (other->done - other->intended).count_ns() - (job.done - job.intended).count_ns();
    out.faster += change < 0 ? 1u : 0u;
    out.slower += change > 0 ? 1u : 0u;
    all.push_back(static_cast<double>(change) * 1e-9);
  }
  out.pairs = all.size();
  std::sort(all.begin(), all.end());
  constexpr std::size_t kMost = 401;
  const std::size_t n = std::min(all.size(), kMost);
  for (std::size_t i = 0; i < n; ++i) {
    out.quantiles_s.push_back(all[n == 1 ? 0 : i * (all.size() - 1) / (n - 1)]);
  }
  return out;
}

}  // namespace rehearse::record
