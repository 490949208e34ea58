#include <optional>
#include <variant>

#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/sim_player.hpp"
#include "harness/cli/study_start.hpp"
#include "harness/record/run_file.hpp"
#include "harness/study/model_check.hpp"
#include "harness/study/suggest.hpp"
#include "harness/study/what_if.hpp"

namespace rehearse::cli {
namespace {

struct WhatIfFlags {
  study::WhatIfOptions study;
  bool suggest = false;
  std::string recording;  // empty: none
  double bound = 0.09;
};

Result<WhatIfFlags> read_whatif_flags(const Arguments& arguments) {
  const auto jobs = arguments.count("jobs", 10, 1'000'000);
  const auto seed = arguments.count("seed", 0, UINT64_MAX);
  const auto exact = arguments.count("exact-players", 1, 16);
  if (!jobs || !seed || !exact) {
    return !jobs ? jobs.errors() : !seed ? seed.errors() : exact.errors();
  }
  const auto bound = arguments.number("model-error-bound", 0, 10);
  if (!bound) {
    return bound.errors();
  }
  WhatIfFlags out;
  out.study.jobs = jobs->value_or(out.study.jobs);
  out.study.seed = seed->value_or(out.study.seed);
  out.study.exact_players = exact->value_or(out.study.exact_players);
  out.study.workload = arguments.text("workload").value_or("");
  out.suggest = arguments.has("suggest");
  out.recording = arguments.text("recording").value_or("");
  out.bound = bound->value_or(out.bound);
  return out;
}

// A study, or how far its model is from the recording where that is too far.
using Found = std::variant<record::WhatIf, record::Suggestions, record::ModelCheck>;

Result<Found> study_of(const scenarios::ScenarioFile& file, const SimPlayer& player,
                       const WhatIfFlags& options,
                       const std::optional<record::ModelCheck>& model = {}) {
  const auto with_model = [&](auto study) -> Result<Found> {
    if (!study) {
      return study.errors();
    }
    study->model = model;
    return Found(std::move(study).value());
  };
  if (options.suggest) {
    study::SuggestOptions how;
    how.jobs = options.study.jobs;
    how.seed = options.study.seed;
    how.workload = options.study.workload;
    return with_model(study::suggest(file, player, how));
  }
  return with_model(study::what_if(file, player, options.study));
}

// The study of the scenario with the recording's times, where it predicts the recording well
// enough; else only how far off it is.
Result<Found> checked_study(const scenarios::ScenarioFile& file, const SimPlayer& player,
                            const WhatIfFlags& options) {
  const Result<record::Run> recording = record::load_run(options.recording);
  if (!recording) {
    return recording.errors();
  }
  study::ModelCheckOptions how;
  how.bound = options.bound;
  how.seed = options.study.seed;
  const Result<study::CheckedModel> model = study::check_model(file, player, *recording, how);
  if (!model) {
    return model.errors();
  }
  return model->check.withheld() ? Found(model->check)
                                 : study_of(model->fitted, player, options, model->check);
}

std::string written_by(const reports::Writer& writer, const Found& found) {
  if (const auto* study = std::get_if<record::WhatIf>(&found)) {
    return writer.what_if(*study);
  }
  if (const auto* suggested = std::get_if<record::Suggestions>(&found)) {
    return writer.suggestions(*suggested);
  }
  return writer.model_check(std::get<record::ModelCheck>(found));
}

int what_if(const Arguments& arguments, const Console& console) {
  const auto start = start_study(arguments, console, read_whatif_flags(arguments));
  if (!start) {
    return console.refuse(start.errors());
  }
  const WhatIfFlags& options = start->options;
  const SimPlayer player(start->file.folder());
  const Result<Found> found = options.recording.empty()
                                  ? study_of(start->file, player, options)
                                  : checked_study(start->file, player, options);
  if (!found) {
    return console.refuse(found.errors());
  }
  const Status written = start->output.write(
      console, [&](const reports::Writer& writer) { return written_by(writer, *found); });
  if (!written) {
    return console.refuse(written.errors());
  }
  return std::holds_alternative<record::ModelCheck>(*found) ? kInconclusive : kPass;
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
                {"recording", "FILE",
                 "a run file of the real pipeline: its times are taken, and its other "
                 "half is predicted first",
                 Kind::Text},
                {"model-error-bound", "SHARE",
                 "results are withheld (exit code 96) where a prediction is further off; "
                 "0.09",
                 Kind::Text},
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
