#include <algorithm>

#include <catch2/catch.hpp>

#include "harness/json/read.hpp"
#include "harness/record/run_detail.hpp"
#include "reports/encode.hpp"
#include "reports/formats.hpp"
#include "reports/writer.hpp"
#include "tests/record/sample_run.hpp"

namespace rehearse::reports {
namespace {

using record::MetricChange;
using record::RunSummary;
using record::Verdict;
namespace sample = record::sample;

constexpr char kEvil[] = "=cmd|' /C calc'!A0,\"x\"\n::error::pwned%0A <b>&amp;\x1b[31m\xff\\";

RunSummary summary(std::uint64_t jobs, const std::string& text = "") {
  record::RunPoint point = sample::run({jobs, 10, 1, {}});
  if (!text.empty()) {
    point.header.scenario = point.header.workload = point.header.point = text;
    point.header.stages[0].path = point.header.environment.machine = text;
    point.header.objectives.push_back({text, "fail", "", "", ""});
    point.end->invalid_reasons = {text};
  }
  RunSummary out = summarise(point);
  auto detail = std::make_shared<record::RunDetail>();
  detail->tally = point.tally;
  out.detail = detail;
  return out;
}

record::Comparison comparison(Verdict verdict, const std::string& text = "") {
  record::Comparison out;
  out.before = out.after = summary(100, text);
  out.verdict = verdict;
  out.headline = text.empty() ? "response mean slower by 12%" : text;
  MetricChange row;
  row.name = "response_s";
  row.statistic = "mean";
  row.before = 1;
  row.after = 1.12;
  row.change = 0.12;
  row.low = 0.1;
  row.high = 0.14;
  row.verdict = verdict;
  row.why = text;
  out.metrics = {row};
  out.stages = {{text.empty() ? "image" : text, true, true, row, row}};
  return out;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("base64 is that of RFC 4648 section 10") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64_text(bytes) == text);
  }
}

TEST_CASE("an instant is written in ISO 8601, whatever it is") {
  CHECK(iso_time(0) == "1970-01-01T00:00:00+00:00");
  CHECK(iso_time(1'709'210'096'789) == "2024-02-29T12:34:56+00:00");
  CHECK(iso_time(-5) == "1970-01-01T00:00:00+00:00");
  CHECK(iso_time(INT64_MAX) == "9999-12-31T23:59:59+00:00");
}

TEST_CASE("a CSV cell is no formula, and every row has the columns of its head") {
  CHECK(csv_cell("=1+1") == "'=1+1");
  CHECK(csv_cell("a,\"b\"") == "\"a,\"\"b\"\"\"");
  CHECK(csv_cell("").empty());
  // No text of this run needs quotes, so that commas can be counted.
  RunSummary run = summary(100);
  run.header.workload_text.clear();
  for (const std::string& text : {csv_run(run), csv_comparison(comparison(Verdict::Same))}) {
    const std::vector<std::string> rows = lines(text);
    REQUIRE(rows.size() > 2);
    const auto commas = [](const std::string& row) {
      return std::count(row.begin(), row.end(), ',');
    };
    for (const std::string& row : rows) {
      INFO(row);
      CHECK(commas(row) == commas(rows.front()));
      CHECK(row.back() == '\r');
    }
  }
  CHECK(has(csv_run(run), ",run,,response,p50,"));
  CHECK(has(csv_run(run), ",run,,response,p99,,s"));  // 90 done jobs carry no p99
}

TEST_CASE("JUnit: a regression fails with its interval, an open question is skipped") {
  const std::string bad = junit_comparison(comparison(Verdict::Regressed));
  CHECK(has(bad,
            "<failure type=\"regression\" message=\"response_s mean +12.0% (95%: +10.0% to "
            "+14.0%)\">"));
  CHECK(has(bad, "tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"0\""));
  const std::string open = junit_comparison(comparison(Verdict::Inconclusive));
  CHECK(has(open, "failures=\"0\" errors=\"0\" skipped=\"2\""));
  RunSummary run = summary(100);
  run.valid = false;
  run.invalid_reasons = {"late"};
  CHECK(has(junit_run(run), "<failure type=\"invalid\" message=\"late\">"));
}

TEST_CASE("OpenMetrics: families are whole, labels escaped, the end is marked") {
  const std::vector<RunSummary> points(2, summary(100, kEvil));
  const std::string text = openmetrics_sweep(points);
  const std::vector<std::string> all = lines(text);
  CHECK(all.back() == "# EOF");
  std::vector<std::string> seen;
  for (const std::string& line : all) {
    if (line.rfind("# TYPE ", 0) == 0) {
      seen.push_back(line);
    } else if (line.rfind("# ", 0) != 0) {
      INFO(line);
      CHECK(line.rfind("rehearse_", 0) == 0);
      CHECK(has(line, "} "));
    }
  }
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(has(text,
            "# TYPE rehearse_response_seconds summary\n# UNIT rehearse_response_seconds "
            "seconds\n"));
}

TEST_CASE("k6's summary has what GitLab's widget reads, in milliseconds") {
  const auto value = json::parse(k6_run(summary(100)));
  REQUIRE(value.ok());
  const RunSummary run = summary(100);
  const auto number = [&](const char* pointer) {
    const json::Value* found = json::pointer_find(*value, pointer);
    REQUIRE(found != nullptr);
    return found->as_double();
  };
  CHECK(number("/metrics/http_req_waiting/p(90)") == Approx(*run.first_result_s.p90 * 1e3));
  CHECK(number("/metrics/http_req_duration/p(95)") == Approx(*run.response_s.p95 * 1e3));
  CHECK(number("/metrics/http_reqs/count") == 90);
  CHECK(number("/metrics/checks/passes") + number("/metrics/checks/fails") >= 0);
}

TEST_CASE("Google Benchmark's and Bencher's JSON are JSON, hostile texts and all") {
  const RunSummary run = summary(100, kEvil);
  const auto benchmark = json::parse(google_benchmark_run(run));
  REQUIRE(benchmark.ok());
  CHECK(json::pointer_find(*benchmark, "/context/json_schema_version")->as_integer() == 1);
  for (const json::Value& row : benchmark->find("benchmarks")->items()) {
    CHECK(row.find("time_unit")->as_string() == "ms");
    CHECK(row.find("name")->as_string().find('\n') == std::string::npos);
  }
  CHECK(json::pointer_find(*benchmark, "/benchmarks/0/real_time")->as_double() ==
        Approx(run.response_s.mean * 1e3));
  const auto bmf = json::parse(bmf_run(run));
  REQUIRE(bmf.ok());
  const json::Value& first = bmf->members().front().value;
  CHECK(first.find("latency")->find("value")->as_double() == Approx(run.response_s.mean * 1e9));
  CHECK(first.find("latency-p99") == nullptr);
}

TEST_CASE("annotations: at most ten of a level, one line each, no command in any text") {
  RunSummary run = summary(100, kEvil);
  for (int i = 0; i < 30; ++i) {
    run.invalid_reasons.push_back(kEvil);
  }
  const std::string text = annotations_run(run);
  std::size_t errors = 0;
  for (const std::string& line : lines(text)) {
    INFO(line);
    CHECK((line.rfind("::error ", 0) == 0 || line.rfind("::warning ", 0) == 0 ||
           line.rfind("::notice ", 0) == 0));
    CHECK(line.find('\x1b') == std::string::npos);
    errors += line.rfind("::error ", 0) == 0 ? 1u : 0u;
  }
  CHECK(errors == 10);
  CHECK(has(text, "%250A"));
  CHECK(annotations_comparison(comparison(Verdict::Regressed)).rfind("::error title=", 0) == 0);
  CHECK(annotations_comparison(comparison(Verdict::Improved)).rfind("::notice title=", 0) == 0);
}

TEST_CASE("an HdrHistogram log has a tagged line a metric, and none without the detail") {
  RunSummary run = summary(100);
  const std::vector<std::string> all = lines(hdr_run(run));
  REQUIRE(all.size() > 5);
  CHECK(all[0] == "#[Histogram log format version 1.3]");
  CHECK(std::count_if(all.begin(), all.end(), [](const std::string& line) {
          return line.rfind("Tag=response,0.000,", 0) == 0 && has(line, ",HISTF");
        }) == 1);
  run.detail.reset();
  CHECK(lines(hdr_run(run)).size() == 3);
}

TEST_CASE("hostile texts stay inside their place in every format") {
  const RunSummary run = summary(100, kEvil);
  const std::vector<RunSummary> points(2, run);
  const Writers writers = Writers::standard({});
  for (const std::string& name : writers.names()) {
    const Writer& writer = **writers.by_name(name);
    for (const std::string& text : {writer.run(run), writer.sweep(points),
                                    writer.comparison(comparison(Verdict::Regressed, kEvil))}) {
      INFO(name);
      CHECK(text.find('\x1b') == std::string::npos);
      CHECK(text.find('\xff') == std::string::npos);
      CHECK(text.find("\n::error::pwned") == std::string::npos);
      if (name == "junit") {
        CHECK_FALSE(has(text, "<b>"));
      }
    }
  }
}

TEST_CASE("the longest ending decides the format") {
  const Writers writers = Writers::standard({});
  CHECK((*writers.by_file("a.json"))->name() == "json");
  CHECK((*writers.by_file("a.bmf.json"))->name() == "bmf");
  CHECK((*writers.by_file("a.k6.json"))->name() == "k6");
  CHECK((*writers.by_file("a.benchmark.json"))->name() == "google-benchmark");
  CHECK((*writers.by_file("a.hlog"))->name() == "hdr");
  CHECK((*writers.by_file("a.xml"))->name() == "junit");
}

}  // namespace
}  // namespace rehearse::reports
