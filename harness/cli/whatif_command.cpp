#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/cli/sim_player.hpp"
#include "harness/study/suggest.hpp"
#include "harness/study/what_if.hpp"
#include "reports/documents.hpp"
#include "reports/json.hpp"

namespace rehearse::cli {
namespace {

Result<study::WhatIfOptions> read_whatif_options(const Arguments& arguments) {
  const auto jobs = arguments.count("jobs", 10, 1'000'000);
  const auto seed = arguments.count("seed", 0, UINT64_MAX);
  const auto exact = arguments.count("exact-players", 1, 16);
  if (!jobs || !seed || !exact) {
    return !jobs ? jobs.errors() : !seed ? seed.errors() : exact.errors();
  }
  study::WhatIfOptions out;
  out.jobs = jobs->value_or(out.jobs);
  out.seed = seed->value_or(out.seed);
  out.exact_players = exact->value_or(out.exact_players);
  out.workload = arguments.text("workload").value_or("");
  return out;
}

Result<record::WhatIf> study_file(const std::string& path, const study::WhatIfOptions& options) {
  const Result<scenarios::ScenarioFile> file = scenarios::load_scenario(path);
  if (!file) {
    return file.errors();
  }
  const SimPlayer player(file->folder());
  return study::what_if(*file, player, options);
}

Result<record::Suggestions> suggest_for(const std::string& path,
                                        const study::WhatIfOptions& options) {
  const Result<scenarios::ScenarioFile> file = scenarios::load_scenario(path);
  if (!file) {
    return file.errors();
  }
  study::SuggestOptions how;
  how.jobs = options.jobs;
  how.seed = options.seed;
  how.workload = options.workload;
  return study::suggest(*file, SimPlayer(file->folder()), how);
}

int suggest(const Arguments& arguments, const ReportOutput& output,
            const study::WhatIfOptions& options, const Console& console) {
  const Result<record::Suggestions> found = suggest_for(arguments.positional().front(), options);
  if (!found) {
    return console.refuse(found.errors());
  }
  const Status written = output.write(console, [&](const reports::Writer& writer) {
    return writer.other(reports::suggestions_document(*found), reports::suggestions_json(*found));
  });
  return written ? kPass : console.refuse(written.errors());
}

int what_if(const Arguments& arguments, const Console& console) {
  const Result<ReportOutput> output = ReportOutput::make(arguments, console);
  const Result<study::WhatIfOptions> options = read_whatif_options(arguments);
  if (!output || !options) {
    return console.refuse(output ? options.errors() : output.errors());
  }
  if (arguments.has("suggest")) {
    return suggest(arguments, *output, *options, console);
  }
  const Result<record::WhatIf> found = study_file(arguments.positional().front(), *options);
  if (!found) {
    return console.refuse(found.errors());
  }
  const Status written = output->write(console, [&](const reports::Writer& writer) {
    return writer.other(reports::what_if_document(*found), reports::what_if_json(*found));
  });
  if (!written) {
    return console.refuse(written.errors());
  }
  return kPass;
}

}  // namespace

Command whatif_command() {
  using Kind = Flag::Kind;
  Usage usage{
      .verb = "whatif",
      .positional = "SCENARIO",
      .summary = "What every variant is worth, and what a faster stage would bring.",
      .flags = {{"workload", "NAME", "what is played; the first", Kind::Text},
                {"jobs", "N", "of each coalition of variants; 1000", Kind::Text},
                {"seed", "N", "of all draws; 1", Kind::Text},
                {"suggest", "", "tries changes that nobody wrote down instead", Kind::Switch},
                {"exact-players", "N", "more than so many share by sampled orders; 12",
                 Kind::Text}},
      .least = 1,
      .most = 1,
      .example = "rehearse whatif scenarios/auto-post.json --workload batch_5"};
  for (Flag& flag : report_flags()) {
    usage.flags.push_back(std::move(flag));
  }
  return {std::move(usage), &what_if};
}

}  // namespace rehearse::cli
