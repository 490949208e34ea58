#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/cli/sim_player.hpp"
#include "harness/study/audit.hpp"

namespace rehearse::cli {
namespace {

Result<study::AuditOptions> read_audit_options(const Arguments& arguments) {
  const auto jobs = arguments.count("jobs", 100, 10'000'000);
  const auto seed = arguments.count("seed", 0, UINT64_MAX);
  if (!jobs || !seed) {
    return jobs ? seed.errors() : jobs.errors();
  }
  study::AuditOptions out;
  out.jobs = jobs->value_or(out.jobs);
  out.seed = seed->value_or(out.seed);
  return out;
}

Result<record::ScenarioAudit> audit_file(const std::string& path,
                                         const study::AuditOptions& options) {
  const Result<scenarios::ScenarioFile> file = scenarios::load_scenario(path);
  if (!file) {
    return file.errors();
  }
  if (file->claims().empty()) {
    return Error{path, "has no claims to judge: add \"claims\""};
  }
  const SimPlayer player(file->folder());
  return study::audit(*file, player, options);
}

int audit(const Arguments& arguments, const Console& console) {
  const Result<ReportOutput> output = ReportOutput::make_of_study(arguments, console);
  const Result<study::AuditOptions> options = read_audit_options(arguments);
  if (!output || !options) {
    return console.refuse(output ? options.errors() : output.errors());
  }
  record::Audit out;
  Errors errors;
  for (const std::string& path : arguments.positional()) {
    Result<record::ScenarioAudit> one = audit_file(path, *options);
    if (one) {
      out.scenarios.push_back(std::move(one).value());
    } else {
      errors.insert(errors.end(), one.errors().begin(), one.errors().end());
    }
  }
  if (!errors.empty()) {
    console.fail(errors);
    return kUsage;
  }
  const Status written =
      output->write(console, [&](const reports::Writer& writer) { return writer.audit(out); });
  if (!written) {
    return console.refuse(written.errors());
  }
  return kPass;
}

}  // namespace

Command audit_command() {
  Usage usage{.verb = "audit",
              .positional = "SCENARIO…",
              .summary = "Judges every claim of a scenario's report: holds, fails, open.",
              .flags = {{"jobs", "N", "of each point that is played; 10000", Flag::Kind::Text},
                        {"seed", "N", "of all draws; 1", Flag::Kind::Text}},
              .least = 1,
              .most = 1000,
              .example = "rehearse audit scenarios/auto-post.json --report audit.md"};
  for (Flag& flag : report_flags()) {
    usage.flags.push_back(std::move(flag));
  }
  return {std::move(usage), &audit};
}

}  // namespace rehearse::cli
