#include "harness/record/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/base/text.hpp"
#include "harness/record/comparison_rows.hpp"
#include "harness/record/comparison_words.hpp"
#include "harness/record/culprit.hpp"
#include "harness/record/metric_change.hpp"
#include "harness/record/pairing.hpp"
#include "harness/record/replications.hpp"
#include "harness/record/run_differences.hpp"
#include "harness/record/side_values.hpp"
#include "harness/stats/batch_means.hpp"

namespace rehearse::record {
namespace {

RunPoint pooled(const ComparisonSide& side) {
  return side.seeds.size() > 1 ? pool(side.seeds) : side.point;
}

class Comparer {
 public:
  Comparer(const ComparisonSide& before, const ComparisonSide& after,
           const ComparisonOptions& options)
      : before_(before),
        after_(after),
        options_(options),
        luck_(options.seed, options.resamples),
        before_point_(pooled(before)),
        after_point_(pooled(after)),
        choice_(choose_pairing(before, after)) {}

  Comparison run() {
    out_.before = summarise(before_point_);
    out_.after = summarise(after_point_);
    fall_back_where_nothing_pairs();
    out_.pairing = pairing_name(choice_.pairing);
    out_.pairing_why = choice_.why;
    out_.warnings = run_differences(before_.point.header, after_.point.header);
    const std::string parameters =
        parameter_differences(before_.point.header.parameters, after_.point.header.parameters);
    if (!parameters.empty()) {
      out_.notes.push_back("parameters differ: " + parameters);
    }
    const RunHeader& b = before_.point.header;
    const RunHeader& a = after_.point.header;
    if (b.created_unix_ms > a.created_unix_ms && b.entry != a.entry) {
      out_.notes.push_back(
          "the run before was made after the other one: are they swapped, or is a clock wrong?");
    }
    const std::string lone = lone_jobs(choice_.pairing, out_.before.done, out_.after.done);
    if (!lone.empty()) {
      out_.notes.push_back(lone);
    }
    warn_of(out_.before, before_, "before");
    warn_of(out_.after, after_, "after");
    price_of_a_job();
    ComparisonRows({before_, after_, before_point_, after_point_, choice_, luck_, options_}, out_)
        .make();
    correct();
    judge_overall(out_);
    out_.culprit = find_culprit(out_.before, out_.after, out_.stages);
    const MetricChange* const mean = find_row(out_, "response_s", "mean");
    if (out_.culprit && out_.culprit->cause == Cause::Order && mean->verdict == Verdict::Same) {
      out_.culprit.reset();  // no stage is proven to have moved, and the whole has not
    }
    if (out_.culprit && out_.culprit->cause == Cause::Code && !parameters.empty()) {
      out_.culprit->why = "its own time changed, where parameters did: " + parameters;
    }
    return std::move(out_);
  }

 private:
  void fall_back_where_nothing_pairs() {
    const Objective response = statistic_of(Stat::Mean, Metric::Response);
    if (of_whole_runs(choice_.pairing)) {
      const Samples runs = lay_side_by_side(run_values(before_, response),
                                            run_values(after_, response), choice_.pairing);
      out_.units = std::min(runs.before.size(), runs.after.size());
      return;
    }
    const auto before = *job_values(before_, response);
    const auto after = *job_values(after_, response);
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

  void warn_of(const RunSummary& summary, const ComparisonSide& side, const std::string& name) {
    for (const std::string& reason : summary.invalid_reasons) {
      out_.warnings.push_back("the run " + name + " is invalid: " + reason);
    }
    if (summary.done == 0) {
      out_.warnings.push_back("no job was done " + name);
    }
    const double lost = static_cast<double>(summary.failed + summary.timed_out + summary.cancelled);
    if (summary.done > 0 && lost > 0.1 * static_cast<double>(summary.done)) {
      out_.warnings.push_back(
          "many jobs were not done " + name +
          ": times are of the done ones alone, and those may be the quick ones");
    }
    warn_of_cold_start(side, name);
  }

  // Only where jobs run one at a time in real time: a queue that fills looks like a cold start too,
  // and cutting it makes the bias worse. Nothing is cut behind anybody's back.
  void warn_of_cold_start(const ComparisonSide& side, const std::string& name) {
    constexpr std::size_t kFewest = 50;
    const RunHeader& header = side.point.header;
    if (header.against == "sim" || !header.isolated || side.seeds.size() > 1) {
      return;
    }
    const auto jobs = job_values(side, statistic_of(Stat::Mean, Metric::Response));
    std::vector<double> values;
    for (const SideValue& each : *jobs) {
      values.push_back(each.value);
    }
    const std::size_t cut = values.size() < kFewest ? 0 : stats::mser5(values);
    if (cut == 0) {
      return;
    }
    const stats::BatchStatistic mean;
    const double cold = mean.of(std::span(values).first(cut));
    const double warm = mean.of(std::span(values).subspan(cut));
    if (cold > 1.2 * warm) {
      out_.warnings.push_back("the first " + std::to_string(cut) + " jobs " + name +
                              " look like a cold start: run with --warmup " + std::to_string(cut));
    }
  }

  void price_of_a_job() {
    for (const RunSummary* const side : {&out_.before, &out_.after}) {
      const double jobs = static_cast<double>(std::max<std::uint64_t>(
          1, side->done + side->failed + side->timed_out + side->cancelled));
      out_.more_job_s += side->elapsed_s / jobs;
      out_.more_job_usd += side->cost_usd.total / jobs;
    }
  }

  double jobs_a_side() const {
    return static_cast<double>(std::min(out_.before.done, out_.after.done));
  }

  // The rows that the verdict is made of are tested together; all others are a list of suspects.
  void correct() {
    std::vector<MetricChange*> headline;
    std::vector<MetricChange*> others;
    for (MetricChange& row : out_.metrics) {
      const bool speaks =
          row.name == "cost_usd" || row.name == "error_rate" ||
          (row.name == "response_s" && (row.statistic == "mean" || row.statistic == "p50"));
      (speaks ? headline : others).push_back(&row);
    }
    for (StageChange& stage : out_.stages) {
      others.push_back(&stage.response_s);
      others.push_back(&stage.cost_usd);
    }
    const double alpha = 1 - options_.confidence;
    correct_for_many(headline, Correction::Holm, alpha, jobs_a_side());
    correct_for_many(others, Correction::BenjaminiHochberg, alpha, jobs_a_side());
  }

  const ComparisonSide& before_;
  const ComparisonSide& after_;
  const ComparisonOptions& options_;
  stats::Resampling luck_;
  RunPoint before_point_;
  RunPoint after_point_;
  PairingChoice choice_;
  Comparison out_;
};

}  // namespace

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
