#include "harness/cli/app_provider.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/app_request.hpp"
#include "harness/json/write.hpp"
#include "harness/net/asio_runtime.hpp"
#include "scenarios/resolve.hpp"

namespace rehearse::cli {
namespace {

std::string input_text(const scenarios::InputValue& value) {
  const double* number = std::get_if<double>(&value);
  return number != nullptr ? number_text(*number) : std::get<std::string>(value);
}

// The value of an input for one job: as the engine draws it.
std::string draw_input(const scenarios::Input& input, const DrawKey& job) {
  if (input.feed) {
    return input_text(input.values[job.job % input.values.size()]);
  }
  DrawKey key = job;
  key.stage = hash_name(input.name);
  const double u = input.values.size() > 1 ? key.uniform(Dimension::Input) : 0;
  const auto found = std::upper_bound(input.cumulative.begin(), input.cumulative.end(), u);
  const auto place = static_cast<std::size_t>(found - input.cumulative.begin());
  return input_text(input.values[std::min(place, input.values.size() - 1)]);
}

// The line of a program's error output that says most: the last that speaks of an error, else the
// last one.
std::string telling_line(std::string_view text) {
  std::string_view best;
  bool best_is_error = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const bool is_error = line.find("rror") != std::string_view::npos;
    if (line.find_first_not_of(" \t\r") != std::string_view::npos && (is_error || !best_is_error)) {
      best = line;
      best_is_error = is_error;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return terminal_safe(best.substr(0, 200));
}

std::string trouble_of(const target::CommandResult& result) {
  std::string text;
  switch (result.end) {
    case target::CommandEnd::NotStarted:
      return result.error;
    case target::CommandEnd::Exited:
      text = fmt::format("exited with status {}", result.exit_code);
      break;
    case target::CommandEnd::Signalled:
      text = fmt::format("was ended by signal {}", result.signal);
      break;
    case target::CommandEnd::Stopped:
      text = "was stopped";
      break;
  }
  const std::string line = telling_line(result.err.tail);
  return line.empty() ? text : text + ": " + line;
}

}  // namespace

AppProvider::AppProvider(RealWorld& world, const scenarios::Scenario& scenario,
                         std::filesystem::path folder, std::filesystem::path jobs_folder,
                         bool remote)
    : world_(world),
      scenario_(scenario),
      app_(*scenario.app),
      folder_(std::move(folder)),
      jobs_folder_(std::move(jobs_folder)) {
  if (!app_.url.empty()) {
    net::ClientOptions options;
    options.connect.allow_remote = remote;
    client_ = std::make_unique<net::HttpClient>(world.asio(), options);
  }
}

// The loader has checked the names; a text that cannot be filled stays as it is and shows itself.
std::string AppProvider::fill_in(const std::string& text,
                                 const std::map<std::string, std::string>& values) const {
  const auto lookup = [&](std::string_view name) -> std::optional<scenarios::InputValue> {
    const auto found = values.find(std::string(name));
    return found == values.end() ? std::nullopt
                                 : std::optional<scenarios::InputValue>(found->second);
  };
  const Result<std::string> filled = scenarios::fill_text(text, lookup);
  return filled ? *filled : text;
}

AppProvider::Values AppProvider::values_of(const DrawKey& key,
                                           const std::filesystem::path& job_dir) const {
  Values values{{"job", std::to_string(key.job)},
                {"seed", std::to_string(key.seed)},
                {"job_dir", job_dir.string()}};
  for (const json::Member& parameter : scenario_.parameters.members()) {
    values[parameter.key] =
        parameter.value.is_string() ? parameter.value.as_string() : json::dump(parameter.value);
  }
  for (const scenarios::Input& input : scenario_.inputs) {
    if (!input.values.empty()) {  // else a column of a trace, which is a stage's own
      values[input.name] = draw_input(input, key);
    }
  }
  for (std::size_t i = 0; i < scenario_.providers.size(); ++i) {
    values["providers." + scenario_.providers[i].name + ".url"] = world_.url(i, key.job);
  }
  return values;
}

target::Command AppProvider::command_of(const DrawKey& key) const {
  const std::filesystem::path job_dir = jobs_folder_ / fmt::format("job-{}", key.job);
  std::filesystem::create_directories(job_dir);
  const Values values = values_of(key, job_dir);
  target::Command command;
  for (const std::string& word : app_.command) {
    command.argv.push_back(fill_in(word, values));
  }
  command.directory = folder_ / fill_in(app_.cwd.empty() ? "." : app_.cwd, values);
  for (const auto& [name, value] : app_.environment) {
    command.environment.emplace_back(name, fill_in(value, values));
  }
  command.stdout_file = job_dir / "stdout.txt";
  command.stderr_file = job_dir / "stderr.txt";
  return command;
}

void AppProvider::note_trouble(const DrawKey& key, const std::string& what) {
  if (first_trouble_.empty()) {
    first_trouble_ = fmt::format("job {}: {}", key.job, what);
  }
}

runtime::Task<provider::Outcome> AppProvider::call(const provider::Call& call,
                                                   runtime::StopToken stop) {
  net::AsioRuntime& rt = world_.asio();
  if (run_start_ == Instant()) {
    run_start_ = rt.wall_now() - (rt.now() - Instant()) * (1 / rt.speed());
  }
  if (client_) {
    co_return co_await ask_service(call.key, stop);
  }
  co_return co_await run_program(call.key, stop);
}

runtime::Task<provider::Outcome> AppProvider::ask_service(DrawKey key, runtime::StopToken stop) {
  const Values values = values_of(key, jobs_folder_);
  const auto fill = [&](const std::string& text) { return fill_in(text, values); };
  const Result<net::ClientRequest> request = app_request(app_, fill);
  provider::Outcome outcome;
  if (!request) {
    outcome.started = outcome.first_chunk = outcome.done = world_.asio().now();
    outcome.failure = provider::Failure::BadRequest;
    outcome.detail = request.error().text();
  } else {
    outcome = co_await run_request(world_.asio(), *client_, request.value(), stop);
  }
  if (!outcome.ok() && outcome.failure != provider::Failure::Cancelled) {
    note_trouble(key, outcome.detail);
  }
  co_return outcome;
}

runtime::Task<provider::Outcome> AppProvider::run_program(DrawKey key, runtime::StopToken stop) {
  net::AsioRuntime& rt = world_.asio();
  const target::Command command = command_of(key);
  const target::CommandResult result = co_await target::run_command(rt, command, stop);
  provider::Outcome outcome;
  outcome.started = result.started;
  outcome.done = result.done;
  outcome.first_chunk = result.done;
  if (result.end == target::CommandEnd::Stopped || stop.stop_requested()) {
    outcome.failure = provider::Failure::Cancelled;
  } else if (!result.ok()) {
    outcome.failure = provider::Failure::ServerError;
    outcome.detail = trouble_of(result);
    note_trouble(key, command.argv.front() + " " + outcome.detail);
  }
  ProcessFigures figures;
  figures.cpu = result.cpu;
  figures.io_wait = result.io_wait;
  figures.memory_peak_mb = static_cast<double>(result.peak_memory_bytes) / 1e6;
  figures_[key.job] = figures;
  co_return outcome;
}

ProcessFigures AppProvider::take_figures(JobId job) {
  const auto found = figures_.find(job.value);
  if (found == figures_.end()) {
    return {};
  }
  const ProcessFigures figures = found->second;
  figures_.erase(found);
  return figures;
}

}  // namespace rehearse::cli
