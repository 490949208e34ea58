#include "harness/base/text.hpp"
#include "reports/figures.hpp"
#include "reports/formats.hpp"
#include "reports/terminal.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

constexpr std::size_t kMostOfALevel = 10;  // GitHub shows no more of a step
constexpr std::size_t kLongest = 2000;

// Workflow commands end at a line end, and their properties at a colon or a comma.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : cut_to_width(terminal_safe(text), kLongest)) {
    if (c == '%') {
      out += "%25";
    } else if (property && c == ':') {
      out += "%3A";
    } else if (property && c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

class Commands {
 public:
  void add(const char* level, const std::string& title, const std::string& message) {
    std::size_t& written = *level == 'e' ? errors_ : *level == 'w' ? warnings_ : notices_;
    if (written++ < kMostOfALevel) {
      text_ += "::" + std::string(level) + " title=" + escaped(title, true) +
               "::" + escaped(message, false) + "\n";
    }
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t errors_ = 0, warnings_ = 0, notices_ = 0;
};

void add_run(const RunSummary& run, Commands& out) {
  const std::string title = "rehearse: " + run_name(run);
  if (!run.complete) {
    out.add("error", title, "the run did not end");
  }
  for (const std::string& reason : run.invalid_reasons) {
    out.add("error", title, "invalid: " + reason);
  }
  for (const record::ObjectiveSummary& objective : run.objectives) {
    const std::string& level = objective.info.level;
    if (!objective.met) {
      out.add("warning", title, objective.info.text + " cannot be judged: " + objective.why);
    } else if (!*objective.met) {
      out.add(level == "fail"   ? "error"
              : level == "warn" ? "warning"
                                : "notice",
              title,
              objective.info.text + " is not met: found " +
                  in_unit(objective.value.value_or(0), objective.unit));
    }
  }
}

}  // namespace

std::string annotations_run(const RunSummary& run) { return annotations_sweep({&run, 1}); }

std::string annotations_sweep(std::span<const RunSummary> points) {
  Commands out;
  for (const RunSummary& point : points) {
    add_run(point, out);
  }
  return out.take();
}

std::string annotations_gate(const record::GateReport& gate) {
  Commands out;
  const std::string title = "rehearse: gate of " + gate.candidate.header.scenario;
  for (const record::GateRow& row : gate.rows) {
    const std::string moved = row.change.change ? ", " + change(*row.change.change) : "";
    const std::string found = row.value ? ": found " + in_unit(*row.value, row.unit) : "";
    if (row.outcome == record::GateOutcome::Fail) {
      out.add(row.level == "fail"   ? "error"
              : row.level == "warn" ? "warning"
                                    : "notice",
              title, row.text + " is not met" + found + moved);
    } else if (row.outcome == record::GateOutcome::Inconclusive) {
      out.add("warning", title, row.text + " cannot be judged: " + row.why);
    }
  }
  for (const std::string& label : gate.labels) {
    out.add("notice", title, label);
  }
  if (gate.outcome == record::GateOutcome::Pass) {
    out.add("notice", title, "pass");
  }
  return out.take();
}

std::string annotations_audit(const record::Audit& audit) {
  Commands out;
  for (const record::ScenarioAudit& audited : audit.scenarios) {
    const std::string title = "rehearse: claims of " + audited.scenario;
    for (const record::JudgedClaim& claim : audited.claims) {
      if (claim.overall.verdict == record::ClaimVerdict::Fails) {
        out.add("warning", title, claim.id + " fails: " + claim.overall.why);
      }
    }
    out.add("notice", title,
            count(audited.count(record::ClaimVerdict::Holds)) + " hold, " +
                count(audited.count(record::ClaimVerdict::Fails)) + " fail, " +
                count(audited.count(record::ClaimVerdict::CannotBeJudged)) + " cannot be judged");
  }
  return out.take();
}

std::string annotations_document(const Document& document) {
  Commands out;
  for (const Block& block : document.blocks) {
    if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
      for (const Line& line : paragraph->lines) {
        out.add("notice", "rehearse: " + document.title, plain_text(line));
      }
      break;
    }
  }
  return out.take();
}

std::string annotations_comparison(const record::Comparison& comparison) {
  Commands out;
  const std::string title = "rehearse: " + comparison.after.header.scenario;
  const bool regressed = comparison.verdict == record::Verdict::Regressed;
  const bool open = comparison.verdict == record::Verdict::Inconclusive;
  out.add(regressed ? "error"
          : open    ? "warning"
                    : "notice",
          title, std::string(stats::verdict_text(comparison.verdict)) + ": " + comparison.headline);
  for (const record::StageChange& stage : comparison.stages) {
    if (regressed && stage.response_s.verdict == record::Verdict::Regressed) {
      out.add("warning", title,
              "stage " + stage.stage + ": " + seconds(stage.response_s.before) + " to " +
                  seconds(stage.response_s.after));
    }
  }
  for (const std::string& warning : comparison.warnings) {
    out.add("warning", title, warning);
  }
  return out.take();
}

}  // namespace rehearse::reports
