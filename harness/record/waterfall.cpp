#include "harness/record/waterfall.hpp"

#include <algorithm>

#include "harness/record/critical_path.hpp"

namespace rehearse::record {
namespace {

std::uint32_t depth_of(const std::vector<StageSpan>& spans, std::uint32_t index) {
  std::uint32_t depth = 0;
  while (spans[index].parent < index) {
    index = spans[index].parent;
    ++depth;
  }
  return depth;
}

// The outermost spans by readiness, each followed by its inner ones.
void order_under(const std::vector<StageSpan>& spans, std::uint32_t parent,
                 std::vector<std::uint32_t>& order) {
  std::vector<std::uint32_t> level;
  for (std::uint32_t i = 0; i < spans.size(); ++i) {
    const bool damaged = spans[i].parent != kNoStage && spans[i].parent >= i;
    if ((damaged ? kNoStage : spans[i].parent) == parent) {
      level.push_back(i);
    }
  }
  std::stable_sort(level.begin(), level.end(), [&](std::uint32_t a, std::uint32_t b) {
    return spans[a].ready < spans[b].ready;
  });
  for (const std::uint32_t index : level) {
    order.push_back(index);
    order_under(spans, index, order);
  }
}

}  // namespace

JobSummary summarise_job(const RunHeader& header, const JobTrace& trace) {
  const JobRecord& job = trace.job;
  const auto after = [&](Instant instant) { return (instant - job.intended).count_s(); };
  const auto stage_path = [&](std::uint32_t stage) {
    return stage < header.stages.size() ? header.stages[stage].path
                                        : "stage " + std::to_string(stage);
  };
  JobSummary out;
  out.id = job.id.value;
  out.task = job.task < header.tasks.size() ? header.tasks[job.task] : "";
  out.end = job.end;
  if (job.failed_span < trace.spans.size()) {
    const StageSpan& span = trace.spans[job.failed_span];
    out.failure = stage_path(span.stage) + ": " + failure_label(header, span.failure);
  }
  out.intended_s = job.intended.count_s();
  out.response_s = after(job.done);
  out.first_result_s = after(job.first_result);
  out.queue_s = after(job.started);
  out.cost_usd = job.cost.count_usd();
  out.cpu_s = job.cpu.count_s();
  out.io_wait_s = job.io_wait.count_s();
  out.memory_peak_mb = job.memory_peak_mb;
  std::vector<CriticalPart> path;
  critical_path(trace.spans, path);
  // A group is on the path where one of its inner spans is.
  std::vector<bool> critical(trace.spans.size());
  for (const CriticalPart& part : path) {
    for (std::uint32_t at = part.span; !critical[at];) {
      critical[at] = true;
      at = trace.spans[at].parent < at ? trace.spans[at].parent : at;
    }
  }
  std::vector<std::uint32_t> order;
  order_under(trace.spans, kNoStage, order);
  for (const std::uint32_t index : order) {
    const StageSpan& span = trace.spans[index];
    WaterfallRow row;
    row.stage = stage_path(span.stage);
    row.item = span.item == kWhole ? 0 : span.item;
    row.depth = depth_of(trace.spans, index);
    row.ready_s = after(span.ready);
    row.started_s = after(span.started);
    row.first_chunk_s = after(span.first_chunk);
    row.done_s = after(span.done);
    row.end = span.end;
    row.background = span.background;
    row.truncated = span.truncated;
    row.critical = critical[index];
    row.attempts = span.attempts;
    row.failure = span.failure != 0 ? failure_label(header, span.failure) : "";
    row.cost_usd = span.cost.count_usd();
    out.waterfall.push_back(std::move(row));
  }
  return out;
}

}  // namespace rehearse::record
