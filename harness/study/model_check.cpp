#include "harness/study/model_check.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/record/run_file.hpp"
#include "harness/stats/quantile.hpp"
#include "harness/study/fit_times.hpp"
#include "harness/study/replicate.hpp"
#include "scenarios/loader.hpp"

namespace rehearse::study {
namespace {

constexpr std::size_t kMostTraces = 20'000;
constexpr std::size_t kLeastJobs = 20;

struct Statistic {
  const char* name;
  double q;
};
constexpr Statistic kStatistics[] = {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}};

std::vector<record::JobRecord> done_jobs(std::vector<record::JobRecord> jobs) {
  std::erase_if(jobs, [](const record::JobRecord& job) {
    return job.warmup || job.end != record::JobEnd::Done;
  });
  return jobs;
}

std::vector<double> responses_of(const std::vector<record::JobRecord>& jobs,
                                 std::uint64_t from_id) {
  std::vector<double> out;
  for (const record::JobRecord& job : jobs) {
    if (job.id.value >= from_id) {
      out.push_back((job.done - job.intended).count_s());
    }
  }
  return stats::sorted(out);
}

class ModelChecking {
 public:
  ModelChecking(const scenarios::ScenarioFile& file, const Player& player,
                const record::Run& recording, const ModelCheckOptions& options)
      : file_(file), player_(player), recording_(recording), options_(options) {}

  Result<CheckedModel> run() {
    out_.recording = recording_.path.filename().string();
    out_.bound = options_.bound;
    Status status = check_recording();
    if (status) {
      status = fit();
    }
    for (std::size_t point = 0; status && point < recording_.points.size(); ++point) {
      status = predict(point);
    }
    if (!status) {
      return status.errors();
    }
    if (recording_.points.size() == 1) {
      out_.notes.push_back(
          "the recording has one load only: how the model fares at another is not known (record "
          "with --sweep concurrency=1,4)");
    }
    Result<scenarios::ScenarioFile> fitted = fit_file();
    if (!fitted) {
      return fitted.errors();
    }
    return CheckedModel{std::move(out_), std::move(fitted).value()};
  }

 private:
  Error refuse(const std::string& why) const { return {recording_.path.string(), why}; }

  Status check_recording() const {
    const record::RunHeader& header = recording_.points.front().header;
    if (header.scenario_text.empty() || header.stages.empty()) {
      return refuse(
          "is a recording of calls without a pipeline: record a run of the scenario itself (run "
          "--against mock or live, or --drive app)");
    }
    if (header.scenario != file_.name()) {
      return refuse("is of the scenario " + quoted_excerpt(header.scenario) + ", not of " +
                    quoted_excerpt(file_.name()));
    }
    if (!header.variants.empty()) {
      return refuse("is of the variant " + quoted_excerpt(header.variants.front()) +
                    ": what-ifs start from the base, record that");
    }
    return Done{};
  }

  // The scenario of a point as it was played.
  Result<scenarios::ScenarioFile> file_of(std::size_t point) const {
    const std::string& text = recording_.points[point].header.scenario_text;
    return scenarios::parse_scenario(text, recording_.path.string(), file_.folder());
  }

  Status fit() {
    const Result<std::vector<record::JobRecord>> rows = record::load_jobs(recording_, 0);
    const Result<std::vector<record::JobTrace>> traces =
        record::load_traces(recording_, 0, kMostTraces);
    if (!rows || !traces) {
      return rows ? traces.errors() : rows.errors();
    }
    const std::vector<record::JobRecord> jobs = done_jobs(*rows);
    if (jobs.empty() && recording_.points.front().tally.jobs.done > 0) {
      return refuse(
          "keeps no rows of its jobs, as sweeps in virtual time do: record a run of them");
    }
    if (jobs.size() < 2 * kLeastJobs) {
      return refuse("has " + std::to_string(jobs.size()) + " jobs that were done: at least " +
                    std::to_string(2 * kLeastJobs) + " are needed, half to fit and half to judge");
    }
    border_ = jobs[jobs.size() / 2].id.value;
    std::vector<record::JobTrace> first;
    for (const record::JobTrace& trace : *traces) {
      if (trace.job.id.value < border_ && !trace.job.warmup) {
        first.push_back(trace);
      }
    }
    times_ = times_of(recording_.points.front().header, first);
    out_.jobs_fitted = first.size();
    out_.jobs_held = jobs.size() - jobs.size() / 2;
    if (first.size() < kLeastJobs) {
      return refuse("keeps the spans of " + std::to_string(first.size()) +
                    " jobs of its first half: too few to fit");
    }
    return Done{};
  }

  // What the model says of a point, against what was seen there.
  Status predict(std::size_t point) {
    const Result<scenarios::ScenarioFile> played = file_of(point);
    if (!played) {
      return played.errors();
    }
    const Result<scenarios::Scenario> compiled = scenarios::instantiate(*played, {});
    if (!compiled) {
      return compiled.errors();
    }
    FittedText text = fit_times(played->json(), *compiled, times_);
    const Result<scenarios::ScenarioFile> fitted =
        scenarios::Loader::load(std::move(text.json), recording_.path.string(), file_.folder());
    const Result<scenarios::Scenario> model =
        fitted ? scenarios::instantiate(*fitted, {}) : Result<scenarios::Scenario>(fitted.errors());
    if (!model) {
      return model.errors();
    }
    ReplicateOptions how;
    how.jobs = options_.jobs;
    how.seed = options_.seed;
    const Result<std::vector<Batch>> batches = replicate(player_, *model, how);
    if (!batches) {
      return batches.errors();
    }
    const Result<std::vector<record::JobRecord>> rows = record::load_jobs(recording_, point);
    if (!rows) {
      return rows.errors();
    }
    compare(point, pooled(*batches), responses_of(done_jobs(*rows), point == 0 ? border_ : 0));
    return Done{};
  }

  void compare(std::size_t point, const Batch& model, const std::vector<double>& seen) {
    const std::string& name = recording_.points[point].header.point;
    for (const Statistic& statistic : kStatistics) {
      const auto predicted = model.point.tally.jobs.response.quantile(statistic.q);
      if (seen.size() < stats::min_samples(statistic.q) || !predicted) {
        continue;
      }
      record::ModelError error;
      error.point = point == 0 ? "the other half" + (name.empty() ? "" : " of " + name) : name;
      error.statistic = statistic.name;
      error.predicted_s = static_cast<double>(*predicted) * 1e-9;
      error.observed_s = *stats::sorted_quantile(seen, statistic.q);
      out_.errors.push_back(error);
    }
  }

  Result<scenarios::ScenarioFile> fit_file() {
    scenarios::Selection selection;
    const std::string& workload = recording_.points.front().header.workload;
    const auto& known = file_.workloads();
    if (std::find(known.begin(), known.end(), workload) != known.end()) {
      selection.workload = workload;
    }
    const Result<scenarios::Scenario> compiled = scenarios::instantiate(file_, selection);
    if (!compiled) {
      return compiled.errors();
    }
    FittedText text = fit_times(file_.json(), *compiled, times_);
    for (const std::string& path : text.stages) {
      const std::vector<double> values = stats::sorted(times_[path]);
      out_.stages.push_back({path, values.size(), *stats::sorted_quantile(values, 0.5)});
    }
    return scenarios::Loader::load(std::move(text.json), file_.label(), file_.folder());
  }

  const scenarios::ScenarioFile& file_;
  const Player& player_;
  const record::Run& recording_;
  ModelCheckOptions options_;
  record::ModelCheck out_;
  std::uint64_t border_ = 0;
  StageTimes times_;
};

}  // namespace

Result<CheckedModel> check_model(const scenarios::ScenarioFile& file, const Player& player,
                                 const record::Run& recording, const ModelCheckOptions& options) {
  return ModelChecking(file, player, recording, options).run();
}

}  // namespace rehearse::study
