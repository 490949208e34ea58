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
  // One that passed, with a word about it.
  void say(const std::string& classname, const std::string& name, const std::string& message) {
    add(classname, name, "<system-out>" + xml_safe(message) + "</system-out>");
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
      suite.say(run.header.scenario, name, "not met (" + objective.info.level + "): " + found);
    } else {
      suite.add(run.header.scenario, name);
    }
  }
  return suite.text();
}

// "+12% (95%: +10% to +14%)"; empty where there is no change to speak of.
std::string moved_text(const record::MetricChange& row) {
  const std::string interval =
      row.low && row.high ? " (95%: " + change(*row.low) + " to " + change(*row.high) + ")" : "";
  return row.change ? change(*row.change) + interval : "";
}

void add_change(const std::string& classname, const record::MetricChange& row, Suite& suite) {
  const std::string name = row.name + " " + row.statistic;
  const std::string moved = moved_text(row);
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
    suite.say(classname, name, std::string(stats::verdict_text(*row.verdict)) + " " + moved);
  }
}

std::string suites_of(const std::string& suites) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rehearse\">\n" + suites +
         "</testsuites>\n";
}

}  // namespace

std::string junit_run(const RunSummary& run) { return suites_of(suite_of(run)); }

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
  return suites_of(suite.text());
}

std::string junit_gate(const record::GateReport& gate) {
  Suite suite(gate.candidate);
  add_validity(gate.baseline, "the baseline is valid", suite);
  add_validity(gate.candidate, "the candidate is valid", suite);
  const std::string& scenario = gate.candidate.header.scenario;
  for (const record::GateRow& row : gate.rows) {
    const std::string found = row.value ? ": found " + in_unit(*row.value, row.unit) : "";
    const std::string moved = row.change.change ? ", " + moved_text(row.change) : "";
    if (row.outcome == record::GateOutcome::Inconclusive) {
      suite.skip(scenario, row.text, row.why.empty() ? "inconclusive" : row.why);
    } else if (row.outcome == record::GateOutcome::Fail && row.level == "fail") {
      suite.fail(scenario, row.text, row.delta ? "regression" : "objective",
                 row.text + found + moved);
    } else {
      const bool met = row.outcome == record::GateOutcome::Pass;
      suite.say(scenario, row.text, (met ? "met" : "not met (" + row.level + ")") + found + moved);
    }
  }
  return suites_of(suite.text());
}

std::string junit_document(const Document& document) {
  RunSummary stands_for;
  stands_for.header.scenario = document.title;
  stands_for.header.workload = "study";
  Suite suite(stands_for);
  std::string said;
  for (const Block& block : document.blocks) {
    if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
      for (const Line& line : paragraph->lines) {
        said += plain_text(line) + "; ";
      }
    }
  }
  suite.say(document.title, "report", said);
  return suites_of(suite.text());
}

std::string junit_audit(const record::Audit& audit) {
  std::string suites;
  for (const record::ScenarioAudit& audited : audit.scenarios) {
    RunSummary stands_for;
    stands_for.header.scenario = audited.scenario;
    stands_for.header.scenario_hash = audited.scenario_hash;
    stands_for.header.seed = audited.seed;
    stands_for.header.workload = "audit";
    Suite suite(stands_for);
    for (const record::JudgedClaim& claim : audited.claims) {
      const std::string said = claim.text + ": " + claim.overall.why;
      switch (claim.overall.verdict) {
        case record::ClaimVerdict::Holds:
          suite.say(audited.scenario, claim.id, said);
          break;
        case record::ClaimVerdict::Fails:
          suite.fail(audited.scenario, claim.id, "claim", said);
          break;
        case record::ClaimVerdict::CannotBeJudged:
          suite.skip(audited.scenario, claim.id, said);
          break;
      }
    }
    suites += suite.text();
  }
  return suites_of(suites);
}

std::string junit_sweep(std::span<const RunSummary> points) {
  std::string suites;
  for (const RunSummary& point : points) {
    suites += suite_of(point);
  }
  return suites_of(suites);
}

}  // namespace rehearse::reports
