#include "harness/record/comparison.hpp"

#include <catch2/catch.hpp>

#include "harness/record/run_file.hpp"
#include "tests/record/sample_run.hpp"

namespace rehearse::record {
namespace {

struct Side {
  RunPoint point;
  std::vector<JobRecord> jobs;
  std::vector<JobTrace> traces;
  ComparisonSide side() const { return {point, jobs, traces}; }
};

Side side(const sample::RunOptions& options, bool isolated = true, std::uint64_t seed = 1) {
  const sample::Folder folder;
  auto writer = RunWriter::create(folder / "run.rehearsal");
  RunHeader header = sample::header();
  header.isolated = isolated;
  header.seed = seed;
  header.variants = options.variants;
  Recorder recorder(header, writer->get());
  REQUIRE(recorder.finish(sample::run_into(recorder, options)).ok());
  REQUIRE((*writer)->close().ok());
  const Result<Run> run = load_run(folder / "run.rehearsal");
  REQUIRE(run.ok());
  Result<ComparisonSide> loaded = load_side(*run);
  REQUIRE(loaded.ok());
  return {run->points[0], loaded->jobs, loaded->traces};
}

const MetricChange& row(const Comparison& comparison, std::string_view name,
                        std::string_view statistic) {
  for (const MetricChange& change : comparison.metrics) {
    if (change.name == name && change.statistic == statistic) {
      return change;
    }
  }
  FAIL("no row");
  return comparison.metrics.front();
}

TEST_CASE("a run compared with itself is the same, with a change of zero") {
  const Side a = side({200, 0, 1, {}});
  const Result<Comparison> comparison = compare(a.side(), a.side(), {});
  REQUIRE(comparison.ok());
  REQUIRE(comparison->verdict == Verdict::Same);
  REQUIRE(comparison->pairing == "jobs");
  REQUIRE(row(*comparison, "response_s", "p95").change == 0.0);
  REQUIRE(comparison->warnings.empty());
}

TEST_CASE("no failure on either side is said so, and asks for no more jobs") {
  const Side a = side({200, 0, 1, {}});
  const Side b = side({200, 0, 0.8, {}});
  const Result<Comparison> comparison = compare(a.side(), b.side(), {});
  const MetricChange& errors = row(*comparison, "error_rate", "rate");
  REQUIRE(errors.verdict == Verdict::Inconclusive);
  REQUIRE(errors.why == "0 of 200 on both sides");
  REQUIRE(errors.more_jobs == 0);
}

TEST_CASE("a faster image stage is found, with the stage that it came from") {
  const Side a = side({200, 0, 1, {}});
  const Side b = side({200, 0, 0.8, {"dalle2"}});
  const Result<Comparison> comparison = compare(a.side(), b.side(), {});
  REQUIRE(comparison->verdict == Verdict::Improved);
  const MetricChange& mean = row(*comparison, "response_s", "mean");
  REQUIRE(*mean.change == Approx(-0.138).margin(0.01));
  REQUIRE(*mean.low <= *mean.change);
  REQUIRE(*mean.high >= *mean.change);
  REQUIRE(comparison->headline.find("response mean faster by 13.8%") == 0);
  for (const StageChange& stage : comparison->stages) {
    INFO(stage.stage);
    REQUIRE(stage.response_s.verdict ==
            (stage.stage == "image" ? Verdict::Improved : Verdict::Same));
  }
}

TEST_CASE("jobs that share something are paired in batches, other seeds not at all") {
  const Side a = side({2000, 0, 1, {}}, false);
  const Side b = side({2000, 0, 1.1, {}}, false);
  const Result<Comparison> batches = compare(a.side(), b.side(), {});
  REQUIRE(batches->pairing == "batches");
  REQUIRE(batches->verdict == Verdict::Regressed);
  const Side c = side({2000, 0, 1.1, {}}, false, 2);
  const Result<Comparison> unpaired = compare(a.side(), c.side(), {});
  REQUIRE(unpaired->pairing == "unpaired");
  REQUIRE(unpaired->pairing_why == "different seeds");
  REQUIRE(unpaired->verdict == Verdict::Regressed);
  REQUIRE(unpaired->warnings.front().find("the seed differs") == 0);
}

TEST_CASE("rate limits tie jobs together where they refused one") {
  const Side calm = side({100, 0, 1, {}});
  const std::vector<std::string>& names = calm.point.header.failures;
  const auto refused = std::find(names.begin(), names.end(), "rate_limited");
  REQUIRE(refused != names.end());
  Side hit = calm;
  StageTally& stage = hit.point.tally.stages.front();
  stage.errors.assign(names.size(), 0);
  stage.errors[static_cast<std::size_t>(refused - names.begin())] = 1;
  CHECK(compare(calm.side(), calm.side(), {})->pairing == "jobs");
  CHECK(compare(calm.side(), hit.side(), {})->pairing == "batches");
}

TEST_CASE("empty, all-failed and single-job runs compare without a verdict or a number") {
  const Side full = side({100, 0, 1, {}});
  const sample::RunOptions cases[] = {{0, 0, 1, {}}, {5, 1, 1, {}}, {1, 0, 0.9, {}}};
  for (const sample::RunOptions& options : cases) {
    const Side poor = side(options);
    for (const bool first : {true, false}) {
      const Result<Comparison> comparison =
          first ? compare(poor.side(), full.side(), {}) : compare(full.side(), poor.side(), {});
      REQUIRE(comparison.ok());
      REQUIRE_FALSE(row(*comparison, "response_s", "p99").change.has_value());
      REQUIRE(row(*comparison, "response_s", "p50").verdict == Verdict::Inconclusive);
    }
  }
}

// Every number of a comparison, bit by bit.
std::vector<double> numbers_of(const Comparison& comparison) {
  std::vector<double> out;
  const auto add = [&](const MetricChange& row) {
    for (const std::optional<double>& value :
         {row.before, row.after, row.change, row.low, row.high, row.p_value}) {
      out.push_back(value.value_or(-1));
    }
    out.push_back(row.verdict ? static_cast<double>(*row.verdict) : -1);
    out.push_back(static_cast<double>(row.more_jobs));
  };
  for (const MetricChange& row : comparison.metrics) {
    add(row);
  }
  for (const StageChange& stage : comparison.stages) {
    add(stage.response_s);
    add(stage.cost_usd);
  }
  return out;
}

TEST_CASE("a comparison has the same bits on any number of threads") {
  const Side a = side({600, 7, 1, {}});
  const Side b = side({600, 5, 1.02, {}});
  const Side shared_a = side({600, 0, 1, {}}, false);
  const Side shared_b = side({600, 0, 1.02, {}}, false, 2);
  const std::pair<const Side*, const Side*> pairs[] = {{&a, &b}, {&shared_a, &shared_b}};
  for (const auto& [before, after] : pairs) {
    ComparisonOptions options;
    options.threads = 1;
    const Comparison alone = *compare(before->side(), after->side(), options);
    REQUIRE(alone.stages.size() > 4);
    for (const unsigned threads : {2U, 3U, 16U, 0U}) {
      options.threads = threads;
      const Comparison found = *compare(before->side(), after->side(), options);
      INFO(threads << " threads, " << alone.pairing);
      CHECK(numbers_of(found) == numbers_of(alone));
      CHECK(found.headline == alone.headline);
      REQUIRE(found.metrics.size() == alone.metrics.size());
      for (std::size_t i = 0; i < alone.metrics.size(); ++i) {
        CHECK(found.metrics[i].name == alone.metrics[i].name);
        CHECK(found.metrics[i].statistic == alone.metrics[i].statistic);
      }
    }
  }
}

TEST_CASE("only the parameters that differ are told, and without a warning") {
  const Side a = side({20, 0, 1, {}});
  Side b = a;
  b.point.header.parameters.set("chat_model", "gpt-4o-mini");
  b.point.header.parameters.set("topic", "news");
  const Result<Comparison> comparison = compare(a.side(), b.side(), {});
  REQUIRE(comparison->warnings.empty());
  REQUIRE(comparison->notes == std::vector<std::string>{"parameters differ: chat_model gpt-4o → "
                                                        "gpt-4o-mini, topic absent → news"});
}

TEST_CASE("stages stand in the order of the file, whatever the order of the header") {
  Side a = side({20, 0, 1, {}});
  a.point.header.stages[4].order = 0;  // publish first
  a.point.header.stages[0].order = 9;
  const Result<Comparison> comparison = compare(a.side(), a.side(), {});
  std::vector<std::string> found;
  for (const StageChange& stage : comparison->stages) {
    found.push_back(stage.stage);
  }
  REQUIRE(found == std::vector<std::string>{"publish", "publish/upload", "publish/user_id",
                                            "image_prompt", "title", "image", "ping", "context"});
}

TEST_CASE("another scenario is refused unless forced, another machine is said") {
  const Side a = side({20, 0, 1, {}});
  Side b = a;
  b.point.header.scenario = "storyboard";
  b.point.header.environment.machine = "other";
  REQUIRE_FALSE(compare(a.side(), b.side(), {}).ok());
  ComparisonOptions options;
  options.force = true;
  const Result<Comparison> forced = compare(a.side(), b.side(), options);
  REQUIRE(forced.ok());
  REQUIRE(forced->warnings.size() == 2);
}

}  // namespace
}  // namespace rehearse::record
