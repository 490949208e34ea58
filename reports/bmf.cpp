#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "reports/formats.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

// One measure; the bounds are Bencher's for what a value was drawn from.
void measure(json::Value& out, const char* name, std::optional<double> value,
             std::optional<double> low = {}, std::optional<double> high = {}) {
  if (!value) {
    return;
  }
  json::Value& each = out.set(name, json::Value::object());
  each.set("value", *value);
  if (low && high) {
    each.set("lower_value", *low);
    each.set("upper_value", *high);
  }
}

std::optional<double> as_ns(std::optional<double> s) {
  return s ? std::optional<double>(*s * 1e9) : std::nullopt;
}

void add_latency(json::Value& out, const record::Spread& spread) {
  if (spread.count > 0) {
    measure(out, "latency", spread.mean * 1e9, spread.min * 1e9, spread.max * 1e9);
    measure(out, "latency-p50", as_ns(spread.p50));
    measure(out, "latency-p95", as_ns(spread.p95));
    measure(out, "latency-p99", as_ns(spread.p99));
  }
}

void add_run(const RunSummary& run, const std::string& run_name, json::Value& out) {
  const std::string name = terminal_safe(run_name);
  json::Value& all = out.set(name, json::Value::object());
  add_latency(all, run.response_s);
  measure(all, "throughput", run.throughput_per_s);
  if (run.cost_usd.count > 0) {
    measure(all, "cost-usd", run.cost_usd.mean, run.cost_usd.min, run.cost_usd.max);
  }
  for (const record::StageSummary& stage : run.stages) {
    if (stage.response_s.count > 0) {
      add_latency(out.set(name + "/" + terminal_safe(stage.info.path), json::Value::object()),
                  stage.response_s);
    }
  }
}

}  // namespace

std::string bmf_sweep(std::span<const RunSummary> points) {
  json::Value out = json::Value::object();
  const std::vector<std::string> names = run_names(points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    add_run(points[i], names[i], out);
  }
  return json::dump(out, 2) + "\n";
}

std::string bmf_run(const RunSummary& run) { return bmf_sweep({&run, 1}); }

std::string bmf_comparison(const record::Comparison& comparison) {
  return bmf_run(comparison.after);
}

}  // namespace rehearse::reports
