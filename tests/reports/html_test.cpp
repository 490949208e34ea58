#include <algorithm>
#include <array>

#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/record/run_detail.hpp"
#include "reports/documents.hpp"
#include "reports/html.hpp"
#include "reports/pages.hpp"
#include "tests/record/sample_run.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;
namespace sample = record::sample;

constexpr char kEvil[] =
    "\"'><script>alert(1)</script><img src=x onerror=alert(2)></script><!-- \xE2\x80\xAE \x1b[31m "
    "&lt; \xff";

// Assets as a build without npm packages has them, and with.
constexpr HtmlAssets kTablesOnly{"", "", "body{}", "00", ""};
constexpr HtmlAssets kScripted{"let x = 1;", "00ff", "body{}", "00", "a < b & c"};

RunSummary summary(const sample::RunOptions& options) {
  const record::RunPoint point = sample::run(options);
  RunSummary out = summarise(point);
  auto detail = std::make_shared<record::RunDetail>();
  detail->tally = point.tally;
  detail->refusals = {{10, "rate_limited"}, {20, "rate_limited"}};
  out.detail = detail;
  return out;
}

std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) {
    ++n;
  }
  return n;
}

// The data of every chart of a page, parsed.
std::vector<json::Value> chart_data(const std::string& page) {
  std::vector<json::Value> out;
  constexpr std::string_view kOpen = "<script type=\"application/json\" data-plot=\"";
  for (std::size_t at = page.find(kOpen); at != page.npos; at = page.find(kOpen, at + 1)) {
    const std::size_t begin = page.find('>', at) + 1;
    const std::size_t end = page.find("</script>", begin);
    const auto value = json::parse(page.substr(begin, end - begin));
    REQUIRE(value.ok());
    out.push_back(*value);
  }
  return out;
}

RunSummary evil(std::uint64_t jobs) {
  RunSummary out = summary({jobs, 2, 1, {kEvil}});
  record::RunHeader& header = out.header;
  header.scenario = header.note = header.workload = header.workload_text = header.point = kEvil;
  header.against = header.environment.machine = header.environment.cpu = kEvil;
  header.parameters.set(kEvil, kEvil);
  header.axes = json::Value::object();
  header.axes.set(kEvil, kEvil);
  out.invalid_reasons = out.warnings = {kEvil};
  for (record::StageSummary& stage : out.stages) {
    stage.info.path += kEvil;
    stage.info.name += kEvil;
    stage.info.note = kEvil;
  }
  for (record::JobSummary& job : out.jobs) {
    for (record::WaterfallRow& row : job.waterfall) {
      row.stage += kEvil;
      row.failure = kEvil;
    }
  }
  return out;
}

TEST_CASE("no text of anybody's becomes markup, a script or the end of a script in a page") {
  for (const std::uint64_t jobs : {3u, 300u}) {
    const std::vector<RunSummary> points(3, evil(jobs));
    record::JudgedClaim claim;
    claim.id = claim.source = claim.text = claim.note = claim.unit = claim.flipped_by = kEvil;
    claim.claimed = {1, 2};
    claim.range = record::ClaimRange{1, 2};
    claim.found = 1.5;
    claim.by_report.why = claim.by_model.why = claim.overall.why = kEvil;
    record::ScenarioAudit audited;
    audited.scenario = kEvil;
    audited.claims = {claim};
    const record::Audit audit{{audited}};
    record::Comparison comparison;
    comparison.before = points[0];
    comparison.after = points[1];
    comparison.headline = kEvil;
    for (const Page& page : {run_page(points[0]), sweep_page(points), audit_page(audit),
                             comparison_page(comparison)}) {
      const std::string html = write_html(page, kScripted);
      // The library's, and one for each drawing.
      CHECK(occurrences(html, "<script") == 1 + chart_data(html).size());
      CHECK(occurrences(html, "</script") == 1 + chart_data(html).size());
      CHECK(occurrences(html, "<img") == 0);
      CHECK(occurrences(html, "<!--") == 0);
      for (const char* bad : {"\x1b", "\xE2\x80\xAE", "\xff", "onerror=alert(2)>"}) {
        INFO(bad);
        CHECK(html.find(bad) == std::string::npos);
      }
    }
  }
}

TEST_CASE("a page allows its own script and style by their hashes, and nothing else") {
  const std::string html = write_html(run_page(summary({10, 0, 1, {}})), kScripted);
  CHECK(html.find("default-src 'none'; script-src 'sha256-AP8='; style-src 'sha256-AA=='") !=
        std::string::npos);
  CHECK(html.find("unsafe") == std::string::npos);
  CHECK(html.find("style=\"") == std::string::npos);
  CHECK(html.find("http://") == std::string::npos);
  CHECK(html.find("a &lt; b &amp; c") != std::string::npos);
}

TEST_CASE("a page built without the chart libraries has every table and says how to get charts") {
  const RunSummary run = summary({300, 0, 1, {}});
  const std::string with = write_html(run_page(run), kScripted);
  const std::string without = write_html(run_page(run), kTablesOnly);
  CHECK(occurrences(without, "<table") == occurrences(with, "<table"));
  CHECK(occurrences(without, "<script") == 0);
  CHECK(without.find("scripts/setup charts") != std::string::npos);
  CHECK(without.find("script-src 'none'") != std::string::npos);
}

TEST_CASE("every chart has its table, a description and a caption") {
  const std::string html = write_html(run_page(summary({300, 7, 1, {}})), kScripted);
  const auto data = chart_data(html);
  CHECK(data.size() >= 5);
  CHECK(occurrences(html, "role=\"img\" aria-label=\"") == data.size());
  for (std::size_t at = html.find("<figure"); at != html.npos; at = html.find("<figure", at + 1)) {
    CHECK(html.substr(at, html.find("</figure>", at) - at).find("<table") != std::string::npos);
  }
  for (const char* kind : {"stages", "distribution", "lines"}) {
    CHECK(std::any_of(data.begin(), data.end(), [&](const json::Value& each) {
      return each.find("kind")->as_string() == kind;
    }));
  }
}

TEST_CASE("drawings hold a few hundred points, whatever the run") {
  const std::string html = write_html(run_page(summary({20'000, 100, 1, {}})), kScripted);
  CHECK(html.size() < 120'000);
  for (const json::Value& data : chart_data(html)) {
    const json::Value* series = data.find("series");
    for (std::size_t i = 0; series != nullptr && i < series->items().size(); ++i) {
      CHECK(series->items()[i].find("points")->items().size() <= 210);
    }
  }
}

TEST_CASE("a page never passes its limit, whatever is in it, and says what is missing") {
  RunSummary run = summary({4, 0, 1, {}});
  const record::StageSummary stage = run.stages[0];
  for (int i = 0; i < 20'000; ++i) {
    run.stages.push_back(stage);
    run.stages.back().info.path = std::string(400, '&') + std::to_string(i);
    run.stages.back().info.note = std::string(4000, '<');
    run.warnings.push_back(std::string(1000, '"'));
  }
  const std::string html = write_html(run_page(run), kScripted);
  CHECK(html.size() < kMostHtml + 20'000);
  CHECK(html.find("cut at its longest") != std::string::npos);
  run.warnings.clear();
  const std::string tables = write_html(run_page(run), kScripted);
  CHECK(tables.size() < kMostHtml + 20'000);
  CHECK(tables.find("more rows: see the JSON report") != std::string::npos);
}

TEST_CASE("an empty, a failed and an invalid run still have a page with the verdict first") {
  RunSummary invalid = summary({40, 0, 1, {}});
  invalid.valid = false;
  RunSummary killed = summary({40, 0, 1, {}});
  killed.complete = false;
  const std::array<std::pair<RunSummary, const char*>, 4> cases{
      {{summary({0, 0, 1, {}}), "NO JOB DONE"},
       {summary({5, 1, 1, {}}), "NO JOB DONE"},
       {invalid, "INVALID"},
       {killed, "INCOMPLETE"}}};
  for (const auto& [run, word] : cases) {
    const std::string html = write_html(run_page(run), kScripted);
    INFO(word);
    CHECK(html.find("<p class=\"word\">" + std::string(word)) != std::string::npos);
    CHECK(html.find("nan") == std::string::npos);
  }
}

RunSummary at(double factor, std::int64_t users, const char* model, double usd) {
  RunSummary out = summary({100, 0, factor, {}});
  out.header.axes = json::Value::object();
  out.header.axes.set("users", users);
  out.header.axes.set("model", model);
  out.header.point = "users=" + std::to_string(users) + ", model=" + model;
  out.cost_usd.mean = usd;
  return out;
}

TEST_CASE("a sweep shows curves with the knee, a heat map and the points nothing else beats") {
  std::vector<RunSummary> points;
  for (const std::int64_t users : {1, 2, 4}) {
    points.push_back(at(1, users, "a", 2));
    points.push_back(at(0.5, users, "b", users == 1 ? 1 : 3));
    for (RunSummary* point : {&points[points.size() - 2], &points.back()}) {
      point->throughput_per_s = users == 1 ? 1 : 3;  // no more from 4 users than from 2
      point->response_s.mean = users == 4 ? 100 : 10;
    }
  }
  const std::string html = write_html(sweep_page(points), kScripted);
  CHECK(html.find("Knees: a, b at 2") != std::string::npos);
  CHECK(html.find("nothing is both faster and cheaper: 1 of 3 places") != std::string::npos);
  const auto data = chart_data(html);
  CHECK(std::count_if(data.begin(), data.end(), [](const json::Value& each) {
          return each.find("kind")->as_string() == "heat" &&
                 each.find("cells")->items().size() == 6;
        }) == 1);
}

TEST_CASE("a knee at the end of the tested range is none") {
  std::vector<RunSummary> points;
  for (const std::int64_t users : {1, 2, 4}) {
    points.push_back(at(1, users, "a", 2));
    points.back().throughput_per_s = static_cast<double>(users);
  }
  const std::string html = write_html(sweep_page(points), kScripted);
  CHECK(html.find("No knee lies inside the tested range.") != std::string::npos);
}

TEST_CASE("an audit says what fails and why, and counts the verdicts") {
  record::JudgedClaim good;
  good.id = "a";
  good.unit = "s";
  good.claimed = {4, 4};
  good.found = 4.1;
  good.overall.verdict = record::ClaimVerdict::Holds;
  record::JudgedClaim bad = good;
  bad.id = "b";
  bad.range = record::ClaimRange{8, 8};
  bad.overall = {record::ClaimVerdict::Fails, "it is twice that"};
  record::ScenarioAudit audited;
  audited.scenario = "auto-post";
  audited.claims = {good, bad};
  const Page page = audit_page({{audited}});
  CHECK(page.verdict.text == "1 FAIL");
  CHECK(page.headline == "1 of 2 claims hold, 1 fail, 0 cannot be judged.");
  CHECK(claim_table(audited).rows.size() == 2);
  const std::string html = write_html(page, kScripted);
  CHECK(html.find("it is twice that") != std::string::npos);
  CHECK(chart_data(html).size() == 1);
}

TEST_CASE("any document is a page: its toned word is the verdict, its tables stand below") {
  Document document{"gate", {}};
  document.blocks.push_back(
      Paragraph{{{{"auto-post"}}, {{"FAIL", Tone::Bad}, {" p95 is slower"}}}});
  document.blocks.push_back(Table{"Objectives", {{"text", false, 0}}, {{{"p(95)<15s"}}}, {}});
  const Page page = document_page(document);
  CHECK(page.verdict.text == "FAIL");
  CHECK(page.headline == " p95 is slower");
  REQUIRE(page.more.lines.size() == 1);
  CHECK(occurrences(write_html(page, kTablesOnly), "<table") == 1);
  CHECK(document_page({"empty", {}}).verdict.text == "REPORT");
}

TEST_CASE("pairs are of jobs that were done on both sides") {
  const record::RunPoint empty;
  record::ComparisonSide before{empty, {}, {}};
  CHECK(record::paired_differences(before, before).pairs == 0);
  for (std::uint64_t id = 0; id < 1000; ++id) {
    record::JobRecord job;
    job.id.value = id;
    job.done = sample::at_ms(100);
    before.jobs.push_back(job);
  }
  record::ComparisonSide after = before;
  after.jobs[3].end = record::JobEnd::Failed;
  after.jobs.erase(after.jobs.begin());
  after.jobs[9].done = sample::at_ms(40);
  after.jobs[19].done = sample::at_ms(140);
  const auto found = record::paired_differences(before, after);
  CHECK(found.pairs == 998);
  CHECK(found.faster == 1);
  CHECK(found.slower == 1);
  REQUIRE(found.quantiles_s.size() == 401);
  CHECK(found.quantiles_s.front() == Approx(-0.06));
  CHECK(found.quantiles_s.back() == Approx(0.04));
}

}  // namespace
}  // namespace rehearse::reports
