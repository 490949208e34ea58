#include <algorithm>

#include "reports/figures.hpp"
#include "reports/run_tables.hpp"

namespace rehearse::reports {
namespace {

using record::StageEnd;
using record::WaterfallRow;

constexpr std::size_t kFewItems = 3;  // so many have a row each

bool is_lost(StageEnd end) {
  return end == StageEnd::Failed || end == StageEnd::TimedOut || end == StageEnd::Cancelled ||
         end == StageEnd::Rejected;
}

std::string name_of(const WaterfallRow& row) {
  return row.depth == 0 ? row.stage : row.stage.substr(row.stage.rfind('/') + 1);
}

Bar bar_of(const WaterfallRow& row) {
  Bar bar;
  bar.label = name_of(row) + (row.item > 0 ? " #" + std::to_string(row.item + 1) : "");
  bar.depth = row.depth;
  bar.ready_s = row.ready_s;
  bar.started_s = row.started_s;
  bar.done_s = row.done_s;
  bar.critical = row.critical;
  bar.background = row.background;
  bar.text = seconds(row.done_s - row.ready_s);
  if (row.end == StageEnd::CacheHit) {
    bar.text = "cache hit";
  } else if (row.end == StageEnd::Skipped) {
    bar.text = "skipped";
  } else if (is_lost(row.end)) {
    bar.tone = Tone::Bad;
    bar.text += row.failure.empty() ? " failed" : " " + row.failure;
  }
  bar.text += row.background ? " background" : "";
  bar.text += row.truncated ? " truncated" : "";
  bar.text += row.attempts > 1 ? " " + std::to_string(row.attempts) + " attempts" : "";
  return bar;
}

using Items = std::vector<WaterfallRow>;

// The end of the items that follow `begin`: neighbours of one stage, counted up.
Items::const_iterator items_end(Items::const_iterator begin, Items::const_iterator end) {
  auto at = begin;
  while (at != end && at->stage == begin->stage && at->depth == begin->depth &&
         at->item == begin->item + static_cast<std::uint32_t>(at - begin)) {
    ++at;
  }
  return at;
}

Bar folded(Items::const_iterator begin, Items::const_iterator end) {
  Bar bar;
  const auto n = static_cast<std::size_t>(end - begin);
  bar.label = name_of(*begin) + " #" + std::to_string(begin->item + 1) + "–" +
              std::to_string(begin->item + n);
  bar.depth = begin->depth;
  bar.background = begin->background;
  bar.ready_s = begin->ready_s;
  bar.started_s = begin->started_s;
  std::size_t lost = 0;
  std::size_t attempts = 0;
  double least = begin->done_s - begin->ready_s;
  double most = least;
  for (auto at = begin; at != end; ++at) {
    const bool failed = is_lost(at->end);
    bar.pieces.push_back(
        {at->ready_s, at->started_s, at->done_s, failed ? Tone::Bad : Tone::Plain, at->critical});
    bar.ready_s = std::min(bar.ready_s, at->ready_s);
    bar.started_s = std::min(bar.started_s, at->started_s);
    bar.done_s = std::max(bar.done_s, at->done_s);
    bar.critical = bar.critical || at->critical;
    lost += failed ? 1u : 0u;
    attempts += at->attempts > 1 ? at->attempts - 1 : 0;
    least = std::min(least, at->done_s - at->ready_s);
    most = std::max(most, at->done_s - at->ready_s);
  }
  const std::string low = seconds(least);
  const std::string high = seconds(most);
  bar.text = "each " + (low == high ? low : low + " – " + high);
  bar.text += lost > 0 ? ", " + count(lost) + " failed" : "";
  bar.text += attempts > 0 ? ", " + count(attempts) + (attempts == 1 ? " retry" : " retries") : "";
  bar.tone = lost > 0 ? Tone::Bad : Tone::Plain;
  return bar;
}

}  // namespace

Waterfall waterfall(const record::JobSummary& job) {
  Waterfall out;
  out.title = "Job " + std::to_string(job.id) + ": " + seconds(job.response_s) +
              (job.cost_usd > 0 ? ", " + usd(job.cost_usd) : "") +
              (job.failure.empty() ? "" : ", failed at " + job.failure);
  for (auto at = job.waterfall.begin(); at != job.waterfall.end();) {
    const auto end = items_end(at, job.waterfall.end());
    if (static_cast<std::size_t>(end - at) > kFewItems) {
      out.bars.push_back(folded(at, end));
    } else {
      for (auto each = at; each != end; ++each) {
        out.bars.push_back(bar_of(*each));
      }
    }
    at = end;
  }
  for (const Bar& bar : out.bars) {
    out.length_s = std::max(out.length_s, bar.done_s);
  }
  return out;
}

}  // namespace rehearse::reports
