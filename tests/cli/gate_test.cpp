#include <catch2/catch.hpp>

#include <filesystem>
#include <string>

#include "harness/json/read.hpp"
#include "tests/cli/program.hpp"

// gate, aa, history and comparisons over several seeds, as CI meets them.

using namespace rehearse::test;
using rehearse::json::Value;

namespace {

// A pipeline whose jobs share a worker; variants that are slower by 30% and hardly at all.
const char* kShared = R"({
  "scenario": "shared",
  "resources": { "worker": { "slots": 2 } },
  "stages": { "draft": { "local": { "io": { "typical": "1s", "spread": 0.3 } }, "uses": "worker" },
              "save": { "wait": "100ms", "needs": ["draft"] } },
  "workloads": { "open": { "rate": "1/s", "arrivals": "poisson", "jobs": 100 } },
  "variants": {
    "slow": { "change": { "stages": { "draft": { "local": { "io": { "typical": "1.3s" } } } } } }
  } })";

Value json_of(const Said& said) {
  CAPTURE(said.out, said.err);
  const auto value = rehearse::json::parse(said.out);
  REQUIRE(value);
  return *value;
}

TEST_CASE("variants of a pipeline whose jobs share something are compared over 20 seeds") {
  const Folder folder;
  folder.file("shared.json", kShared);
  const Said said = rehearse_in(folder, "compare shared.json --after slow --format json");
  REQUIRE(said.code == 0);
  const Value report = json_of(said);
  CHECK(report.find("pairing")->as_string() == "seeds");
  CHECK(report.find("units")->as_integer() == 20);
  CHECK(report.find("verdict")->as_string() == "regressed");
  CHECK(report.find("culprit")->find("stage")->as_string() == "draft");
  // The same seeds on any number of threads.
  const Value again =
      json_of(rehearse_in(folder, "compare shared.json --after slow --format json"));
  CHECK(*again.find("metrics") == *report.find("metrics"));
  CHECK(*again.find("stages") == *report.find("stages"));
}

TEST_CASE("jobs one at a time share a provider's slow spells, and its limits where they refuse") {
  const Folder folder;
  const auto scenario = [&](const std::string& change) {
    folder.file("calls.json",
                R"({ "scenario": "calls",
                     "providers": { "openai": { "profile": "openai", "change": )" +
                    change +
                    R"( } },
                     "stages": { "draft": { "call": "openai.chat", "time": { "typical": "2s" } } },
                     "workloads": { "batch": { "jobs": 60, "concurrency": 1 } },
                     "variants": { "slow": { "change": { "stages": { "draft": {
                       "time": { "typical": "2.5s" } } } } } } })");
    return json_of(rehearse_in(folder, "compare calls.json --after slow --format json"))
        .find("pairing")
        ->as_string();
  };
  CHECK(scenario("{}") == "jobs");
  CHECK(scenario(R"({ "slow": { "share": 0.2, "factor": 3 } })") == "seeds");
  CHECK(scenario(R"({ "limits": { "rpm": 5 } })") == "batches");
}

TEST_CASE("until decided ends at the first look where the change is plain, and says the level") {
  const Folder folder;
  folder.file("shared.json", kShared);
  const Said said = rehearse_in(
      folder, "compare shared.json --after slow --until-decided --max-jobs 100000 --format json");
  REQUIRE(said.code == 0);
  CHECK(said.err.find("look 1 of at most 6: 10 seeds a side: regressed") != std::string::npos);
  CHECK(json_of(said).find("notes")->items().back().as_string().find("decided at look 1") == 0);
}

TEST_CASE("until decided stops where the budget does not carry the next look") {
  const Folder folder;
  folder.file("shared.json", kShared);
  const Said said = rehearse_in(folder,
                                "compare shared.json --after slow --until-decided --max-jobs 2500 "
                                "--tolerance 0.55 --format json");
  REQUIRE(said.code == 0);
  CHECK(said.err.find("look 2") == std::string::npos);
  refused(folder, "compare shared.json --after slow --max-jobs 5", {"--until-decided"});
}

TEST_CASE("until decided spends no more than its money, and no more than its time") {
  const Folder folder;
  // The variant draws other luck from the same law, so that nothing decides.
  folder.file("paid.json", R"({
    "scenario": "paid",
    "resources": { "worker": { "slots": 2, "price": { "usd_per_hour": 3.6 } } },
    "stages": { "draft": { "call": "openai.chat", "model": "gpt-4o", "input_tokens": 1000,
                           "output_tokens": 100, "uses": "worker",
                           "time": { "typical": "1s", "spread": 0.3 } } },
    "workloads": { "open": { "rate": "1/s", "jobs": 20 } },
    "variants": { "other": { "change": { "stages": {
      "draft": null,
      "again": { "call": "openai.chat", "model": "gpt-4o", "input_tokens": 1000,
                 "output_tokens": 100, "uses": "worker",
                 "time": { "typical": "1s", "spread": 0.3 } } } } } }
  })");
  const auto end = [&](const std::string& budget) {
    const Said said = rehearse_in(
        folder,
        "compare paid.json --after other --until-decided --tolerance 0 --format json " + budget);
    CAPTURE(said.err);
    REQUIRE(said.code == 0);
    return json_of(said);
  };
  const auto spent = [](const Value& report) {
    return report.find("before")->find("cost_usd")->find("total")->as_double() +
           report.find("after")->find("cost_usd")->find("total")->as_double();
  };
  // The first look alone costs about 1.4 USD; one more would double it.
  const Value little = end("--max-cost 2");
  CHECK(little.find("notes")->items().back().as_string().find("the budget ended at look 1") == 0);
  CHECK(spent(little) <= 2);
  const Value more = end("--max-cost 7");
  CHECK(more.find("notes")->items().back().as_string().find("at look 3") != std::string::npos);
  CHECK(spent(more) <= 7);
  CHECK(spent(more) > 3.5);
  // In real time the runs of both sides share what may be spent, but for jobs that are under way.
  REQUIRE(rehearse_in(folder,
                      "compare paid.json --after other --against mock --speed 500 --seeds 5 "
                      "--max-cost 0.2 --out real.rehearsal")
              .code == 0);
  double real = 0;
  const Value runs = json_of(rehearse_in(folder, "report real.rehearsal --format json"));
  for (const Value& run : runs.find("points")->items()) {
    real += run.find("cost_usd")->find("total")->as_double();
  }
  CHECK(real <= 0.25);
  CHECK(real >= 0.15);
  refused(folder,
          "compare paid.json --after other --against mock --speed 500 --max-cost 0.01 --out "
          "x.rehearsal",
          {"--max-cost was used up before both sides had run"});
  // So do the points of a grid; those without any are not made, and a gate does not pass by that.
  const Said grid =
      rehearse_in(folder,
                  "run paid.json --against mock --speed 500 --max-cost 0.1 "
                  "--sweep rate=0.5,0.6,0.7 --out grid.rehearsal --format json --enforce");
  CAPTURE(grid.err);
  CHECK(grid.code == 96);
  CHECK(grid.err.find("--max-cost was used up: 1 of 3 runs were not made") != std::string::npos);
  const Value points = json_of(grid);
  REQUIRE(points.find("points")->items().size() == 2);
  double whole = 0;
  for (const Value& point : points.find("points")->items()) {
    whole += point.find("cost_usd")->find("total")->as_double();
  }
  CHECK(whole <= 0.13);
  CHECK(whole >= 0.1);
  const Value hurried = end("--max-time 1ms");
  CHECK(hurried.find("notes")->items().back().as_string().find("the budget ended at look 1") == 0);
}

TEST_CASE("a gate passes, fails with 99 and names the stage that made it") {
  const Folder folder;
  folder.file("shared.json", kShared);
  REQUIRE(rehearse_in(folder, "run shared.json --seeds 20 --out main.rehearsal").code == 0);
  REQUIRE(rehearse_in(folder, "run shared.json --seeds 20 --out same.rehearsal").code == 0);
  REQUIRE(
      rehearse_in(folder, "run shared.json --seeds 20 --variant slow --out slow.rehearsal").code ==
      0);
  const Said pass = rehearse_in(folder, "gate same.rehearsal --baseline main.rehearsal");
  CAPTURE(pass.out, pass.err);
  CHECK(pass.code == 0);
  CHECK(pass.out.find("PASS") != std::string::npos);
  const Said fail = rehearse_in(folder, "gate slow.rehearsal --baseline main.rehearsal");
  CHECK(fail.code == 99);
  CHECK(fail.out.find("FAIL  delta(p(95) of response) < 10%: +") != std::string::npos);
  CHECK(fail.out.find("look at stage draft") != std::string::npos);
  CHECK(lines(fail.out) <= 30);  // one screen
  const Value data =
      json_of(rehearse_in(folder, "gate slow.rehearsal --baseline main.rehearsal --format json"));
  CHECK(data.find("outcome")->as_string() == "fail");
}

TEST_CASE("a gate that cannot decide passes loudly, or ends in 96 where it is strict") {
  const Folder folder;
  folder.file("small.json", kSmall);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 5 --out a.rehearsal").code == 0);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 5 --variant slow --out b.rehearsal").code ==
          0);
  const Said loud = rehearse_in(folder, "gate b.rehearsal --baseline a.rehearsal");
  CHECK(loud.code == 0);
  CHECK(loud.out.find("INCONCLUSIVE") != std::string::npos);
  CHECK(loud.out.find("more jobs each") != std::string::npos);
  CHECK(
      rehearse_in(folder, "gate b.rehearsal --baseline a.rehearsal --on-inconclusive fail").code ==
      96);
}

TEST_CASE("a candidate whose every job failed does not pass for being quick") {
  const Folder folder;
  folder.file("small.json", kSmall);
  folder.file("broken.json", R"({
    "scenario": "small",
    "stages": { "draft": { "call": "openai.chat", "model": "gpt-4o-mini", "input_tokens": 100,
                           "output_tokens": 50, "time": "2s", "timeout": "1s",
                           "retry": "none" } } })");
  REQUIRE(rehearse_in(folder, "run small.json --jobs 100 --out a.rehearsal").code == 0);
  REQUIRE(rehearse_in(folder, "run broken.json --jobs 100 --out b.rehearsal").code == 0);
  const Said said = rehearse_in(folder, "gate b.rehearsal --baseline a.rehearsal");
  CAPTURE(said.out, said.err);
  CHECK(said.code == 99);
  CHECK(said.out.find("FAIL  no job of the candidate was done") != std::string::npos);
  // The other way round nothing can be compared: loud, and no pass where it is strict.
  CHECK(
      rehearse_in(folder, "gate a.rehearsal --baseline b.rehearsal --on-inconclusive fail").code ==
      96);
}

TEST_CASE("a verdict of few of a run's jobs says so, as does the noise of jobs that all failed") {
  const Folder folder;
  folder.file("small.json", kSmall);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 100 --out a.rehearsal").code == 0);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 10 --out b.rehearsal").code == 0);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 60 --out c.rehearsal").code == 0);
  const std::string says = "only 10 of 100 jobs can have a partner";
  CHECK(rehearse_in(folder, "compare a.rehearsal b.rehearsal").out.find(says) != std::string::npos);
  CHECK(rehearse_in(folder, "gate b.rehearsal --baseline a.rehearsal").out.find(says) !=
        std::string::npos);
  CHECK(rehearse_in(folder, "compare a.rehearsal c.rehearsal").out.find("can have a partner") ==
        std::string::npos);
  folder.file("broken.json", R"({
    "scenario": "small",
    "stages": { "draft": { "call": "openai.chat", "model": "gpt-4o-mini", "input_tokens": 100,
                           "output_tokens": 50, "time": "2s", "timeout": "1s",
                           "retry": "none" } } })");
  CHECK(rehearse_in(folder, "aa broken.json --jobs 5 --seeds 6").out.find("NO JOB WAS DONE") !=
        std::string::npos);
}

TEST_CASE("run files that are none are refused by every verb that reads them") {
  const Folder folder;
  folder.file("small.json", kSmall);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 20 --out good.rehearsal").code == 0);
  const std::string whole = read_file(folder.path / "good.rehearsal");
  folder.file("cut.rehearsal", whole.substr(0, whole.size() / 2));
  folder.file("empty.rehearsal", "");
  folder.file("text.rehearsal", "{ \"response\": NaN }\n");
  std::string future = whole;
  future[63] = 99;  // SQLite's user_version, the run file's format
  folder.file("future.rehearsal", future);
  const std::pair<std::string, std::string> files[] = {{"cut", "is truncated or damaged"},
                                                       {"empty", "is empty"},
                                                       {"text", "is no run file"},
                                                       {"future", "is a run file of version 99"},
                                                       {"missing", "no such file"}};
  for (const auto& [name, why] : files) {
    const std::string file = name + ".rehearsal";
    for (const std::string& words :
         {"compare good.rehearsal " + file, "compare " + file + " good.rehearsal",
          "gate good.rehearsal --baseline " + file, "gate " + file + " --baseline good.rehearsal",
          "report " + file, "history " + file}) {
      refused(folder, words, {file, why});
    }
  }
}

TEST_CASE("runs that are out of order are said so") {
  const Folder folder;
  folder.file("small.json", kSmall);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 100 --out old.rehearsal").code == 0);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 100 --out new.rehearsal").code == 0);
  const Said swapped = rehearse_in(folder, "compare new.rehearsal old.rehearsal");
  CHECK(swapped.code == 0);
  CHECK(swapped.out.find("are they swapped, or is a clock wrong?") != std::string::npos);
  const Said right = rehearse_in(folder, "compare old.rehearsal new.rehearsal");
  CHECK(right.out.find("swapped") == std::string::npos);
  CHECK(rehearse_in(folder, "gate old.rehearsal --baseline new.rehearsal")
            .out.find("are they swapped, or is a clock wrong?") != std::string::npos);
}

TEST_CASE("a baseline is made, replaced with a reason and found by its label") {
  const Folder folder;
  folder.file("small.json", kSmall);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 200 --out a.rehearsal").code == 0);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 200 --variant slow --out b.rehearsal").code ==
          0);
  refused(folder, "gate a.rehearsal", {"--baseline FILE is missing"});
  refused(folder, "gate a.rehearsal --baseline m.rehearsal", {"m.rehearsal", "no such file"});
  refused(folder, "gate a.rehearsal --baseline m.rehearsal --update-baseline", {"--reason"});
  refused(folder, "gate a.rehearsal --baseline b.rehearsal --on-inconclusive maybe",
          {"expected pass or fail"});
  const std::string update = " --baseline m.rehearsal --update-baseline --reason ";
  CHECK(rehearse_in(folder, "gate a.rehearsal" + update + "first --baseline-label v1").code == 0);
  CHECK(rehearse_in(folder, "gate b.rehearsal --baseline m.rehearsal").code == 99);
  CHECK(rehearse_in(folder, "gate b.rehearsal" + update + "meant").code == 0);
  CHECK(rehearse_in(folder, "gate b.rehearsal --baseline m.rehearsal").code == 0);
  CHECK(rehearse_in(folder, "history m.rehearsal").out.find("became a baseline: meant") !=
        std::string::npos);
  CHECK(rehearse_in(folder, "gate b.rehearsal --baseline m.rehearsal --baseline-label v1").code ==
        99);
  refused(folder, "gate b.rehearsal --baseline m.rehearsal --baseline-label v9",
          {"no run labelled \"v9\"", "\"v1\""});
}

TEST_CASE("a baseline of another scenario is refused") {
  const Folder folder;
  folder.file("small.json", kSmall);
  folder.file("shared.json", kShared);
  REQUIRE(rehearse_in(folder, "run small.json --jobs 100 --out a.rehearsal").code == 0);
  REQUIRE(rehearse_in(folder, "run shared.json --out b.rehearsal").code == 0);
  refused(folder, "gate a.rehearsal --baseline b.rehearsal",
          {"--baseline b.rehearsal", "\"shared\"", "\"small\""});
}

TEST_CASE("runs of a branch are listed, with the run at which the level changed") {
  const Folder folder;
  folder.file("small.json", kSmall);
  for (int i = 0; i < 12; ++i) {
    const std::string words = "run small.json --jobs 100 --seed " + std::to_string(i + 1) +
                              (i >= 6 ? " --variant slow" : "") +
                              " --out h.rehearsal --append --branch main --label r" +
                              std::to_string(i);
    const Said said = rehearse_in(folder, words);
    CAPTURE(said.err);
    REQUIRE(said.code == 0);
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path)) {
    files += entry.path().extension() == ".rehearsal" ? 1U : 0U;
  }
  CHECK(files == 1);
  const Said said = rehearse_in(folder, "history h.rehearsal --branch main --format json");
  const Value data = json_of(said);
  CHECK(data.find("runs")->items().size() == 12);
  REQUIRE_FALSE(data.find("changes")->items().empty());
  CHECK(data.find("changes")->items().front().find("run")->as_integer() == 6);
  CHECK(rehearse_in(folder, "history h.rehearsal").out.find("since r6") != std::string::npos);
  refused(folder, "run small.json --append", {"--append", "--out"});
}

TEST_CASE("aa says how much a pipeline moves by itself, and what a gate of it takes") {
  const Folder folder;
  folder.file("shared.json", kShared);
  const Said said = rehearse_in(folder, "aa shared.json --format json");
  REQUIRE(said.code == 0);
  const Value data = json_of(said);
  const Value& p95 = data.find("gate")->items().front();
  CHECK(p95.find("between")->as_double() > 0.01);
  CHECK(p95.find("paired")->as_double() == 0);  // virtual time repeats its luck to the last bit
  CHECK(data.find("runs_needed")->as_integer() >= 6);
  CHECK(rehearse_in(folder, "aa shared.json").out.find("a gate needs") != std::string::npos);
  refused(folder, "aa shared.json --seeds 1", {"--seeds", "at least 2"});
}

}  // namespace
