#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <vector>

#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/html.hpp"
#include "reports/markdown.hpp"
#include "reports/pages.hpp"
#include "reports/writer.hpp"
#include "tests/reports/hostile_studies.hpp"

namespace rehearse::reports {
namespace {

constexpr HtmlAssets kScripted{"let x = 1;", "00ff", "body{}", "00", ""};
constexpr char kWorst[] =
    "=cmd|' /C calc'!A0,\"x\"\n::error::pwned%0A</script><script>alert(1)</script><!-- "
    "\xE2\x80\xAE @team [x](http://evil.example) `c` |a| ]]> \x1b[31m\xff\\{}";

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t occurrences(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
    ++n;
  }
  return n;
}

// Every study in one format.
std::vector<std::string> all_in(const Writer& writer, const std::string& text) {
  std::vector<std::string> out{writer.noise(hostile::noise(text)),
                               writer.history(hostile::history(text)),
                               writer.history(hostile::history(text, 1)), writer.history({})};
  for (const auto outcome :
       {record::GateOutcome::Pass, record::GateOutcome::Fail, record::GateOutcome::Inconclusive}) {
    out.push_back(writer.gate(hostile::gate(text, outcome), true));
  }
  if (writer.holds_studies()) {
    out.push_back(writer.what_if(hostile::what_if(text)));
    out.push_back(writer.audit(hostile::audit(text)));
    out.push_back(writer.suggestions(hostile::suggestions(text)));
    out.push_back(writer.model_check(hostile::model_check(text)));
    out.push_back(writer.plan(hostile::plan(text)));
    record::WhatIf checked = hostile::what_if(text);
    checked.model = hostile::model_check(text);
    out.push_back(writer.what_if(checked));
  }
  return out;
}

TEST_CASE("a study stays inside its place in every format, whatever its texts are") {
  const Writers writers = Writers::standard({});
  for (const std::string& name : writers.names()) {
    const Writer& writer = **writers.by_name(name);
    for (const std::string& text : all_in(writer, kWorst)) {
      INFO(name);
      INFO(text.substr(0, 400));
      REQUIRE_FALSE(text.empty());
      for (const char* bad : {"\x1b", "\xff", "\n::error::pwned"}) {
        CHECK_FALSE(has(text, bad));
      }
      CHECK((name == "json" || !has(text, "\xE2\x80\xAE")));  // data for scripts is as it was
      if (name == "json" || name == "k6" || name == "google-benchmark" || name == "bmf") {
        CHECK(json::parse(text).ok());
      }
      if (name == "html" || name == "junit" || name == "markdown") {
        CHECK_FALSE(has(text, "<script>alert"));
        CHECK_FALSE(has(text, "<!--"));
      }
      if (name == "junit") {
        CHECK_FALSE(has(text, "]]>"));
        CHECK(occurrences(text, "<testsuite ") == occurrences(text, "</testsuite>"));
      }
      if (name == "markdown") {
        CHECK_FALSE(has(text, "@team"));
        CHECK_FALSE(has(text, "http://"));
        CHECK(text.size() < kMostMarkdown);
      }
    }
  }
}

// For readers that are no part of this program (tests/formats): REHEARSE_HOSTILE=DIR.
TEST_CASE("every format is written out with the worst texts there are", "[.write]") {
  const char* const folder = std::getenv("REHEARSE_HOSTILE");
  REQUIRE(folder != nullptr);
  const Writers writers = Writers::standard({});
  for (const std::string& name : writers.names()) {
    const Writer& writer = **writers.by_name(name);
    std::vector<std::string> texts = all_in(writer, kWorst);
    texts.push_back(writer.run(hostile::run(kWorst, 3)));
    texts.push_back(writer.run(hostile::run(kWorst)));
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::ofstream file(std::filesystem::path(folder) /
                             (std::to_string(i) + std::string(writer.endings().front())),
                         std::ios::binary);
      file << texts[i];
      REQUIRE(file.good());
    }
  }
}

TEST_CASE("a format of single runs shows the run of a gate, and refuses a study") {
  const Writers writers = Writers::standard({});
  const record::GateReport gate = hostile::gate("word", record::GateOutcome::Pass);
  for (const char* name : {"k6", "openmetrics", "google-benchmark", "bmf", "hdr"}) {
    const Writer& writer = **writers.by_name(name);
    INFO(name);
    CHECK_FALSE(writer.holds_studies());
    CHECK(writer.gate(gate, true) == writer.run(gate.candidate));
  }
  for (const char* name : {"html", "markdown", "terminal", "json", "csv", "junit", "annotations"}) {
    CHECK((*writers.by_name(name))->holds_studies());
  }
}

TEST_CASE("JUnit: a gate fails where it fails, and is skipped where it cannot tell") {
  const Writers writers = Writers::standard({});
  const Writer& junit = **writers.by_name("junit");
  const auto text = [&](record::GateOutcome outcome) {
    return junit.gate(hostile::gate("p95", outcome), true);
  };
  CHECK(has(text(record::GateOutcome::Fail), "failures=\"1\""));
  CHECK(has(text(record::GateOutcome::Fail), "type=\"regression\""));
  CHECK(has(text(record::GateOutcome::Fail), "+12.0% (95%: +10.0% to +14.0%)"));
  CHECK(has(text(record::GateOutcome::Inconclusive), "skipped=\"1\""));
  CHECK(has(text(record::GateOutcome::Pass), "failures=\"0\" errors=\"0\" skipped=\"0\""));
  const std::string claims = junit.audit(hostile::audit("claim"));
  CHECK(occurrences(claims, "<failure type=\"claim\"") == 2);
  CHECK(occurrences(claims, "<skipped") == 2);
}

TEST_CASE("annotations: a failed gate is an error, one that cannot tell a warning") {
  const Writers writers = Writers::standard({});
  const Writer& writer = **writers.by_name("annotations");
  const auto text = [&](record::GateOutcome outcome) {
    return writer.gate(hostile::gate("p95", outcome), true);
  };
  CHECK(text(record::GateOutcome::Fail).rfind("::error title=", 0) == 0);
  CHECK(text(record::GateOutcome::Inconclusive).rfind("::warning title=", 0) == 0);
  CHECK_FALSE(has(text(record::GateOutcome::Pass), "::error"));
}

TEST_CASE("a gate names first what decided it, with its figure") {
  record::GateReport gate = hostile::gate("delta(p95)<10%", record::GateOutcome::Fail);
  const Writers writers = Writers::standard({120, false});
  const Writer& terminal = **writers.by_name("terminal");
  const std::string found = "FAIL  delta(p95)<10%: +12.0% (+10.0% … +14.0%)";
  CHECK(has(terminal.gate(gate, true), found + "\n0 pass, 1 fail, 0 inconclusive\n"));
  CHECK(gate_page(gate, true).headline == "delta(p95)<10%: +12.0% (+10.0% … +14.0%).");
  record::GateRow limit;
  limit.text = "p(50)<50s";
  limit.level = "fail";
  limit.unit = "s";
  limit.value = 76.9;
  limit.outcome = record::GateOutcome::Fail;
  gate.rows.push_back(limit);
  CHECK(has(terminal.gate(gate, true), found + "; p(50)<50s: 76.9 s\n0 pass, 2 fail"));
  gate.rows.back().level = "warn";  // decides nothing
  CHECK(has(terminal.gate(gate, true), found + "\n"));
  gate.rows.insert(gate.rows.end(), 4, gate.rows.front());
  CHECK(has(terminal.gate(gate, true), "; and 2 more\n0 pass, 5 fail"));
  const auto other = [&](record::GateOutcome outcome) {
    return terminal.gate(hostile::gate("delta(p95)<10%", outcome), true);
  };
  CHECK(has(other(record::GateOutcome::Pass), "PASS  1 pass, 0 fail, 0 inconclusive\n"));
  CHECK(has(other(record::GateOutcome::Inconclusive),
            "INCONCLUSIVE  delta(p95)<10%: +12.0% (+10.0% … +14.0%)\n0 pass, 0 fail, 1 inc"));
  gate = hostile::gate("delta(p95)<10%", record::GateOutcome::Inconclusive);
  gate.rows.front().change.low.reset();
  gate.rows.front().why = "needs 720 jobs a side";
  CHECK(has(terminal.gate(gate, true),
            "INCONCLUSIVE  delta(p95)<10% cannot be told: needs 720 jobs a side\n"));
}

TEST_CASE("a gate's page begins with the decision and what to do now") {
  const Page page = gate_page(hostile::gate("word", record::GateOutcome::Inconclusive), false);
  CHECK(page.verdict.text == "INCONCLUSIVE");
  REQUIRE(page.more.lines.size() >= 2);
  CHECK(page.more.lines[0].front().text == "The policy does not let this pass.");
  CHECK(page.more.lines[1].front().text == "next: ");
  CHECK(page.figures.front().value == "+12.0%");
  CHECK(page.sections.front().id == "objectives");
  const std::string html = write_html(page, kScripted);
  CHECK(has(html, "\"outcomes\":true"));
  CHECK(has(html, "id=\"stages\""));
}

TEST_CASE("a page of noise begins with the runs that a gate needs") {
  const Page page = noise_page(hostile::noise("delta(p95)<5%"));
  CHECK(page.verdict.text == "12 runs A SIDE");
  CHECK(page.headline.rfind("A gate needs 12 runs a side (1,200 jobs", 0) == 0);
  CHECK(page.figures.front().value == "±3%");
  CHECK(has(write_html(page, kScripted), "smallest change found"));
}

TEST_CASE("a page of a history draws the whole and the stages that changed, with their marks") {
  const Page page = history_page(hostile::history("main"));
  CHECK(page.verdict.text == "LEVEL CHANGED");
  CHECK(page.verdict.tone == Tone::Bad);
  const std::string html = write_html(page, kScripted);
  // Response, cost, and the changed stage.
  CHECK(occurrences(html, "\"kind\":\"trend\"") == 3);
  CHECK(occurrences(html, "\"marks\":[[5,") == 2);
  CHECK(history_page(hostile::history("main", 1)).verdict.text == "TOO FEW RUNS");
  CHECK(history_page({}).sections.empty());
}

TEST_CASE("the bridge of a what-if ends at what all variants together leave") {
  const Page page = what_if_page(hostile::what_if("cache"));
  CHECK(page.verdict.text == "-28.6% IF ALL IS BUILT");
  CHECK(page.figures.front().value == "-28.6%");
  const auto* chart = std::get_if<Chart>(&page.sections.front().blocks.front());
  REQUIRE(chart != nullptr);
  const auto& rows = chart->plots.front().data.find("rows")->items();
  REQUIRE(rows.size() == 4);
  const auto number = [&](std::size_t row, std::size_t cell) {
    return rows[row].items()[cell].as_double();
  };
  for (std::size_t row = 1; row + 1 < rows.size(); ++row) {
    CHECK(number(row, 1) == Approx(number(row - 1, 2)));  // begins where the last one ended
  }
  CHECK(number(2, 2) == Approx(number(3, 2)));
  const std::string html = write_html(page, kScripted);
  CHECK(occurrences(html, "\"kind\":\"lines\"") == 3);
}

TEST_CASE("a what-if without players, or whose time is nothing, still has a page") {
  record::WhatIf study;
  study.before = study.after = record::Worths(record::kWorths, 0);
  CHECK(what_if_page(study).verdict.text == "NOTHING TO SAVE");
  CHECK_FALSE(has(write_html(what_if_page(study), kScripted), "nan"));
}

TEST_CASE("a page of suggestions ranks them, draws what goes together, and gives its text") {
  const Page page = suggestions_page(hostile::suggestions("cache"));
  CHECK(page.verdict.text == "-10.4% with the same quality");
  CHECK(page.verdict.tone == Tone::Good);
  REQUIRE(page.sections.size() == 5);
  CHECK(page.sections.back().id == "model");
  const auto& chart = std::get<Chart>(page.sections.front().blocks.front());
  REQUIRE(chart.plots.size() == 2);  // time and money
  // The largest saving first, whatever it costs in quality; money shows what moves it alone.
  const auto& time = chart.plots[0].data.find("rows")->items();
  REQUIRE(time.size() == 2);
  CHECK(time[0].items()[0].as_string() == "cache2");
  CHECK(time[0].items()[4].as_string() == "lower quality");
  CHECK(time[1].items()[4].as_string() == "same answers");
  CHECK(chart.plots[1].data.find("rows")->items().size() == 1);
  const auto& code = std::get<Code>(page.sections[2].blocks.front());
  CHECK(json::parse("{" + code.text.substr(0, code.text.size() - 1) + "}").ok());
  CHECK(suggestions_page({}).verdict.text == "NOTHING FOUND");
}

TEST_CASE("a page of a plan draws each objective against its limit, as far as it matters") {
  record::CapacityPlan plan = hostile::plan("p(95) < 15s");
  const Page page = plan_page(plan);
  CHECK(page.verdict.text == "ROOM FOR 36% MORE");
  CHECK(page.headline.rfind("Up to 6.8/s stays inside all objectives; beyond it p(95) < 15s", 0) ==
        0);
  const auto& chart = std::get<Chart>(page.sections.front().blocks.front());
  REQUIRE(chart.plots.size() == 2);
  const json::Value& data = chart.plots.front().data;
  CHECK(data.find("limit")->items()[0].as_double() == 15);
  CHECK(data.find("knee")->items()[1].as_double() == Approx(6.6));
  CHECK(data.find("today")->items()[0].as_double() == 5);
  CHECK(data.find("end")->as_double() == Approx(6.8 * 1.5));  // not the probe at 60/s
  CHECK(data.find("points")->items().size() == 5);
  CHECK(chart.table.rows.size() == 5);
  plan.today_per_s = 8;
  CHECK(plan_page(plan).verdict.text == "15% TOO MUCH LOAD TODAY");
  plan.target = record::CapacityTarget{};
  plan.target->why = "nothing is enough";
  CHECK(plan_page(plan).verdict.text == "OUT OF REACH");
  plan.knees.front().end = "unbounded";
  plan.target.reset();
  CHECK(plan_page(plan).verdict.text == "NO LARGEST LOAD");
  CHECK(plan_page({}).verdict.text == "NO LOAD WAS LOOKED FOR");
}

TEST_CASE("a page of a model check holds the model to its bound") {
  const Page holds = model_check_page(hostile::model_check("half"));
  CHECK(holds.verdict.text == "MODEL HOLDS");
  const Page fails = model_check_page(hostile::model_check("half", 0.04));
  CHECK(fails.verdict.text == "RESULTS WITHHELD");
  const auto& chart = std::get<Chart>(fails.sections.front().blocks.front());
  CHECK(chart.plots.front().data.find("bound")->as_double() == Approx(0.04));
  const auto& rows = chart.plots.front().data.find("rows")->items();
  CHECK(rows[0].items()[4].as_string() == "pass");
  CHECK(rows[1].items()[4].as_string() == "fail");
  CHECK(model_check_page({}).sections.front().blocks.size() <= 1);
}

TEST_CASE("objectives stand in the distribution of a run where they can be drawn") {
  const record::RunSummary run = hostile::run("plain", 400);
  const ChartSide side{"all jobs", "main", &run};
  const ChartLimit limits[] = {{"p(95) < 80s", Tone::Bad},      {"share(>70s) < 10%", Tone::Warn},
                               {"max < 100s", Tone::Good},      {"p(50) < 1s", Tone::Bad},
                               {"mean of cost < 1", Tone::Bad}, {"delta(p95) < 5%", Tone::Good}};
  const auto chart = distribution_chart({&side, 1}, limits);
  REQUIRE(chart);
  const auto& walls = chart->plots.front().data.find("limits")->items();
  REQUIRE(walls.size() == 3);
  CHECK(walls[0].items()[0].as_double() == 80);
  CHECK(walls[0].items()[1].as_double() == Approx(0.95));
  CHECK(walls[1].items()[0].as_double() == 70);
  CHECK(walls[1].items()[1].as_double() == Approx(0.9));
  CHECK(walls[2].items()[3].as_string() == "good");
  CHECK(has(chart->caption, "Too far off to be drawn: p(50) < 1s."));
  // Of two sides, a delta allows so much more than the first one took.
  const ChartSide sides[] = {{"before", "before", &run}, {"after", "after", &run}};
  const auto two = distribution_chart(sides, std::span(limits).subspan(5));
  const auto& delta = two->plots.front().data.find("limits")->items();
  REQUIRE(delta.size() == 1);
  CHECK(delta[0].items()[0].as_double() == Approx(*run.response_s.p95 * 1.05).epsilon(2e-3));
}

TEST_CASE("an audit of several scenarios counts each of them at the top") {
  const Page page = audit_page(hostile::audit("lectra"));
  CHECK(page.verdict.text == "2 FAIL");
  CHECK(page.title == "Claims, judged");
  CHECK(page.figures.size() == 2);
  CHECK(page.sections.size() == 2);
}

}  // namespace
}  // namespace rehearse::reports
