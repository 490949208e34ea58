#include <catch2/catch.hpp>

#include <cmath>
#include <map>

#include "harness/base/parallel.hpp"
#include "harness/cli/sim_player.hpp"
#include "harness/study/audit.hpp"
#include "harness/study/coalition.hpp"
#include "harness/study/what_if.hpp"
#include "scenarios/load.hpp"
#include "tests/support/scenario_files.hpp"

// Studies in virtual time, on scenarios whose answers are known and on the reference ones.

using namespace rehearse;
using record::ClaimVerdict;
using record::Worth;
using test::parsed;
using test::reference;

namespace {

// Two texts and an image one after the other; a variant lets the title run beside the others.
std::string pipeline(const std::string& basis, const std::string& title_s,
                     const std::string& claims) {
  return R"({ "scenario": "pipeline", "order": "sequential", "stages": {
      "text":  { "local": { "io": { "typical": "4s", "spread": 0.05, "basis": ")" +
         basis + R"(" } } },
      "title": { "local": { "io": { "typical": ")" +
         title_s + R"(", "spread": 0.05, "basis": "measured" } } },
      "image": { "needs": ["text"],
                 "local": { "io": { "typical": "20s", "spread": 0.05, "basis": "measured" } } } },
    "variants": {
      "beside":  { "change": { "stages": { "title": { "after": [] }, "image": { "after": [] } } } },
      "smaller": { "change": { "stages": {
                     "image": { "local": { "io": { "typical": "10s" } } } } } },
      "idle":    { "change": { "stages": { "text": { "timeout": "1h" } } } } },
    "claims": [)" +
         claims + "] }";
}

std::map<std::string, record::JudgedClaim> judge(const scenarios::ScenarioFile& file,
                                                 std::uint64_t jobs = 1000) {
  study::AuditOptions options;
  options.jobs = jobs;
  const auto audit = study::audit(file, cli::SimPlayer(file.folder()), options);
  INFO((audit ? "" : audit.error().text()));
  REQUIRE(audit);
  std::map<std::string, record::JudgedClaim> out;
  for (const record::JudgedClaim& claim : audit->claims) {
    out[claim.id] = claim;
  }
  return out;
}

record::WhatIf study_of(const scenarios::ScenarioFile& file, std::uint64_t jobs = 200) {
  study::WhatIfOptions options;
  options.jobs = jobs;
  auto found = study::what_if(file, cli::SimPlayer(file.folder()), options);
  INFO((found ? "" : found.error().text()));
  REQUIRE(found);
  return *found;
}

const record::PlayerWorth& named(const record::WhatIf& study, const std::string& name) {
  for (const record::PlayerWorth& player : study.players) {
    if (player.name == name) {
      return player;
    }
  }
  FAIL("no player " << name);
  return study.players.front();
}

double p50(const record::Worths& worths) { return worths[static_cast<std::size_t>(Worth::P50)]; }

}  // namespace

TEST_CASE("an audit judges by what the scenario says: changed inputs change verdicts") {
  const std::string saves =
      R"({ "id": "s", "source": "r:1", "with": ["beside"], "saves": ["2.8s", "3.2s"] })";
  CHECK(judge(parsed(pipeline("measured", "3s", saves)))["s"].overall.verdict ==
        ClaimVerdict::Holds);
  const auto shorter = judge(parsed(pipeline("measured", "1s", saves)))["s"];
  CHECK(shorter.overall.verdict == ClaimVerdict::Fails);
  CHECK(*shorter.found == Approx(1).margin(0.1));
}

TEST_CASE("a saving past what the critical path allows fails by the report already") {
  const auto claim = judge(parsed(
      pipeline("measured", "1s",
               R"({ "id": "s", "source": "r:1", "with": ["beside"], "saves": "5s" })")))["s"];
  CHECK(claim.by_report.verdict == ClaimVerdict::Fails);
  CHECK(claim.by_report.why.find("critical path allows at most") != std::string::npos);
}

TEST_CASE("an assumed input that turns the verdict is named, a measured one is not moved") {
  const std::string total = R"({ "id": "t", "source": "r:1", "meets": "26.1s" })";
  const auto firm = judge(parsed(pipeline("measured", "1s", total)))["t"];
  CHECK(firm.overall.verdict == ClaimVerdict::Holds);
  CHECK(firm.flipped_by.empty());
  const std::string wide = R"({ "id": "t", "source": "r:1", "meets": "25.25s" })";
  const auto open = judge(parsed(pipeline("assumed", "1s", wide)))["t"];
  CHECK(open.overall.verdict == ClaimVerdict::CannotBeJudged);
  CHECK(open.flipped_by == "/stages/text/local/io");
}

TEST_CASE("the audit of the auto-post report finds what the report overlooks") {
  auto claims = judge(reference("auto-post"));
  CHECK(claims["total"].overall.verdict == ClaimVerdict::Holds);
  CHECK(claims["steps-sum"].by_report.verdict == ClaimVerdict::Holds);
  CHECK(claims["parallel-gpt-saves"].by_report.verdict == ClaimVerdict::Fails);
  CHECK(claims["parallel-gpt-saves"].by_model.verdict == ClaimVerdict::Fails);
  CHECK(*claims["parallel-gpt-saves"].found == Approx(0.93).margin(0.2));
  CHECK(claims["repeat-adds-up"].by_report.verdict == ClaimVerdict::Fails);
  CHECK(claims["context-cache-saves"].overall.verdict == ClaimVerdict::Holds);
  CHECK(claims["dalle3-image"].by_report.verdict == ClaimVerdict::Fails);
}

TEST_CASE("shares add up to what all variants save, and alone and last agree with direct runs") {
  const record::WhatIf study = study_of(parsed(pipeline("measured", "3s", "")));
  REQUIRE(study.players.size() == 3);
  double sum = 0;
  for (const record::PlayerWorth& player : study.players) {
    sum += player.shapley[0].value;
  }
  CHECK(sum == Approx(p50(study.before) - p50(study.after)).epsilon(1e-9));
  CHECK(p50(named(study, "beside").alone) == Approx(3).margin(0.2));
  CHECK(p50(named(study, "smaller").alone) == Approx(10).margin(0.5));
  CHECK(p50(named(study, "smaller").last) == Approx(10).margin(0.5));
  CHECK(named(study, "idle").without_effect);
  CHECK(named(study, "idle").shapley[0].value == 0);
  CHECK(study.players.front().name == "smaller");
}

TEST_CASE("a stage off every critical path has no speed-up value, the only one has all") {
  const auto file = parsed(R"({ "scenario": "paths", "stages": {
      "long":  { "local": { "io": "20s" } },
      "short": { "local": { "io": "5s" } },
      "last":  { "needs": ["long", "short"], "local": { "io": "1s" } } } })");
  const record::WhatIf study = study_of(file);
  std::map<std::string, record::SpeedUp> curves;
  for (const record::SpeedUp& curve : study.speed_ups) {
    curves[curve.name] = curve;
  }
  for (const double saved : curves["short"].saved_s) {
    CHECK(saved == 0);
  }
  CHECK(curves["short"].critical_share == 0);
  CHECK(curves["short"].slack_s == Approx(5));
  // Past three quarters "short" holds the path.
  CHECK(curves["long"].knee == Approx(0.75));
  CHECK(curves["long"].takes_over == "short");
  CHECK(curves["long"].saved_s.back() == Approx(15).margin(0.1));
  CHECK(curves["last"].saved_s.back() == Approx(1).margin(0.01));
}

TEST_CASE("what two curves have in common is played once, and each says what takes over") {
  // "web" is called by one stage: it is that stage. Nobody calls "idle": all its steps are one.
  const auto file = parsed(R"({ "scenario": "same", "order": "sequential",
    "providers": { "web": { "profile": "web" }, "idle": { "profile": "web" } },
    "resources": { "workers": { "slots": 4 } },
    "stages": {
      "fetch": { "call": "web.fetch", "time": "3s" },
      "make":  { "local": { "io": "20s" }, "uses": "workers" } } })");
  const record::WhatIf study = study_of(file);
  std::map<std::string, record::SpeedUp> curves;
  for (const record::SpeedUp& curve : study.speed_ups) {
    curves[curve.kind + " " + curve.name] = curve;
  }
  CHECK(curves["provider web"].saved_s == curves["stage fetch"].saved_s);
  CHECK(curves["provider web"].saved_s.back() == Approx(3).margin(0.1));
  CHECK(curves["provider web"].takes_over == "make");
  CHECK(curves["stage fetch"].takes_over == "make");
  CHECK(curves["resource workers"].takes_over == "make");
  CHECK(curves["provider idle"].takes_over == "make");
  CHECK(curves["provider idle"].saved_s == std::vector<double>(21, 0));
}

TEST_CASE("alternatives are one player at its best member") {
  const record::WhatIf study = study_of(reference("auto-post"), 50);
  std::size_t images = 0;
  for (const record::PlayerWorth& player : study.players) {
    images += player.group == "image_backend" ? 1U : 0U;
    CHECK(player.name != "cached");  // a preset
  }
  CHECK(images == 1);
  CHECK(named(study, "dalle2").alternatives == std::vector<std::string>{"smaller_image"});
}

namespace {

// Nobody looks at the jobs.
class NoSink final : public engine::JobSink {
 public:
  void job_finished(const record::JobRecord&, std::span<const record::StageSpan>,
                    std::span<const record::AttemptSpan>) override {}
};

// What every variant alone does, played on so many threads.
std::vector<study::Coalition> play_all(const scenarios::ScenarioFile& file, unsigned threads) {
  const cli::SimPlayer player(file.folder());
  std::vector<study::Coalition> out(file.variants().size());
  for_each_parallel(
      out.size(),
      [&](std::size_t i) {
        const study::CoalitionOptions options{.workload = "", .jobs = 60, .seed = 3};
        out[i] = study::play_coalition(file, player, {file.variants()[i].name}, options).value();
      },
      threads);
  return out;
}

}  // namespace

TEST_CASE("points of a study are the same on one thread and on four") {
  for (const char* name : {"storyboard", "lectra"}) {
    const auto file = reference(name);
    const auto one = play_all(file, 1);
    const auto four = play_all(file, 4);
    REQUIRE(one.size() > 3);
    for (std::size_t i = 0; i < one.size(); ++i) {
      CAPTURE(name, file.variants()[i].name);
      CHECK(one[i].hash == four[i].hash);
      CHECK(one[i].all[0] == four[i].all[0]);
      CHECK(one[i].batches.back()[0] == four[i].batches.back()[0]);
    }
  }
}

TEST_CASE("every play of a repeated scenario starts cold, as if it were the first") {
  NoSink sink;
  for (const char* name :
       {"auto-post", "forum-autoposter", "storyboard", "talking-photo", "lectra"}) {
    const auto file = reference(name);
    const cli::SimPlayer player(file.folder());
    for (const std::string& workload : file.workloads()) {
      scenarios::Selection selection;
      selection.workload = workload;
      const auto scenario = scenarios::instantiate(file, selection);
      REQUIRE(scenario);
      if (scenario->workload.jobs.value_or(1'000) > 100) {
        continue;
      }
      const auto plays = player.repeat(*scenario);
      for (const std::uint64_t seed : {1U, 2U, 1U}) {
        engine::Options options;
        options.seed = seed;
        CAPTURE(name, workload, seed);
        const auto again = plays->play(options, sink).value();
        const auto once = player.play(*scenario, options, sink).value();
        CHECK(again.hash == once.hash);
        CHECK(again.end.engine_events == once.end.engine_events);
      }
    }
  }
}
