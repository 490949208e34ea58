#include "harness/record/objective.hpp"

#include <catch2/catch.hpp>

#include <cmath>

#include "tests/record/sample_run.hpp"

namespace rehearse::record {
namespace {

Objective parsed(std::string_view text) {
  const Result<Objective> objective = parse_objective(text);
  INFO(text);
  if (!objective.ok()) {
    FAIL(objective.error().text());
  }
  return *objective;
}

std::string error_of(std::string_view text) {
  const Result<Objective> objective = parse_objective(text);
  INFO(text);
  REQUIRE_FALSE(objective.ok());
  return objective.error().text();
}

TEST_CASE("a statistic alone speaks of the response time, in every usual spelling") {
  for (const char* text :
       {"p(95)<15s", "p95 < 15s", "p(95) < 15000 ms", "p(95.0)<0.25m", "p(95) of response < 15s"}) {
    const Objective objective = parsed(text);
    REQUIRE(objective.stat == Stat::Quantile);
    REQUIRE(objective.argument == Approx(0.95));
    REQUIRE(objective.metric == Metric::Response);
    REQUIRE(objective.op == Op::Less);
    REQUIRE(objective.value == Approx(15));
  }
  REQUIRE(parsed("med<1m30s").value == 90);
  REQUIRE(parsed("avg<=2s").stat == Stat::Mean);
}

TEST_CASE("money, shares, rates, sizes and scopes are read with their units") {
  REQUIRE(parsed("mean of cost < 0.12 USD").value == 0.12);
  REQUIRE(parsed("mean of cost < 0.12").unit == ValueUnit::Usd);
  REQUIRE(parsed("rate<1%").metric == Metric::Errors);
  REQUIRE(parsed("rate < 0.01").value == 0.01);
  REQUIRE(parsed("total of errors < 5").unit == ValueUnit::Number);
  REQUIRE(parsed("share(>20s) < 1%").argument == 20);
  REQUIRE(parsed("throughput > 120/min").value == Approx(2));
  REQUIRE(parsed("max of memory_peak < 2 GB").value == 2000);
  REQUIRE(parsed("makespan<5m").value == 300);
  const Objective stage = parsed("p(99) of ttft of stage publish/upload <= 800ms");
  REQUIRE(stage.scope == Scope::Stage);
  REQUIRE(stage.name == "publish/upload");
  REQUIRE(stage.value == Approx(0.8));
  REQUIRE(parsed("utilisation of resource gpu farm < 80%").name == "gpu farm");
}

TEST_CASE("deltas speak of changes") {
  const Objective objective = parsed("delta(p95)<10%");
  REQUIRE(objective.delta);
  REQUIRE(objective.value == Approx(0.1));
  REQUIRE(parsed("delta(mean of cost)<5%").metric == Metric::Cost);
  REQUIRE(parsed("delta(p(95) of response of stage image) < 2s").name == "image");
  REQUIRE(parsed("delta(rate of errors) < 0.5%").metric == Metric::Errors);
}

TEST_CASE("errors name the column, what was expected and the nearest word") {
  REQUIRE(error_of("").find("objective:1: expected a statistic") == 0);
  REQUIRE(error_of("p(95) of reponse < 1s").find("did you mean response?") != std::string::npos);
  REQUIRE(error_of("p(95) of cost of stge x < 1").find("did you mean stage?") != std::string::npos);
  REQUIRE(error_of("p(95) < 15").find("duration, such as 15s") != std::string::npos);
  REQUIRE(error_of("p(95) < 15 USD").find("duration, such as 15s") != std::string::npos);
  REQUIRE(error_of("p(100) < 15s").find("below 100") != std::string::npos);
  REQUIRE(error_of("p(0) < 15s").find("above 0") != std::string::npos);
  REQUIRE(error_of("p(95) = 15s").find("expected <") != std::string::npos);
  REQUIRE(error_of("p(95) < 15s now").find("objective:13: expected the end, found \"now\"") == 0);
  REQUIRE(error_of("mean of cost of stage < 1").find("expected a name") != std::string::npos);
  REQUIRE(error_of("p(95) of errors < 1%").find("write errors alone") != std::string::npos);
  REQUIRE(error_of("rate of response < 1%").find("rate is of errors") != std::string::npos);
  REQUIRE(error_of("response < 1s").find("expected a statistic before") != std::string::npos);
  REQUIRE(error_of("p(nan) < 1s").find("number") != std::string::npos);
  REQUIRE(error_of("delta(p95 < 1%").find("expected \")\"") != std::string::npos);
  REQUIRE(error_of(std::string(501, 'p')).find("500") != std::string::npos);
}

TEST_CASE("the usual spelling of an objective reads as the same objective") {
  for (const char* text :
       {"p(99.9)<15s", "share(>20s)<1%", "rate<1%", "throughput>2/s", "delta(mean of cost)<5%",
        "p(50) of ttft of stage a/b >= 10ms", "max of memory_peak<=512MB", "total of errors<3",
        "delta(p(95) of response of stage image) < 2s"}) {
    const Objective first = parsed(text);
    const Objective second = parsed(objective_text(first));
    INFO(objective_text(first));
    REQUIRE(objective_text(second) == objective_text(first));
    REQUIRE(second.value == first.value);
    REQUIRE(second.argument == first.argument);
    REQUIRE(second.name == first.name);
  }
}

TEST_CASE("quantiles are judged only where the sample carries them") {
  const Judgement few = judge(parsed("p(95)<90s"), sample::run({71, 0, 1, {}}));
  REQUIRE_FALSE(few.met.has_value());
  REQUIRE(few.why == "needs 72 jobs, found 71");
  const Judgement enough = judge(parsed("p(95)<90s"), sample::run({72, 0, 1, {}}));
  REQUIRE(enough.met == true);
  REQUIRE(*enough.value == Approx(79).margin(4));
}

TEST_CASE("a timed-out job is endless to quantiles, and a failed one is not in them") {
  Recorder recorder(sample::header());
  for (std::uint64_t id = 0; id < 100; ++id) {
    sample::Luck luck;
    luck.image_times_out = id >= 90;
    const JobTrace trace = sample::job(id, Instant(), luck);
    recorder.job_finished(trace.job, trace.spans, trace.attempts);
  }
  REQUIRE(recorder.finish({}).ok());
  const Judgement judgement = judge(parsed("p(95)<200s"), recorder.point());
  REQUIRE(std::isinf(*judgement.value));
  REQUIRE(judgement.met == false);
  REQUIRE(judge(parsed("p(80)<200s"), recorder.point()).met == true);
  REQUIRE(*judge(parsed("share(>200s)<1%"), recorder.point()).value == Approx(0.1));
  REQUIRE(*judge(parsed("timeouts<1%"), recorder.point()).value == Approx(0.1));
}

TEST_CASE("what a run does not have cannot be judged, and the reason says why") {
  const RunPoint point = sample::run({10, 0, 1, {}});
  REQUIRE(judge(parsed("mean of queue of stage imag<1s"), point).why ==
          "the run has no stage \"imag\" (did you mean image?)");
  REQUIRE(judge(parsed("delta(p95)<10%"), point).why.find("baseline") != std::string::npos);
  REQUIRE(judge(parsed("monthly_cost<5 USD"), point).why.find("volume") != std::string::npos);
  REQUIRE(judge(parsed("mean of each<5s"), point).why.find("of stage") != std::string::npos);
  REQUIRE(judge(parsed("mean of memory_peak<5MB"), point).why == "nothing was measured");
  REQUIRE_FALSE(judge(parsed("mean<5s"), sample::run({3, 1, 1, {}})).met.has_value());
}

TEST_CASE("every other metric of a run is judged") {
  const RunPoint point = sample::run({100, 10, 1, {}});
  for (const char* text :
       {"mean<90s", "min<90s", "max<90s", "mean of service<90s", "mean of queue<1s",
        "mean of first_result<90s", "mean of ttft<1s", "makespan<3h", "mean of cost<1",
        "errors<20%", "timeouts<1%", "truncated<5%", "cache_hits>1%", "throughput>0.01/s",
        "goodput>0.01/s", "utilisation of resource workers<50%",
        "mean of service of stage image<60s", "errors of stage image<20%",
        "mean of response of task main<90s"}) {
    const Judgement judgement = judge(parsed(text), point);
    INFO(text << ": " << judgement.why);
    REQUIRE(judgement.met == true);
  }
}

}  // namespace
}  // namespace rehearse::record
