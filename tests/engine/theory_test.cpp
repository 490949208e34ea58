#include <catch2/catch.hpp>

#include <cmath>

#include "harness/engine/engine.hpp"
#include "harness/stats/histogram.hpp"
#include "tests/support/scenario_builder.hpp"

// The engine against queueing theory: means by 32 batches, |z| < 3.3 and within 0.5%.

using namespace rehearse;
using namespace rehearse::test;

namespace {

constexpr std::uint64_t kJobs = 2'000'000;

// Batches of a quantity of jobs, after a warm-up of 5%.
struct BatchSink : engine::JobSink {
  explicit BatchSink(std::uint64_t jobs) : jobs_(jobs), batch_sum(32), batch_count(32) {}
  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan>) override {
    const std::uint64_t skip = jobs_ / 20;
    if (job.id.value < skip) {
      return;
    }
    const double value = measure(job, spans);
    const std::size_t batch =
        std::min<std::size_t>(31, (job.id.value - skip) * 32 / (jobs_ - skip));
    batch_sum[batch] += value;
    batch_count[batch] += 1;
    histogram.record(static_cast<std::int64_t>(value * 1e9));
  }
  double mean() const {
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      sum += batch_sum[i];
      count += batch_count[i];
    }
    return sum / count;
  }
  double standard_error() const {
    double variance = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      const double d = batch_sum[i] / batch_count[i] - mean();
      variance += d * d / 31;
    }
    return std::sqrt(variance / 32);
  }
  void expect(double theory) const {
    CAPTURE(mean(), theory, standard_error());
    CHECK(std::fabs(mean() - theory) < 3.3 * standard_error());
    CHECK(std::fabs(mean() - theory) < 0.005 * theory);
  }

  std::function<double(const record::JobRecord&, std::span<const record::StageSpan>)> measure =
      [](const record::JobRecord& job, auto) { return (job.done - job.intended).count_s(); };
  stats::Histogram histogram;

 private:
  std::uint64_t jobs_;
  std::vector<double> batch_sum;
  std::vector<double> batch_count;
};

engine::RunOutcome simulate(const scenarios::Scenario& scenario, BatchSink& sink,
                            std::uint64_t seed = 7) {
  runtime::SimRuntime rt;
  engine::Options options;
  options.seed = seed;
  engine::RunOutcome outcome = engine::run(rt, scenario, {}, sink, options);
  CHECK(outcome.end.invalid_reasons.empty());
  return outcome;
}

// A queue with `servers` servers, arrivals of `rate` a second and the given service.
ScenarioBuilder queue(std::uint32_t servers, double rate, Distribution service,
                      std::uint64_t jobs = kJobs) {
  ScenarioBuilder b;
  b.slots("server", servers);
  b.local("work", std::move(service)).uses = {{.resource = 0}};
  b.poisson(rate, jobs);
  return b;
}

double erlang_b(std::uint32_t servers, double load) {
  double b = 1;
  for (std::uint32_t k = 1; k <= servers; ++k) {
    b = load * b / (k + load * b);
  }
  return b;
}

}  // namespace

TEST_CASE("M/M/1: mean and p99 of the response are those of Exp(mu - lambda)") {
  BatchSink sink(kJobs);
  const ScenarioBuilder b = queue(1, 0.5, Distribution::exponential(1));
  simulate(b.s, sink);
  sink.expect(2);
  const double p99 = sink.histogram.quantile(0.99).value() * 1e-9;
  CHECK(p99 == Approx(std::log(100.0) * 2).epsilon(0.01));
}

TEST_CASE("M/M/4 at 80%: the mean wait is Erlang C's") {
  BatchSink sink(kJobs);
  sink.measure = [](const record::JobRecord&, std::span<const record::StageSpan> spans) {
    return (spans[0].started - spans[0].ready).count_s();
  };
  const ScenarioBuilder b = queue(4, 3.2, Distribution::exponential(1));
  simulate(b.s, sink);
  const double blocking = erlang_b(4, 3.2);
  const double erlang_c = blocking / (1 - 0.8 * (1 - blocking));
  CAPTURE(sink.mean(), sink.standard_error());
  CHECK(std::fabs(sink.mean() - erlang_c / (4 - 3.2)) < 3.3 * sink.standard_error());
}

TEST_CASE("M/D/1: the mean response is Pollaczek and Khinchine's") {
  BatchSink sink(kJobs);
  const ScenarioBuilder b = queue(1, 0.6, Distribution::constant(1));
  simulate(b.s, sink);
  sink.expect(1 + 0.6 / (2 * 0.4));
}

TEST_CASE(
    "M/G/1 with processor sharing: the mean response is E[S] / (1 - rho), whatever the service") {
  ScenarioBuilder b;
  scenarios::Resource gpu;
  gpu.name = "gpu";
  gpu.sharing = scenarios::Sharing::Processor;
  b.s.resources.push_back(gpu);
  scenarios::Stage& stage = b.local("work", Distribution::constant(0));
  stage.local.cpu = drawn(Distribution::typical(0.9, 0.45917));
  stage.uses = {{.resource = 0}};
  b.poisson(0.5, kJobs);
  const double mean_service = stage.local.cpu.distribution.mean();
  BatchSink sink(kJobs);
  simulate(b.s, sink);
  sink.expect(mean_service / (1 - 0.5 * mean_service));
}

TEST_CASE("Erlang B: a full house without a queue turns away the known share, for any service") {
  ScenarioBuilder b = queue(5, 4, Distribution::typical(0.85, 0.57));
  b.s.resources[0].queue_max = 0;
  b.s.resources[0].on_full = scenarios::OnFull::Reject;
  const double load = 4 * b["work"].local.io.distribution.mean();
  BatchSink sink(kJobs);
  sink.measure = [](const record::JobRecord& job, auto) {
    return job.end == record::JobEnd::Failed ? 1.0 : 0.0;
  };
  simulate(b.s, sink);
  const double blocked = erlang_b(5, load);
  CAPTURE(sink.mean(), blocked);
  CHECK(std::fabs(sink.mean() - blocked) < 3.3 * sink.standard_error());
  CHECK(std::fabs(sink.mean() - blocked) < 0.005 * blocked + 2 * sink.standard_error());
}

TEST_CASE("closed network: throughput is that of exact mean value analysis") {
  // Two exponential single-server stations and thinking users: product form.
  ScenarioBuilder b;
  b.slots("cpu", 1);
  b.slots("disk", 1);
  b.local("compute", Distribution::exponential(0.4)).uses = {{.resource = 0}};
  b.local("store", Distribution::exponential(0.7), {"compute"}).uses = {{.resource = 1}};
  b.s.workload.kind = scenarios::LoadKind::Closed;
  b.s.workload.users = 6;
  b.s.workload.think = drawn(Distribution::exponential(3));
  b.s.workload.jobs = 1'000'000;
  double q1 = 0;
  double q2 = 0;
  double response = 0;
  for (int n = 1; n <= 6; ++n) {
    const double r1 = 0.4 * (1 + q1);
    const double r2 = 0.7 * (1 + q2);
    const double x = n / (3 + r1 + r2);
    q1 = x * r1;
    q2 = x * r2;
    response = r1 + r2;
  }
  BatchSink sink(1'000'000);
  simulate(b.s, sink);
  sink.expect(response);
}

TEST_CASE("fork and join: the mean of the longest of k exponentials is H_k") {
  ScenarioBuilder b;
  for (const char* name : {"a", "b", "c", "d"}) {
    b.local(name, Distribution::exponential(1));
  }
  b.s.workload.jobs = 1'000'000;
  BatchSink sink(1'000'000);
  simulate(b.s, sink);
  sink.expect(1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4);
  const double p90 = -std::log(1 - std::pow(0.9, 0.25));
  CHECK(sink.histogram.quantile(0.9).value() * 1e-9 == Approx(p90).epsilon(0.01));
}

TEST_CASE("retries: the number of attempts is (1 - p^(m+1)) / (1 - p)") {
  ScenarioBuilder b;
  scenarios::Stage& stage = b.call("chat");
  stage.retry.max_retries = 3;
  b.s.workload.jobs = 1'000'000;
  runtime::SimRuntime rt;
  ScriptedProvider provider(rt);
  provider.failure = [](const provider::Call& call) {
    return call.key.uniform(Dimension::Fault) < 0.3 ? provider::Failure::ServerError
                                                    : provider::Failure::None;
  };
  BatchSink sink(1'000'000);
  sink.measure = [](const record::JobRecord&, std::span<const record::StageSpan> spans) {
    return static_cast<double>(spans[0].attempts);
  };
  engine::run(rt, b.s, {&provider}, sink, {});
  sink.expect((1 - std::pow(0.3, 4)) / 0.7);
}

TEST_CASE("a ramp of Poisson arrivals brings the integral of its rate") {
  ScenarioBuilder b;
  b.local("work", Distribution::constant(0.001));
  b.poisson(1, 0);
  b.s.workload.jobs.reset();
  b.s.workload.phases = {{.rate_from = 0, .rate_to = 200, .length = Duration::seconds(5000)}};
  b.s.workload.length = Duration::seconds(5000);
  BatchSink sink(1'000'000);
  const engine::RunOutcome outcome = simulate(b.s, sink);
  const double expected = 200.0 * 5000 / 2;
  CHECK(std::fabs(static_cast<double>(outcome.end.issued) - expected) < 3.3 * std::sqrt(expected));
}
