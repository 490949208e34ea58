#include <cmath>

#include "harness/base/text.hpp"
#include "reports/formats.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;
using record::Spread;

std::string label_value(std::string_view text) {
  std::string out;
  for (const char c : terminal_safe(text)) {
    out += c == '\\' ? "\\\\" : c == '"' ? "\\\"" : std::string(1, c);
  }
  return out;
}

// Every series of a run carries which run it is of; no two runs may have one name.
struct Named {
  const RunSummary& run;
  std::string name;
};
std::string labels(const Named& run, const std::string& more = "") {
  std::string out = "scenario=\"" + label_value(run.run.header.scenario) + "\",run=\"" +
                    label_value(run.name) + "\"";
  return out + (more.empty() ? "" : "," + more);
}

// One metric family; OpenMetrics wants all samples of a family together.
class Family {
 public:
  Family(std::string name, const char* type, const char* unit, const char* help)
      : name_(std::move(name)) {
    head_ = "# TYPE " + name_ + " " + type + "\n";
    head_ += *unit == '\0' ? "" : "# UNIT " + name_ + " " + std::string(unit) + "\n";
    head_ += "# HELP " + name_ + " " + help + "\n";
  }
  void add(const std::string& suffix, const std::string& label, double value) {
    if (std::isfinite(value)) {
      samples_ += name_ + suffix + "{" + label + "} " + number_text(value) + "\n";
    }
  }
  // A summary: its quantiles, count and sum.
  void add(const Named& run, const std::string& more, const Spread& spread) {
    if (spread.count == 0) {
      return;
    }
    const std::pair<const char*, std::optional<double>> quantiles[] = {
        {"0.5", spread.p50}, {"0.9", spread.p90}, {"0.95", spread.p95}, {"0.99", spread.p99}};
    for (const auto& [q, value] : quantiles) {
      if (value) {
        add("", labels(run, more + (more.empty() ? "" : ",") + "quantile=\"" + q + "\""), *value);
      }
    }
    add("_count", labels(run, more), static_cast<double>(spread.count));
    add("_sum", labels(run, more), spread.total);
  }
  std::string text() const { return samples_.empty() ? "" : head_ + samples_; }

 private:
  std::string name_;
  std::string head_;
  std::string samples_;
};

std::string stage_label(const record::StageSummary& stage) {
  return "stage=\"" + label_value(stage.info.path) + "\"";
}

}  // namespace

std::string openmetrics_sweep(std::span<const RunSummary> points) {
  Family response("rehearse_response_seconds", "summary", "seconds", "From due to done, of jobs.");
  Family first("rehearse_first_result_seconds", "summary", "seconds",
               "From due to the first thing that a user sees.");
  Family cost("rehearse_cost_usd", "summary", "usd", "Of each job.");
  Family jobs("rehearse_jobs", "gauge", "", "By how they ended.");
  Family valid("rehearse_valid", "gauge", "", "1: the harness did not distort the run.");
  Family rate("rehearse_jobs_per_second", "gauge", "", "Done, and done inside the limits.");
  Family stage_response("rehearse_stage_response_seconds", "summary", "seconds",
                        "From ready to done, of each stage.");
  Family stage_share("rehearse_stage_critical_ratio", "gauge", "ratio",
                     "Share of the time that answers waited for.");
  Family met("rehearse_objective_met", "gauge", "", "1: met.");
  const std::vector<std::string> names = run_names(points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const RunSummary& run = points[i];
    const Named named{run, names[i]};
    response.add(named, "", run.response_s);
    first.add(named, "", run.first_result_s);
    cost.add(named, "", run.cost_usd);
    const std::pair<const char*, std::uint64_t> ends[] = {{"done", run.done},
                                                          {"failed", run.failed},
                                                          {"timed_out", run.timed_out},
                                                          {"cancelled", run.cancelled}};
    for (const auto& [end, n] : ends) {
      jobs.add("", labels(named, "end=\"" + std::string(end) + "\""), static_cast<double>(n));
    }
    valid.add("", labels(named), run.valid ? 1 : 0);
    rate.add("", labels(named, "kind=\"throughput\""), run.throughput_per_s);
    rate.add("", labels(named, "kind=\"goodput\""), run.goodput_per_s);
    for (const record::StageSummary& stage : run.stages) {
      stage_response.add(named, stage_label(stage), stage.response_s);
      stage_share.add("", labels(named, stage_label(stage)), stage.critical_share);
    }
    for (const record::ObjectiveSummary& objective : run.objectives) {
      if (objective.met) {
        met.add("", labels(named, "objective=\"" + label_value(objective.info.text) + "\""),
                *objective.met ? 1 : 0);
      }
    }
  }
  std::string out;
  for (const Family* family :
       {&response, &first, &cost, &jobs, &valid, &rate, &stage_response, &stage_share, &met}) {
    out += family->text();
  }
  return out + "# EOF\n";
}

std::string openmetrics_run(const RunSummary& run) { return openmetrics_sweep({&run, 1}); }

std::string openmetrics_comparison(const record::Comparison& comparison) {
  return openmetrics_run(comparison.after);
}

}  // namespace rehearse::reports
