#include <cmath>
#include <map>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "reports/encode.hpp"
#include "reports/figures.hpp"
#include "reports/formats.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

json::Value context(const RunSummary& run) {
  const record::Environment& place = run.header.environment;
  json::Value out = json::Value::object();
  out.set("date", iso_time(run.header.created_unix_ms));
  out.set("host_name", terminal_safe(place.machine));
  out.set("executable", "rehearse");
  out.set("num_cpus", static_cast<std::int64_t>(place.cores));
  out.set("mhz_per_cpu", 0);
  out.set("cpu_scaling_enabled", false);
  out.set("caches", json::Value::array());
  out.set("load_avg", json::Value::array());
  out.set("library_build_type", "release");
  out.set("json_schema_version", 1);
  return out;
}

void set_if(json::Value& row, const char* name, std::optional<double> value) {
  if (value && std::isfinite(*value)) {
    row.set(name, *value);
  }
}

json::Value row_of(const std::string& name, std::int64_t family, std::int64_t instance,
                   const record::Spread& response) {
  json::Value out = json::Value::object();
  const std::string safe = terminal_safe(name);
  out.set("name", safe);
  out.set("family_index", family);
  out.set("per_family_instance_index", instance);
  out.set("run_name", safe);
  out.set("run_type", "iteration");
  out.set("repetitions", 1);
  out.set("repetition_index", 0);
  out.set("threads", 1);
  out.set("iterations", static_cast<std::int64_t>(response.count));
  out.set("real_time", response.mean * 1e3);
  out.set("cpu_time", response.mean * 1e3);
  out.set("time_unit", "ms");
  set_if(out, "p50_s", response.p50);
  set_if(out, "p95_s", response.p95);
  set_if(out, "p99_s", response.p99);
  return out;
}

void add_run(const RunSummary& run, const std::string& name, std::int64_t family,
             json::Value& list) {
  json::Value all = row_of(name, family, 0, run.response_s);
  all.set("cost_usd", run.cost_usd.mean);
  all.set("jobs_per_second", run.throughput_per_s);
  all.set("output_tokens", static_cast<double>(run.usage.output_tokens));
  if (!run.valid || run.done == 0) {
    all.set("error_occurred", true);
    all.set("error_message", run.done == 0 ? std::string("no job was done")
                                           : terminal_safe(joined(run.invalid_reasons, "; ")));
  }
  list.push(std::move(all));
  std::int64_t instance = 0;
  for (const record::StageSummary& stage : run.stages) {
    if (stage.response_s.count > 0) {
      list.push(row_of(name + "/stage:" + stage.info.path, family, ++instance, stage.response_s));
    }
  }
}

}  // namespace

std::string run_name(const RunSummary& run) {
  const record::RunHeader& header = run.header;
  std::string out = header.scenario + "/" +
                    (header.variants.empty() ? "base" : joined(header.variants, "+")) + "/" +
                    header.workload;
  return header.point.empty() ? out : out + "/" + header.point;
}

std::vector<std::string> run_names(std::span<const RunSummary> runs) {
  std::map<std::string, std::size_t> seen;
  std::vector<std::string> out;
  for (const RunSummary& run : runs) {
    const std::string name = run_name(run);
    const std::size_t place = ++seen[name];
    out.push_back(place == 1 ? name : name + " #" + std::to_string(place));
  }
  return out;
}

std::string google_benchmark_sweep(std::span<const RunSummary> points) {
  json::Value out = json::Value::object();
  out.set("context", points.empty() ? json::Value::object() : context(points.front()));
  json::Value& list = out.set("benchmarks", json::Value::array());
  const std::vector<std::string> names = run_names(points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    add_run(points[i], names[i], static_cast<std::int64_t>(i), list);
  }
  return json::dump(out, 2) + "\n";
}

std::string google_benchmark_run(const RunSummary& run) {
  return google_benchmark_sweep({&run, 1});
}

// Under one name on both sides, as compare.py pairs by name: the variants are what differs.
std::string google_benchmark_comparison(const record::Comparison& comparison) {
  return google_benchmark_run(comparison.after);
}

}  // namespace rehearse::reports
