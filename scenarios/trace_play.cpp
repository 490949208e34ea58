#include "scenarios/trace_play.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::scenarios {
namespace {

using load::TraceCell;
using load::TraceRow;
using load::TraceSpec;

// The jobs of a run file, in the order of their instants. Columns are what a job used.
class RunRows final : public load::TraceRows {
 public:
  RunRows(TraceSpec spec, std::vector<record::JobRecord> jobs)
      : spec_(std::move(spec)), jobs_(std::move(jobs)) {}

  Result<bool> next(TraceRow& row) override {
    if (at_ == jobs_.size()) {
      return false;
    }
    const record::JobRecord& job = jobs_[at_++];
    row.at_ns = job.intended.count_ns();
    row.cells.clear();
    for (const std::string& column : spec_.columns) {
      row.cells.emplace_back(static_cast<double>(
          column == "input_tokens" ? job.usage.input_tokens : job.usage.output_tokens));
    }
    return true;
  }
  std::string_view unit_of_rows() const override { return "job"; }

 private:
  TraceSpec spec_;
  std::vector<record::JobRecord> jobs_;
  std::size_t at_ = 0;
};

Result<std::unique_ptr<load::TraceRows>> open_run(const TraceSpec& spec) {
  for (const std::string& column : spec.columns) {
    if (column != "input_tokens" && column != "output_tokens") {
      return Error{spec.label, "no column " + quoted_excerpt(column) +
                                   " in it: a run file has \"input_tokens\" and \"output_tokens\""};
    }
  }
  const Result<record::Run> run = record::load_run(spec.path);
  if (!run) {
    return run.errors();
  }
  const record::KeptRows& kept = run->points.front().kept;
  if (kept.job_sample_shift > 0) {
    return Error{spec.label, "it keeps a row of every " +
                                 std::to_string(1ULL << kept.job_sample_shift) +
                                 "th job only: its arrivals are no trace"};
  }
  Result<std::vector<record::JobRecord>> jobs = record::load_jobs(*run, 0);
  if (!jobs) {
    return jobs.errors();
  }
  std::erase_if(*jobs, [](const record::JobRecord& job) { return job.warmup; });
  if (jobs->empty()) {
    return Error{spec.label, "it has no rows of jobs"};
  }
  std::stable_sort(jobs->begin(), jobs->end(),
                   [](const auto& a, const auto& b) { return a.intended < b.intended; });
  return std::unique_ptr<load::TraceRows>(std::make_unique<RunRows>(spec, std::move(jobs).value()));
}

}  // namespace

Result<std::unique_ptr<load::TraceRows>> open_trace(const TraceSpec& spec) {
  return spec.format == load::TraceFormat::RunFile ? open_run(spec) : load::open_trace_text(spec);
}

Result<load::TraceScan> TraceScans::scan(const TraceSpec& spec) {
  std::error_code ignored;
  std::string key =
      spec.path.string() + '\n' + spec.at + '\n' + number_text(spec.unit_ns) + '\n' +
      number_text(spec.time_scale) + '\n' + std::string(load::trace_format_name(spec.format)) +
      '\n' + (spec.arrivals_per_s ? "sizes" : "times") + '\n' +
      std::to_string(std::filesystem::file_size(spec.path, ignored)) + '\n' +
      std::to_string(
          std::filesystem::last_write_time(spec.path, ignored).time_since_epoch().count());
  for (const std::string& column : spec.columns) {
    key += '\n' + column;
  }
  const std::lock_guard lock(mutex_);
  if (const auto found = known_.find(key); found != known_.end()) {
    return found->second;
  }
  const Result<std::unique_ptr<load::TraceRows>> rows = open_trace(spec);
  if (!rows) {
    return rows.errors();
  }
  Result<load::TraceScan> scan = load::scan_trace(**rows, spec);
  if (scan) {
    known_.emplace(std::move(key), *scan);
  }
  return scan;
}

}  // namespace rehearse::scenarios
