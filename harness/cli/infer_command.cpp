#include <algorithm>
#include <filesystem>

#include "harness/base/text.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/inferred_check.hpp"
#include "harness/cli/output_file.hpp"
#include "harness/cli/provider_variables.hpp"
#include "harness/inference/infer.hpp"
#include "harness/json/layout.hpp"
#include "harness/json/write.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::cli {
namespace {

namespace fs = std::filesystem;
using inference::RecordedJob;

struct ReadJob {
  RecordedJob job;
  std::string program;
  bool succeeded = true;
};

Result<ReadJob> read_recording(const std::string& path) {
  const Result<record::Run> run = record::load_run(path);
  if (!run) {
    return run.errors();
  }
  const record::RunPoint& point = run->points.front();
  if (point.header.against != "recorded") {
    return Error{path,
                 "is a run of a scenario, no recording: expected what 'rehearse record -- "
                 "COMMAND' writes"};
  }
  if (point.header.scenario == "served") {
    return Error{path,
                 "was recorded with --serve, where nobody can see which calls are one job: "
                 "record each job with 'rehearse record -- COMMAND'"};
  }
  Result<std::vector<record::RecordedCall>> calls = record::load_calls(path, true);
  if (!calls) {
    return calls.errors();
  }
  const Result<std::vector<record::JobRecord>> jobs = record::load_jobs(*run, 0);
  if (!jobs) {
    return jobs.errors();
  }
  if (jobs->size() != 1) {
    return Error{path, "holds " + std::to_string(jobs->size()) +
                           " jobs: expected one recording of "
                           "one job"};
  }
  ReadJob out;
  out.program = point.header.scenario;
  out.succeeded = jobs->front().end == record::JobEnd::Done;
  out.job.source = fs::path(path).filename().string();
  out.job.took = jobs->front().done - Instant();
  out.job.calls = std::move(calls).value();
  if (std::none_of(out.job.calls.begin(), out.job.calls.end(), [](const auto& call) {
        return call.end == record::CallEnd::Answered && call.status >= 200 && call.status < 400;
      })) {
    return Error{path, "no call was answered: there is nothing to make a scenario of"};
  }
  return out;
}

Result<std::vector<ReadJob>> read_recordings(const Arguments& arguments) {
  std::vector<ReadJob> out;
  Errors errors;
  for (const std::string& path : arguments.positional()) {
    Result<ReadJob> one = read_recording(path);
    if (one) {
      out.push_back(std::move(one).value());
    } else {
      errors.insert(errors.end(), one.errors().begin(), one.errors().end());
    }
  }
  return errors.empty() ? Result(std::move(out)) : Result<std::vector<ReadJob>>(errors);
}

// Jobs whose program failed made only some of their calls: they are left out where others did not.
std::vector<RecordedJob> chosen_jobs(std::vector<ReadJob> read, const Console& console) {
  const auto failed =
      std::count_if(read.begin(), read.end(), [](const ReadJob& each) { return !each.succeeded; });
  const bool all = static_cast<std::size_t>(failed) == read.size();
  if (failed > 0) {
    console.say(
        "warning: the program failed in " + std::to_string(failed) + " of " +
        std::to_string(read.size()) + " recordings" +
        (all ? ": what it would have called after that is missing" : "; these are left out"));
  }
  std::vector<RecordedJob> out;
  for (ReadJob& each : read) {
    if (all || each.succeeded) {
      out.push_back(std::move(each.job));
    }
  }
  return out;
}

// The "app" that is missing, as far as it is known: what was started with which arguments is not.
std::string app_example(const json::Value& scenario, const std::string& program) {
  json::Value command = json::Value::array();
  command.push(program);
  command.push("ARGUMENTS");
  json::Value variables = json::Value::object();
  for (const json::Member& provider : scenario.find("providers")->members()) {
    const auto& known = provider_variables();
    const auto found = std::find_if(known.begin(), known.end(), [&](const ProviderVariables& each) {
      return each.name == provider.key;
    });
    const std::string url = "${providers." + provider.key + ".url}";
    if (found == known.end()) {
      variables.set(variable_name(provider.key, "_BASE_URL"), url);
      continue;
    }
    const std::string base(found->url);
    const std::size_t path = base.find('/', base.find("://") + 3);
    variables.set(found->variables.front(),
                  url + (path == std::string::npos ? "" : base.substr(path)));
  }
  json::Value app = json::Value::object();
  app.set("command", std::move(command));
  app.set("env", std::move(variables));
  json::Value out = json::Value::object();
  out.set("app", std::move(app));
  const std::string text = json::dump(out);
  return text.substr(1, text.size() - 2);
}

int infer_scenario(const Arguments& arguments, const Console& console) {
  const auto out = arguments.text("out");
  std::error_code ignored;
  if (out && fs::exists(*out, ignored)) {
    return console.refuse({{*out, "exists already; it is not overwritten"}});
  }
  auto read = read_recordings(arguments);
  if (!read) {
    return console.refuse(read.errors());
  }
  const fs::path named_after = out ? fs::path(*out) : fs::path(read->front().program);
  const std::string name = arguments.text("name").value_or(named_after.stem().string());
  const std::string program = read->front().program;
  const std::vector<RecordedJob> jobs = chosen_jobs(std::move(*read), console);
  const Result<inference::Inferred> inferred = inference::infer(jobs, name);
  if (!inferred) {
    return console.refuse(inferred.errors());
  }
  const std::string text = json::dump_for_people(inferred->scenario);
  const Result<InferredCheck> check = check_inferred(text, *inferred, jobs);
  if (!check) {
    console.fail(check.errors());
    console.fail(Error{"internal error", "the scenario that was inferred is not valid"});
    return kInternalError;
  }
  if (out) {
    const Status written = write_new_file(*out, text);
    if (!written) {
      return console.refuse(written.errors());
    }
  } else {
    console.out(text);
  }
  console.say(terminal_safe(check->text()));
  for (const std::string& warning : check->warnings()) {
    console.say(warning);
  }
  for (const std::string& note : inferred->notes) {
    console.say("note: " + terminal_safe(note));
  }
  console.say("note: for --drive app add how the program is started, such as " +
              terminal_safe(app_example(inferred->scenario, program)));
  if (out) {
    console.say("wrote " + *out + "; try: rehearse run " + *out);
  }
  return kPass;
}

}  // namespace

Command infer_command() {
  using Kind = Flag::Kind;
  return {{.verb = "infer",
           .positional = "RECORDING…",
           .summary = "Makes a scenario of recordings: stages, order, times and sizes.",
           .flags = {{"out", "FILE", "gets the scenario; never overwrites a file; default: stdout",
                      Kind::Text},
                     {"name", "NAME", "of the scenario; default: that of --out, else the program's",
                      Kind::Text},
                     {"quiet", "", "prints the scenario only", Kind::Switch}},
           .least = 1,
           .most = 10'000,
           .example = "rehearse infer monday.rehearsal tuesday.rehearsal --out mine.json"},
          &infer_scenario};
}

}  // namespace rehearse::cli
