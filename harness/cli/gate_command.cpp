#include "harness/record/gate.hpp"

#include <filesystem>

#include "harness/cli/command.hpp"
#include "harness/cli/compare_runs.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/cli/run_file_flags.hpp"
#include "harness/record/append_run.hpp"
#include "harness/record/replications.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::cli {
namespace {

// A run file and the entry of it that is meant.
struct Side {
  record::Run run;
  record::Entry entry;
};

Result<Side> load(const std::string& path, const std::string& label) {
  Result<record::Run> run = record::load_run(path);
  if (!run) {
    return run.errors();
  }
  Result<record::Entry> entry = record::find_entry(*run, label);
  if (!entry) {
    return entry.errors();
  }
  return Side{std::move(run).value(), std::move(entry).value()};
}

// What is asked for, read and checked.
struct Asked {
  std::string baseline;
  std::string baseline_label;
  std::string reason;
  bool update = false;
  bool inconclusive_passes = true;
};

Result<Asked> read_asked(const Arguments& arguments) {
  Asked out;
  const auto baseline = arguments.text("baseline");
  if (!baseline) {
    return Error{"gate",
                 "--baseline FILE is missing: a run file, or a history of runs with "
                 "--baseline-label; the first one is made with --update-baseline"};
  }
  out.baseline = *baseline;
  out.baseline_label = arguments.text("baseline-label").value_or("");
  out.reason = arguments.text("reason").value_or("");
  out.update = arguments.has("update-baseline");
  if (out.update == out.reason.empty()) {
    return out.update
               ? Error{"--update-baseline", "needs --reason TEXT: why it is the new baseline"}
               : Error{"--reason", "goes with --update-baseline"};
  }
  const std::string policy = arguments.text("on-inconclusive").value_or("pass");
  if (policy != "pass" && policy != "fail") {
    return Error{"--on-inconclusive", "expected pass or fail, found \"" + policy + "\""};
  }
  out.inconclusive_passes = policy == "pass";
  return out;
}

Status update_baseline(const Side& candidate, const Asked& asked, const Console& console) {
  record::EntryMark mark{new_entry(), asked.baseline_label, candidate.entry.branch, asked.reason};
  if (mark.label.empty()) {
    mark.label = candidate.entry.label;
  }
  const Status added =
      record::append_points(candidate.run, candidate.entry.points, asked.baseline, mark);
  if (added) {
    console.say("baseline updated: " + asked.baseline + " (" + asked.reason + ")");
  }
  return added;
}

int exit_code(const record::GateReport& gate, const Asked& asked) {
  switch (gate.outcome) {
    case record::GateOutcome::Pass:
      return kPass;
    case record::GateOutcome::Fail:
      return kFailed;
    case record::GateOutcome::Inconclusive:
      break;
  }
  const bool invalid = !gate.candidate.valid || !gate.baseline.valid;
  return asked.inconclusive_passes && !invalid ? kPass : kInconclusive;
}

int judge(const Side& candidate, const Asked& asked, const Arguments& arguments,
          const ReportOutput& output, const Console& console) {
  const Result<Side> baseline = load(asked.baseline, asked.baseline_label);
  if (!baseline) {
    return console.refuse(baseline.errors());
  }
  const auto sides = record::load_sides({baseline->run, baseline->entry.points},
                                        {candidate.run, candidate.entry.points});
  if (!sides) {
    return console.refuse(sides.errors());
  }
  record::GateOptions options;
  options.gate = arguments.list("gate");
  Result<record::GateReport> gate = record::judge_gate(sides->before, sides->after, options);
  if (!gate) {
    Errors errors = gate.errors();
    for (Error& error : errors) {
      error.where = error.where == "baseline" ? "--baseline " + asked.baseline : error.where;
    }
    console.fail(errors);
    return kUsage;
  }
  if (output.wants_detail()) {
    const record::PointsOf before{baseline->run, baseline->entry.points};
    const record::PointsOf after{candidate.run, candidate.entry.points};
    gate->baseline.detail = detail_of(before, sides->before);
    gate->candidate.detail = detail_of(after, sides->after);
    if (gate->comparison) {
      add_detail(before, after, *sides, *gate->comparison);
    }
  }
  const bool passes = exit_code(*gate, asked) == kPass;
  const Status written = output.write(
      console, [&](const reports::Writer& writer) { return writer.gate(*gate, passes); });
  if (!written) {
    return console.refuse(written.errors());
  }
  return exit_code(*gate, asked);
}

int gate(const Arguments& arguments, const Console& console) {
  const Result<ReportOutput> output = ReportOutput::make(arguments, console);
  const Result<Asked> asked = read_asked(arguments);
  if (!output || !asked) {
    return console.refuse(!output ? output.errors() : asked.errors());
  }
  const Result<Side> candidate =
      load(arguments.positional().front(), arguments.text("label").value_or(""));
  if (!candidate) {
    return console.refuse(candidate.errors());
  }
  std::error_code ignored;
  int code = kPass;
  if (!asked->update || std::filesystem::exists(asked->baseline, ignored)) {
    code = judge(*candidate, *asked, arguments, *output, console);
    if (code == kUsage || !asked->update) {
      return code;
    }
  }
  const Status updated = update_baseline(*candidate, *asked, console);
  if (!updated) {
    return console.refuse(updated.errors());
  }
  return kPass;
}

}  // namespace

Command gate_command() {
  using Kind = Flag::Kind;
  Usage usage{
      .verb = "gate",
      .positional = "CANDIDATE",
      .summary = "Judges a run file for CI, by its objectives and a baseline.",
      .flags =
          {{"baseline", "FILE", "the run, or the history of runs, to compare with", Kind::Text},
           {"baseline-label", "NAME", "which run of a history; its newest otherwise", Kind::Text},
           {"label", "NAME", "which run of the candidate's file; its newest otherwise", Kind::Text},
           {"gate", "OBJECTIVE",
            "in place of the scenario's own gate list, e.g. \"delta(p95)<10%\"; repeatable",
            Kind::List},
           {"on-inconclusive", "POLICY",
            "pass (default, said loudly) or fail (exit 96); an invalid run always ends in 96",
            Kind::Text},
           {"update-baseline", "", "makes the candidate the newest run of --baseline",
            Kind::Switch},
           {"reason", "TEXT", "why; kept in the baseline's file", Kind::Text}},
      .least = 1,
      .most = 1,
      .example = "rehearse gate new.rehearsal --baseline main.rehearsal"};
  const std::vector<Flag> more = report_flags();
  usage.flags.insert(usage.flags.end(), more.begin(), more.end());
  return {std::move(usage), &gate};
}

}  // namespace rehearse::cli
