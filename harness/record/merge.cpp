#include "harness/record/merge.hpp"

#include <algorithm>
#include <set>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/record/pairing.hpp"

namespace rehearse::record {
namespace {

constexpr unsigned kIdBits = 40;

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    out += (out.empty() ? "" : "+") + name;
  }
  return out.empty() ? "base" : out;
}

// What all parts must agree on, by its name.
struct Trait {
  const char* name;
  std::string (*of)(const RunHeader&);
};
constexpr Trait kTraits[] = {
    {"scenario", [](const RunHeader& h) { return h.scenario; }},
    {"workload", [](const RunHeader& h) { return h.workload; }},
    {"variants", [](const RunHeader& h) { return listed(h.variants); }},
    {"parameters", [](const RunHeader& h) { return json::dump(h.parameters); }},
    {"scenario text", [](const RunHeader& h) { return h.scenario_hash; }},
    {"world", [](const RunHeader& h) { return h.against; }},
    {"driver", [](const RunHeader& h) { return h.drive; }},
    {"speed", [](const RunHeader& h) { return number_text(h.speed); }},
    {"number of stages", [](const RunHeader& h) { return std::to_string(h.stages.size()); }},
    {"point", [](const RunHeader& h) { return h.point; }},
};

void check_point(const Run& first, const Run& run, std::size_t point, Errors& errors) {
  for (const Trait& trait : kTraits) {
    const std::string expected = trait.of(first.points[point].header);
    const std::string found = trait.of(run.points[point].header);
    if (expected != found) {
      errors.push_back({run.path.string(), "is no part of the same run as " + first.path.string() +
                                               ": its " + trait.name + " is " +
                                               quoted_excerpt(found) + ", expected " +
                                               quoted_excerpt(expected)});
      return;  // what follows from it is not news
    }
  }
}

void add_resources(std::vector<ResourceTally>& into, const std::vector<ResourceTally>& from) {
  for (const ResourceTally& tally : from) {
    const auto found = std::find_if(into.begin(), into.end(),
                                    [&](const auto& known) { return known.name == tally.name; });
    if (found == into.end()) {
      into.push_back(tally);
      continue;
    }
    found->slots += tally.slots;
    found->busy_ns += tally.busy_ns;
    found->queue.merge(tally.queue);
    found->max_queue = std::max(found->max_queue, tally.max_queue);
    found->rejected += tally.rejected;
  }
}

void add_reasons(const Run& run, const RunEnd& end, RunEnd& into) {
  for (const std::string& reason : end.invalid_reasons) {
    into.invalid_reasons.push_back(run.path.string() + ": " + reason);
  }
  for (const std::string& warning : end.warnings) {
    into.warnings.push_back(run.path.string() + ": " + warning);
  }
  if (into.stop_reason.empty()) {
    into.stop_reason = end.stop_reason;
  }
}

// The end of a run whose parts ran side by side. Jobs inside add up, each for its part's own time.
RunEnd merged_end(const std::vector<Run>& runs, std::size_t point) {
  RunEnd out;
  Wide inside_ns = 0;
  for (const Run& run : runs) {
    const RunPoint& part = run.points[point];
    if (!part.end) {
      out.issued += part.tally.jobs.ended();
      out.invalid_reasons.push_back(run.path.string() +
                                    ": the run did not end: it was killed or still runs");
      continue;
    }
    const RunEnd& end = *part.end;
    out.issued += end.issued;
    out.late += end.late;
    out.dropped += end.dropped;
    out.max_schedule_lag = std::max(out.max_schedule_lag, end.max_schedule_lag);
    out.elapsed = std::max(out.elapsed, end.elapsed);
    out.wall = std::max(out.wall, end.wall);
    out.engine_events += end.engine_events;
    out.max_in_flight += end.max_in_flight;
    out.mock_pace.merge(end.mock_pace);
    inside_ns += static_cast<Wide>(end.little_l * static_cast<double>(end.elapsed.count_ns()));
    add_resources(out.resources, end.resources);
    add_reasons(run, end, out);
  }
  if (out.elapsed > Duration::zero()) {
    out.little_l = static_cast<double>(inside_ns) / static_cast<double>(out.elapsed.count_ns());
    out.little_lambda_w = out.little_l;  // each part has checked its own
  }
  return out;
}

std::string how_merged(const std::vector<Run>& runs, bool isolated) {
  std::set<std::string> machines;
  for (const Run& run : runs) {
    machines.insert(run.points.front().header.environment.machine);
  }
  std::string out = "merged from " + std::to_string(runs.size()) + " runs of " +
                    std::to_string(machines.size()) +
                    (machines.size() == 1 ? " machine: " : " machines: ");
  return out + (isolated ? "exactly, as their jobs share nothing"
                         : "independent cells, each with queues, limits and caches of its "
                           "own");
}

bool has_all_rows(const std::vector<Run>& runs, std::size_t point) {
  return std::all_of(runs.begin(), runs.end(), [&](const Run& run) {
    const KeptRows& kept = run.points[point].kept;
    return kept.job_sample_shift == 0 && kept.trace_sample_shift == 0;
  });
}

// Rows and traces of one part, under ids of their own.
Status copy_rows(const Run& run, std::size_t point, std::uint64_t number, RunWriter& writer) {
  const auto jobs = load_jobs(run, point);
  const auto traces = load_traces(run, point, SIZE_MAX >> 1);
  if (!jobs || !traces) {
    return !jobs ? jobs.errors() : traces.errors();
  }
  const auto place = static_cast<std::uint32_t>(point);
  auto trace = traces->begin();
  for (JobRecord job : *jobs) {
    const JobId own = job.id;
    job.id = JobId{own.value + (number << kIdBits)};
    while (trace != traces->end() && trace->job.id < own) {
      ++trace;
    }
    if (trace != traces->end() && trace->job.id == own) {
      writer.add_job(place, job, trace->spans, trace->attempts);
    } else {
      writer.add_row(place, job);
    }
  }
  return writer.status();
}

}  // namespace

Errors check_mergeable(const std::vector<Run>& runs) {
  Errors errors;
  std::set<std::string> ids;
  std::set<std::uint64_t> seeds;
  for (const Run& run : runs) {
    const RunHeader& header = run.points.front().header;
    if (!ids.insert(header.id).second) {
      errors.push_back({run.path.string(), "is given twice: its jobs would count twice"});
    } else if (!seeds.insert(header.seed).second) {
      errors.push_back(
          {run.path.string(), "has the seed of another part (" + std::to_string(header.seed) +
                                  "), so the same luck: give each part a --seed of its own"});
    }
    if (run.points.size() != runs.front().points.size()) {
      errors.push_back({run.path.string(), "has " + std::to_string(run.points.size()) +
                                               " points, expected " +
                                               std::to_string(runs.front().points.size()) +
                                               " as in " + runs.front().path.string()});
      continue;
    }
    for (std::size_t point = 0; point < run.points.size(); ++point) {
      check_point(runs.front(), run, point, errors);
    }
  }
  return errors;
}

Status merge_runs(const std::vector<Run>& runs, RunWriter& writer) {
  for (std::size_t point = 0; point < runs.front().points.size(); ++point) {
    RunHeader header = runs.front().points[point].header;
    const bool rows = has_all_rows(runs, point);
    std::uint64_t id = 0;
    for (const Run& run : runs) {
      id = mix64(id ^ hash_name(run.points[point].header.id));
    }
    header.id = run_id_text(id, mix64(id));
    header.keep = rows ? header.keep : KeepRule::nothing();
    writer.begin_point(header);
    Tally tally = runs.front().points[point].tally;
    for (std::size_t i = 1; i < runs.size(); ++i) {
      tally.merge(runs[i].points[point].tally);
    }
    for (std::uint64_t i = 0; rows && i < runs.size(); ++i) {
      const Status copied = copy_rows(runs[i], point, i, writer);
      if (!copied) {
        return copied;
      }
    }
    RunEnd end = merged_end(runs, point);
    const bool isolated = std::all_of(runs.begin(), runs.end(), [&](const Run& run) {
      return shares_nothing(run.points[point]);
    });
    end.warnings.insert(end.warnings.begin(), how_merged(runs, isolated));
    writer.save_point(static_cast<std::uint32_t>(point), tally, &end);
    writer.commit();
  }
  return writer.status();
}

}  // namespace rehearse::record
