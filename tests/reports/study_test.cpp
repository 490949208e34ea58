#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
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

TEST_CASE("an audit of several scenarios counts each of them at the top") {
  const Page page = audit_page(hostile::audit("lectra"));
  CHECK(page.verdict.text == "2 FAIL");
  CHECK(page.title == "Claims, judged");
  CHECK(page.figures.size() == 2);
  CHECK(page.sections.size() == 2);
}

}  // namespace
}  // namespace rehearse::reports
