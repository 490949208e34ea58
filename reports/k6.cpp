#include "harness/base/check.hpp"
#include "harness/json/write.hpp"
#include "reports/formats.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

// k6 knows no quantile that is not there: the nearest bound above stands for one that the sample
// cannot carry.
json::Value trend(const record::Spread& spread) {
  json::Value out = json::Value::object();
  const auto ms = [](double s) { return s * 1e3; };
  out.set("avg", ms(spread.mean));
  out.set("min", ms(spread.min));
  out.set("med", ms(spread.p50.value_or(spread.mean)));
  out.set("max", ms(spread.max));
  out.set("p(90)", ms(spread.p90.value_or(spread.max)));
  out.set("p(95)", ms(spread.p95.value_or(spread.max)));
  return out;
}

}  // namespace

std::string k6_run(const RunSummary& run) {
  json::Value out = json::Value::object();
  json::Value& metrics = out.set("metrics", json::Value::object());
  metrics.set("http_req_duration", trend(run.response_s));
  metrics.set("http_req_waiting", trend(run.first_result_s));
  json::Value& jobs = metrics.set("http_reqs", json::Value::object());
  jobs.set("count", static_cast<std::int64_t>(run.done));
  jobs.set("rate", run.throughput_per_s);
  std::int64_t passes = 0;
  std::int64_t fails = 0;
  for (const record::ObjectiveSummary& objective : run.objectives) {
    passes += objective.met == true ? 1 : 0;
    fails += objective.met == false ? 1 : 0;
  }
  json::Value& checks = metrics.set("checks", json::Value::object());
  checks.set("passes", passes);
  checks.set("fails", fails);
  checks.set("value", passes + fails == 0
                          ? 1.0
                          : static_cast<double>(passes) / static_cast<double>(passes + fails));
  return json::dump(out, 2) + "\n";
}

std::string k6_comparison(const record::Comparison& comparison) { return k6_run(comparison.after); }

std::string k6_sweep(std::span<const RunSummary> points) {
  REHEARSE_CHECK(!points.empty());
  // The format holds one run: the last point, which is the heaviest where loads ascend.
  return k6_run(points.back());
}

}  // namespace rehearse::reports
