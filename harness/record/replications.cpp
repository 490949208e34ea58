#include "harness/record/replications.hpp"

#include <algorithm>

#include "harness/base/check.hpp"
#include "harness/base/text.hpp"
#include "harness/json/write.hpp"

namespace rehearse::record {
namespace {

void merge_resources(RunEnd& out, const RunEnd& more) {
  for (const ResourceTally& tally : more.resources) {
    const auto same = [&](const ResourceTally& each) { return each.name == tally.name; };
    const auto found = std::find_if(out.resources.begin(), out.resources.end(), same);
    if (found == out.resources.end()) {
      out.resources.push_back(tally);
      continue;
    }
    found->busy_ns += tally.busy_ns;
    found->queue.merge(tally.queue);
    found->max_queue = std::max(found->max_queue, tally.max_queue);
    found->rejected += tally.rejected;
  }
}

void add_new(std::vector<std::string>& texts, const std::vector<std::string>& more) {
  for (const std::string& text : more) {
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) {
      texts.push_back(text);
    }
  }
}

void merge_end(RunEnd& out, const RunEnd& more) {
  out.issued += more.issued;
  out.late += more.late;
  out.dropped += more.dropped;
  out.max_schedule_lag = std::max(out.max_schedule_lag, more.max_schedule_lag);
  const double mine = out.elapsed.count_s();
  const double all = mine + more.elapsed.count_s();
  if (all > 0) {
    const auto averaged = [&](double a, double b) { return a + (b - a) * (1 - mine / all); };
    out.little_l = averaged(out.little_l, more.little_l);
    out.little_lambda_w = averaged(out.little_lambda_w, more.little_lambda_w);
  }
  out.elapsed += more.elapsed;
  out.wall += more.wall;
  out.engine_events += more.engine_events;
  out.max_in_flight = std::max(out.max_in_flight, more.max_in_flight);
  out.mock_pace.merge(more.mock_pace);
  out.stop_reason = out.stop_reason.empty() ? more.stop_reason : out.stop_reason;
  add_new(out.invalid_reasons, more.invalid_reasons);
  add_new(out.warnings, more.warnings);
  merge_resources(out, more);
}

}  // namespace

std::vector<Entry> entries_of(const Run& run) {
  std::vector<Entry> out;
  const std::string* last = nullptr;
  for (std::size_t i = 0; i < run.points.size(); ++i) {
    const RunHeader& header = run.points[i].header;
    if (last == nullptr || *last != header.entry) {
      out.push_back({header.label, header.branch, header.reason, header.created_unix_ms, {}});
      last = &header.entry;
    }
    out.back().points.push_back(i);
  }
  return out;
}

Result<Entry> find_entry(const Run& run, const std::string& label) {
  const std::vector<Entry> entries = entries_of(run);
  std::vector<std::string> labels;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (label.empty() || entry->label == label) {
      return *entry;
    }
    if (std::find(labels.begin(), labels.end(), entry->label) == labels.end()) {
      labels.push_back(entry->label);
    }
  }
  std::string known;
  for (const std::string& each : labels) {
    known += each.empty() ? "" : (known.empty() ? "" : ", ") + quoted_excerpt(each);
  }
  const std::string near = nearest_name(label, labels);
  return Error{run.path.string(),
               "holds no run labelled " + quoted_excerpt(label) +
                   (known.empty() ? "; its runs have no labels" : "; its labels are " + known) +
                   (near.empty() ? "" : " (did you mean " + near + "?)")};
}

bool are_replications(const Run& run, std::span<const std::size_t> points) {
  const RunHeader& first = run.points[points.front()].header;
  const std::string parameters = json::dump_canonical(first.parameters);
  return std::all_of(points.begin(), points.end(), [&](std::size_t i) {
    const RunHeader& each = run.points[i].header;
    return each.scenario_hash == first.scenario_hash && each.scenario == first.scenario &&
           each.workload == first.workload && each.variants == first.variants &&
           each.against == first.against && each.drive == first.drive &&
           each.speed == first.speed && each.stages.size() == first.stages.size() &&
           json::dump_canonical(each.parameters) == parameters;
  });
}

RunPoint pool(std::span<const RunPoint* const> points) {
  REHEARSE_CHECK(!points.empty());
  RunPoint out = *points.front();
  for (const RunPoint* const more : points.subspan(1)) {
    out.tally.merge(more->tally);
    out.kept.job_rows += more->kept.job_rows;
    out.kept.traces += more->kept.traces;
    if (!out.end || !more->end) {
      out.end.reset();  // one that was killed leaves the whole incomplete
      continue;
    }
    merge_end(*out.end, *more->end);
  }
  return out;
}

}  // namespace rehearse::record
