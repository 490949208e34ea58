#include "harness/record/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "harness/base/text.hpp"
#include "harness/record/metric_change.hpp"
#include "harness/record/pairing.hpp"
#include "harness/record/run_differences.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::record {
namespace {

constexpr std::size_t kMostTraces = 20'200;  // first, sampled and failed ones

template <typename Value>
std::vector<SideValue> of_done_jobs(const ComparisonSide& side, Value value) {
  std::vector<SideValue> out;
  out.reserve(side.jobs.size());
  for (const JobRecord& job : side.jobs) {
    if (job.end == JobEnd::Done && !job.warmup) {
      out.push_back({job.id.value, value(job)});
    }
  }
  return out;
}

// What one job spent in one stage: first ready to last done, and the bill.
struct StageValues {
  std::vector<SideValue> response;
  std::vector<SideValue> cost;
};

struct Gather {
  Instant ready;
  Instant done;
  double cost = 0;
};

std::map<std::string, StageValues> by_stage(const ComparisonSide& side) {
  std::map<std::string, StageValues> out;
  const RunHeader& header = side.point.header;
  for (const JobTrace& trace : side.traces) {
    if (trace.job.end != JobEnd::Done || trace.job.warmup) {
      continue;
    }
    std::map<std::uint32_t, Gather> gathered;
    for (const StageSpan& span : trace.spans) {
      if (span.stage >= header.stages.size() || span.end == StageEnd::Skipped) {
        continue;
      }
      const auto [place, fresh] =
          gathered.try_emplace(span.stage, Gather{span.ready, span.done, 0});
      Gather& gather = place->second;
      gather.ready = std::min(gather.ready, span.ready);
      gather.done = std::max(gather.done, span.done);
      gather.cost += span.cost.count_usd();
    }
    for (const auto& [stage, gather] : gathered) {
      StageValues& values = out[header.stages[stage].path];
      values.response.push_back({trace.job.id.value, (gather.done - gather.ready).count_s()});
      values.cost.push_back({trace.job.id.value, gather.cost});
    }
  }
  return out;
}

class Comparer {
 public:
  Comparer(const ComparisonSide& before, const ComparisonSide& after,
           const ComparisonOptions& options)
      : before_(before),
        after_(after),
        options_(options),
        luck_(options.seed),
        choice_(choose_pairing(before.point.header, after.point.header)) {}

  Comparison run() {
    out_.before = summarise(before_.point);
    out_.after = summarise(after_.point);
    fall_back_where_nothing_pairs();
    static constexpr const char* kNames[] = {"jobs", "batches", "unpaired"};
    out_.pairing = kNames[static_cast<int>(choice_.pairing)];
    out_.pairing_why = choice_.why;
    out_.warnings = run_differences(before_.point.header, after_.point.header);
    const std::string parameters =
        parameter_differences(before_.point.header.parameters, after_.point.header.parameters);
    if (!parameters.empty()) {
      out_.notes.push_back("parameters differ: " + parameters);
    }
    warn_of(out_.before, "before");
    warn_of(out_.after, "after");
    metrics();
    stages();
    judge_all();
    return std::move(out_);
  }

 private:
  static double response(const JobRecord& job) { return (job.done - job.intended).count_s(); }
  static double first_result(const JobRecord& job) {
    return (job.first_result - job.intended).count_s();
  }
  static double cost(const JobRecord& job) { return job.cost.count_usd(); }

  void fall_back_where_nothing_pairs() {
    const auto before = of_done_jobs(before_, response);
    const auto after = of_done_jobs(after_, response);
    const Samples paired = lay_side_by_side(before, after, Pairing::Jobs);
    const std::size_t smaller = std::min(before.size(), after.size());
    out_.units = smaller;
    if (choice_.pairing == Pairing::Unpaired) {
      return;
    }
    if (smaller > 0 && paired.before.size() * 2 < smaller) {
      choice_.pairing = Pairing::Unpaired;
      choice_.why = "too few jobs were done and kept on both sides";
      return;
    }
    out_.units = paired.before.size();
  }

  void warn_of(const RunSummary& side, const std::string& name) {
    for (const std::string& reason : side.invalid_reasons) {
      out_.warnings.push_back("the run " + name + " is invalid: " + reason);
    }
    if (side.done == 0) {
      out_.warnings.push_back("no job was done " + name);
    }
    const double lost = static_cast<double>(side.failed + side.timed_out + side.cancelled);
    if (side.done > 0 && lost > 0.1 * static_cast<double>(side.done)) {
      out_.warnings.push_back(
          "many jobs were not done " + name +
          ": times are of the done ones alone, and those may be the quick ones");
    }
  }

  template <typename Value>
  void metric(std::string_view name, std::span<const stats::Statistic> statistics, Value value) {
    const Samples samples = lay_side_by_side(of_done_jobs(before_, value),
                                             of_done_jobs(after_, value), choice_.pairing);
    for (MetricChange& row : change_of(name, samples, statistics, choice_, luck_, options_)) {
      out_.metrics.push_back(std::move(row));
    }
  }

  void metrics() {
    const std::vector<stats::Statistic> times{
        stats::Statistic::mean(), stats::Statistic::quantile(0.5), stats::Statistic::quantile(0.95),
        stats::Statistic::quantile(0.99)};
    metric("response_s", times, response);
    if (shows_first_results()) {
      metric("first_result_s", std::span(times).first(3), first_result);
    }
    metric("cost_usd", std::span(times).first(1), cost);
    const auto rate = [](const RunSummary& side) {
      return stats::Rate{side.failed + side.timed_out, side.done + side.failed + side.timed_out};
    };
    const stats::Rate before = rate(out_.before);
    const stats::Rate after = rate(out_.after);
    const stats::Change errors = stats::compare_rates(before, after);
    MetricChange row;
    row.name = "error_rate";
    row.statistic = "rate";
    row.before = errors.before;
    row.after = errors.after;
    row.change = errors.change;
    if (errors.interval) {
      row.low = errors.interval->low;
      row.high = errors.interval->high;
    }
    row.verdict = errors.verdict;
    row.why = errors.note;
    row.more_jobs = errors.more_samples;
    // Few jobs do not prove that nothing ever fails, but nobody needs thousands more to be calm.
    if (before.hits == 0 && after.hits == 0 && row.verdict == Verdict::Inconclusive &&
        before.trials > 0 && after.trials > 0) {
      row.why = before.trials == after.trials
                    ? "0 of " + std::to_string(before.trials) + " on both sides"
                    : "0 of " + std::to_string(before.trials) + " before, 0 of " +
                          std::to_string(after.trials) + " after";
      row.more_jobs = 0;
    }
    out_.metrics.push_back(std::move(row));
  }

  bool shows_first_results() const {
    const auto differs = [](const RunSummary& side) {
      return side.first_result_s.count > 0 &&
             side.first_result_s.total < side.response_s.total * (1 - 1e-9);
    };
    return differs(out_.before) || differs(out_.after);
  }

  MetricChange stage_row(std::string_view name, const std::vector<SideValue>& before,
                         const std::vector<SideValue>& after) {
    const stats::Statistic mean = stats::Statistic::mean();
    const Samples samples = lay_side_by_side(before, after, choice_.pairing);
    return change_of(name, samples, std::span(&mean, 1), choice_, luck_, options_).front();
  }

  // In the order of the file, as in a run's report; a stage of `after` alone stands behind the one
  // that it follows there.
  std::vector<std::string> stage_paths() const {
    std::vector<std::string> paths;
    for (const StageSummary& stage : out_.before.stages) {
      paths.push_back(stage.info.path);
    }
    auto place = paths.begin();
    for (const StageSummary& stage : out_.after.stages) {
      const auto found = std::find(paths.begin(), paths.end(), stage.info.path);
      place = 1 + (found != paths.end() ? found : paths.insert(place, stage.info.path));
    }
    return paths;
  }

  void stages() {
    const std::map<std::string, StageValues> before = by_stage(before_);
    const std::map<std::string, StageValues> after = by_stage(after_);
    const std::vector<std::string> paths = stage_paths();
    const StageValues none;
    for (const std::string& path : paths) {
      const auto b = before.find(path);
      const auto a = after.find(path);
      StageChange row;
      row.stage = path;
      row.in_before = b != before.end();
      row.in_after = a != after.end();
      const StageValues& left = row.in_before ? b->second : none;
      const StageValues& right = row.in_after ? a->second : none;
      if (row.in_before && row.in_after) {
        row.response_s = stage_row("response_s", left.response, right.response);
        row.cost_usd = stage_row("cost_usd", left.cost, right.cost);
      } else if (row.in_before || row.in_after) {
        one_sided(row, left, right);
      } else {
        continue;
      }
      out_.stages.push_back(std::move(row));
    }
  }

  static void one_sided(StageChange& row, const StageValues& left, const StageValues& right) {
    const auto mean = [](const std::vector<SideValue>& values) {
      double sum = 0;
      for (const SideValue& value : values) {
        sum += value.value;
      }
      return sum / static_cast<double>(values.size());
    };
    const auto fill = [&](MetricChange& metric, std::string_view name,
                          const std::vector<SideValue>& l, const std::vector<SideValue>& r) {
      metric.name = name;
      metric.statistic = "mean";
      if (!l.empty()) {
        metric.before = mean(l);
      }
      if (!r.empty()) {
        metric.after = mean(r);
      }
      metric.why = l.empty() ? "not there before" : "not there after";
    };
    fill(row.response_s, "response_s", left.response, right.response);
    fill(row.cost_usd, "cost_usd", left.cost, right.cost);
  }

  const MetricChange* row_of(std::string_view name, std::string_view statistic) const {
    for (const MetricChange& row : out_.metrics) {
      if (row.name == name && row.statistic == statistic) {
        return &row;
      }
    }
    return nullptr;
  }

  static std::string percent(double ratio) {
    char out[32];
    std::snprintf(out, sizeof out, "%+.1f%%", ratio * 100);
    return out;
  }

  static std::string size_text(const MetricChange& row) {
    return row.change && std::abs(*row.change) >= 0.0005 ? " (" + percent(*row.change) + ")" : "";
  }

  static std::string phrase(const MetricChange& row, std::string_view subject,
                            std::string_view less, std::string_view more) {
    std::string out(subject);
    const Verdict verdict = row.verdict.value_or(Verdict::Inconclusive);
    if (verdict == Verdict::Same) {
      return out + " the same within tolerance" + size_text(row);
    }
    if (verdict == Verdict::Inconclusive || !row.change) {
      return out + " inconclusive" + (row.why.empty() ? "" : " (" + row.why + ")");
    }
    out += " ";
    out += verdict == Verdict::Improved ? less : more;
    out += " by " + percent(std::abs(*row.change)).substr(1);
    if (row.low && row.high) {
      out += " (" + percent(*row.low) + " to " + percent(*row.high) + ")";
    }
    return out;
  }

  static bool decided(const MetricChange& row) {
    return row.verdict && row.verdict != Verdict::Inconclusive;
  }

  // The row that speaks for the response time, and the other one.
  struct Response {
    const MetricChange& spoken;
    const MetricChange& other;
  };
  Response response_rows() const {
    const MetricChange& mean = *row_of("response_s", "mean");
    const MetricChange& median = *row_of("response_s", "p50");
    return !decided(mean) && decided(median) ? Response{median, mean} : Response{mean, median};
  }

  static std::string response_phrase(const Response& rows) {
    std::string out = phrase(rows.spoken, "response " + rows.spoken.statistic, "faster", "slower");
    // A second figure is only said where it would surprise in the table below.
    if (decided(rows.other) && rows.other.verdict != rows.spoken.verdict) {
      out += ", " + phrase(rows.other, rows.other.statistic, "faster", "slower");
    }
    return out;
  }

  void judge_all() {
    const Response time = response_rows();
    const MetricChange& money = *row_of("cost_usd", "mean");
    const MetricChange& errors = *row_of("error_rate", "rate");
    const auto any = [&](Verdict verdict) {
      return time.spoken.verdict == verdict || money.verdict == verdict ||
             errors.verdict == verdict;
    };
    if (any(Verdict::Regressed)) {
      out_.verdict = Verdict::Regressed;
    } else if (any(Verdict::Improved)) {
      out_.verdict = Verdict::Improved;
    } else if (time.spoken.verdict == Verdict::Same && money.verdict == Verdict::Same) {
      out_.verdict = Verdict::Same;
    }
    out_.headline = response_phrase(time) + "; " + phrase(money, "mean cost", "cheaper", "dearer");
    if (errors.verdict == Verdict::Regressed || errors.verdict == Verdict::Improved) {
      out_.headline += errors.verdict == Verdict::Regressed ? "; more errors" : "; fewer errors";
    }
  }

  const ComparisonSide& before_;
  const ComparisonSide& after_;
  const ComparisonOptions& options_;
  stats::Resampling luck_;
  PairingChoice choice_;
  Comparison out_;
};

}  // namespace

Result<ComparisonSide> load_side(const Run& run, std::size_t point) {
  Result<std::vector<JobRecord>> jobs = load_jobs(run, point);
  if (!jobs.ok()) {
    return jobs.errors();
  }
  Result<std::vector<JobTrace>> traces = load_traces(run, point, kMostTraces);
  if (!traces.ok()) {
    return traces.errors();
  }
  return ComparisonSide{run.points[point], std::move(jobs).value(), std::move(traces).value()};
}

Result<Comparison> compare(const ComparisonSide& before, const ComparisonSide& after,
                           const ComparisonOptions& options) {
  const std::string& a = before.point.header.scenario;
  const std::string& b = after.point.header.scenario;
  if (a != b && !options.force) {
    return Error{"", "these are runs of two scenarios, " + quoted_excerpt(a) + " and " +
                         quoted_excerpt(b) + ": compare runs of one, or insist with --force"};
  }
  return Comparer(before, after, options).run();
}

}  // namespace rehearse::record
