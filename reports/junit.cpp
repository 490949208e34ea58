#include "harness/base/text.hpp"
#include "reports/encode.hpp"
#include "reports/figures.hpp"
#include "reports/formats.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

// Test cases of one suite, counted as they are written.
class Suite {
 public:
  explicit Suite(const RunSummary& run) : run_(run) {}

  // `body` is what stands inside the test case: nothing where it passed.
  void add(const std::string& classname, const std::string& name, const std::string& body = "") {
    ++tests_;
    cases_ += "    <testcase classname=\"" + xml_safe(classname) + "\" name=\"" + xml_safe(name) +
              "\" time=\"0\"" + (body.empty() ? "/>\n" : ">" + body + "</testcase>\n");
  }
  void fail(const std::string& classname, const std::string& name, const char* type,
            const std::string& message) {
    ++failures_;
    add(classname, name,
        "<failure type=\"" + std::string(type) + "\" message=\"" + xml_safe(message) + "\">" +
            xml_safe(message) + "</failure>");
  }
  void skip(const std::string& classname, const std::string& name, const std::string& message) {
    ++skipped_;
    add(classname, name, "<skipped message=\"" + xml_safe(message) + "\"/>");
  }

  std::string text() const {
    const record::Environment& place = run_.header.environment;
    std::string out =
        "  <testsuite name=\"" + xml_safe(run_name(run_)) + "\" tests=\"" + std::to_string(tests_) +
        "\" failures=\"" + std::to_string(failures_) + "\" errors=\"0\" skipped=\"" +
        std::to_string(skipped_) + "\" time=\"" + number_text(run_.wall_s) + "\" timestamp=\"" +
        iso_time(run_.header.created_unix_ms).substr(0, 19) + "\">\n    <properties>\n";
    const auto property = [&](const char* name, const std::string& value) {
      out += "      <property name=\"" + std::string(name) + "\" value=\"" + xml_safe(value) +
             "\"/>\n";
    };
    property("run", run_.header.id);
    property("scenario_hash", run_.header.scenario_hash);
    property("seed", std::to_string(run_.header.seed));
    property("world", run_.header.against + ", driven by " + run_.header.drive);
    property("machine", place.machine);
    property("cpu", place.cpu);
    property("os", place.os + ", " + place.kernel);
    property("rehearse", place.version + " " + place.commit);
    return out + "    </properties>\n" + cases_ + "  </testsuite>\n";
  }

 private:
  const RunSummary& run_;
  std::string cases_;
  std::size_t tests_ = 0, failures_ = 0, skipped_ = 0;
};

void add_validity(const RunSummary& run, const std::string& name, Suite& suite) {
  if (run.valid && run.complete) {
    suite.add(run.header.scenario, name);
  } else {
    suite.fail(run.header.scenario, name, "invalid",
               run.complete ? joined(run.invalid_reasons, "; ") : "the run did not end");
  }
}

std::string suite_of(const RunSummary& run) {
  Suite suite(run);
  add_validity(run, "the run is valid", suite);
  for (const record::ObjectiveSummary& objective : run.objectives) {
    const std::string& name = objective.info.text;
    const std::string found =
        objective.value ? "found " + in_unit(*objective.value, objective.unit) : "";
    if (!objective.met) {
      suite.skip(run.header.scenario, name, objective.why);
    } else if (!*objective.met && objective.info.level == "fail") {
      suite.fail(run.header.scenario, name, "objective", name + ": " + found);
    } else if (!*objective.met) {
      suite.add(run.header.scenario, name,
                "<system-out>" + xml_safe("not met (" + objective.info.level + "): " + found) +
                    "</system-out>");
    } else {
      suite.add(run.header.scenario, name);
    }
  }
  return suite.text();
}

void add_change(const std::string& classname, const record::MetricChange& row, Suite& suite) {
  const std::string name = row.name + " " + row.statistic;
  const std::string interval =
      row.low && row.high ? " (95%: " + change(*row.low) + " to " + change(*row.high) + ")" : "";
  const std::string moved = row.change ? change(*row.change) + interval : "";
  if (!row.verdict || *row.verdict == record::Verdict::Inconclusive) {
    std::string why = row.why;
    if (why.empty()) {
      why = row.more_jobs > 0 ? "about " + count(row.more_jobs) + " more jobs a side would decide"
                              : "inconclusive";
    }
    suite.skip(classname, name, why);
  } else if (*row.verdict == record::Verdict::Regressed) {
    suite.fail(classname, name, "regression", name + " " + moved);
  } else {
    suite.add(classname, name,
              "<system-out>" +
                  xml_safe(std::string(stats::verdict_text(*row.verdict)) + " " + moved) +
                  "</system-out>");
  }
}

std::string document(const std::string& suites) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rehearse\">\n" + suites +
         "</testsuites>\n";
}

}  // namespace

std::string junit_run(const RunSummary& run) { return document(suite_of(run)); }

std::string junit_comparison(const record::Comparison& comparison) {
  Suite suite(comparison.after);
  add_validity(comparison.before, "the run before is valid", suite);
  add_validity(comparison.after, "the run after is valid", suite);
  const std::string& scenario = comparison.after.header.scenario;
  for (const record::MetricChange& row : comparison.metrics) {
    add_change(scenario, row, suite);
  }
  for (const record::StageChange& stage : comparison.stages) {
    if (stage.in_before && stage.in_after) {
      add_change(scenario + "." + stage.stage, stage.response_s, suite);
    }
  }
  return document(suite.text());
}

std::string junit_sweep(std::span<const RunSummary> points) {
  std::string suites;
  for (const RunSummary& point : points) {
    suites += suite_of(point);
  }
  return document(suites);
}

}  // namespace rehearse::reports
