#include "harness/base/text.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/http_player.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/scenario_flags.hpp"
#include "harness/cli/sim_player.hpp"
#include "harness/cli/study_start.hpp"
#include "harness/study/capacity.hpp"
#include "scenarios/scalar.hpp"

namespace rehearse::cli {
namespace {

constexpr double kMostRate = 1e7;

// "50/s", "1000/day", or a bare number of jobs a second.
Result<std::optional<double>> read_rate(const Arguments& arguments, const char* flag) {
  const auto text = arguments.text(flag);
  if (!text) {
    return std::optional<double>();
  }
  const std::string whole = text->find('/') == std::string::npos ? *text + "/s" : *text;
  const Result<double> rate =
      scenarios::read_quantity(json::Value(whole), scenarios::Unit::Rate, false);
  if (!rate || !(*rate > 0) || *rate > kMostRate) {
    return Error{
        std::string("--") + flag,
        "expected a rate such as 50/s or 1000/day, above 0 and at most 10,000,000/s, found " +
            quoted_excerpt(*text)};
  }
  return std::optional<double>(*rate);
}

Status read_numbers(const Arguments& arguments, study::CapacityOptions& out) {
  const auto jobs = arguments.count("jobs", 1'000, 10'000'000);
  const auto seed = arguments.count("seed", 0, UINT64_MAX);
  const auto precision = arguments.number("precision", 0.001, 0.5);
  const auto users = arguments.count("target-users", 1, 1'000'000);
  const auto value = arguments.number("value-per-job", 0, 1e9);
  const auto lost = arguments.number("lost", 0, 1);
  Errors wrong;
  const auto note = [&](const auto& read) {
    if (!read) {
      wrong.insert(wrong.end(), read.errors().begin(), read.errors().end());
    }
  };
  note(jobs);
  note(seed);
  note(precision);
  note(users);
  note(value);
  note(lost);
  if (!wrong.empty()) {
    return wrong;
  }
  out.jobs = *jobs;
  out.seed = seed->value_or(out.seed);
  out.precision = precision->value_or(out.precision);
  out.errors = lost->value_or(out.errors);
  if (*value) {
    out.value_per_job_usd = **value;
  }
  if (*users) {
    out.target_users = static_cast<double>(**users);
  }
  return Done{};
}

Result<study::CapacityOptions> read_options(const Arguments& arguments) {
  study::CapacityOptions out;
  Result<scenarios::Selection> selection = read_selection(arguments);
  if (!selection) {
    return selection.errors();
  }
  out.selection = std::move(selection).value();
  // Of a plan these are no parts of the workload.
  out.selection.parameters.erase("rate");
  out.selection.parameters.erase("jobs");
  const Status numbers = read_numbers(arguments, out);
  if (!numbers) {
    return numbers.errors();
  }
  out.objectives = arguments.list("objective");
  const auto target = read_rate(arguments, "target");
  const auto at = read_rate(arguments, "rate");
  const auto volume = read_rate(arguments, "volume");
  if (!target || !at || !volume) {
    return !target ? target.errors() : !at ? at.errors() : volume.errors();
  }
  if (*target && out.target_users) {
    return Error{"--target-users",
                 "give one of --target and --target-users: a plan sizes one load"};
  }
  out.target_per_s = *target;
  out.at_per_s = *at;
  if (*volume) {
    out.volume_a_month = **volume * 365.25 / 12 * 86'400;
  }
  if (const auto text = arguments.text("duration")) {
    const Result<Duration> length = parse_duration(*text);
    if (!length || *length <= Duration::zero()) {
      return Error{"--duration", "expected a time such as 1d, found " + quoted_excerpt(*text)};
    }
    out.at_length = *length;
  }
  if (const auto text = arguments.text("think")) {
    const Result<Duration> think = parse_duration(*text);
    if (!think) {
      return Error{"--think", think.error().what};
    }
    out.think_s = think->count_s();
  }
  const std::string axis = arguments.text("axis").value_or("both");
  if (axis != "both" && axis != "rate" && axis != "users") {
    return Error{"--axis", "expected rate, users or both, found " + quoted_excerpt(axis)};
  }
  out.rate = axis != "users";
  out.users = axis != "rate";
  return out;
}

// --against mock: the knees once more over HTTP.
Result<bool> read_check(const Arguments& arguments, HttpPlayer& http, study::CapacityOptions& out) {
  const Result<Against> against = parse_against(arguments.list("against"));
  const auto speed = arguments.number("speed", 0.001, 1'000'000);
  if (!against || !speed) {
    return against ? speed.errors() : against.errors();
  }
  if (against->any_live()) {
    return Error{"--against", "a plan loads a system until it breaks: expected sim or mock"};
  }
  if (against->is_sim()) {
    if (*speed || arguments.has("wall")) {
      return Error{*speed ? "--speed" : "--wall", "is of plays over HTTP: it needs --against mock"};
    }
    return false;
  }
  study::HttpCheck check{.player = &http, .speed = *speed};
  if (const auto text = arguments.text("wall")) {
    const Result<Duration> wall = parse_duration(*text);
    if (!wall || *wall <= Duration::zero() || *wall > Duration::seconds(86'400)) {
      return Error{"--wall",
                   "expected a time such as 2m, at most a day, found " + quoted_excerpt(*text)};
    }
    check.wall = *wall;
  }
  check.begins = [&http](double how_fast, const std::string& what, std::uint64_t jobs) {
    http.begin(how_fast, what, jobs);
  };
  check.stopped = &interrupted;
  out.check = std::move(check);
  return true;
}

int plan(const Arguments& arguments, const Console& console) {
  auto start = start_study(arguments, console, read_options(arguments));
  if (!start) {
    return console.refuse(start.errors());
  }
  const std::filesystem::path folder = start->file.folder();
  const SimPlayer player(folder);
  HttpPlayer http(player, console, {.against = {.all = WorldKind::Mock}, .folder = folder});
  const Result<bool> checks = read_check(arguments, http, start->options);
  if (!checks) {
    return console.refuse(checks.errors());
  }
  start->options.stopped = &interrupted;
  const Result<record::CapacityPlan> found =
      study::plan_capacity(start->file, player, start->options);
  if (!found) {
    const int refused = console.refuse(found.errors());
    return interrupted() ? kInterrupted : refused;
  }
  const Status written = start->output.write(
      console, [&](const reports::Writer& writer) { return writer.plan(*found); });
  if (!written) {
    return console.refuse(written.errors());
  }
  return interrupted() ? kInterrupted : kPass;
}

}  // namespace

Command plan_command() {
  using Kind = Flag::Kind;
  Usage usage{.verb = "plan",
              .positional = "SCENARIO",
              .summary = "The largest load inside the objectives, and what binds it.",
              .flags = selection_flags(),
              .least = 1,
              .most = 1,
              .example = "rehearse plan scenarios/talking-photo.json --target-users 1000"};
  const std::vector<Flag> own{
      {"axis", "WHAT", "rate, users or both (default): what is turned", Kind::Text},
      {"objective", "TEXT", "a further objective, e.g. \"p(95) < 90s\"; repeatable", Kind::List},
      {"lost", "SHARE", "jobs that may be lost where no objective says so; 0.01", Kind::Text},
      {"think", "TIME", "of users, where no workload has any", Kind::Text},
      {"target", "R", "says what R takes, e.g. 50/s: limits, slots, money", Kind::Text},
      {"target-users", "N", "the same of N users", Kind::Text},
      {"rate", "R", "says how R goes, e.g. 10000/s", Kind::Text},
      {"duration", "TIME", "… for so long; 1d", Kind::Text},
      {"against", "WORLD",
       "mock: looks at what was found once more over HTTP; sim (default) does not", Kind::List},
      {"speed", "X", "mock: scenario seconds a wall second; as the load allows", Kind::Text},
      {"wall", "TIME", "mock: how long rate and users may take each, on the wall; 1m", Kind::Text},
      {"volume", "R", "jobs in real life, e.g. 1000/day, for money a month", Kind::Text},
      {"value-per-job", "USD", "what a finished job earns", Kind::Text},
      {"jobs", "N", "of a probe that decides, at most; as many as take a moment", Kind::Text},
      {"precision", "SHARE", "half of the interval that is aimed at; 0.01", Kind::Text},
      {"seed", "N", "of all draws; 1", Kind::Text}};
  usage.flags.insert(usage.flags.end(), own.begin(), own.end());
  for (Flag& flag : report_flags()) {
    usage.flags.push_back(std::move(flag));
  }
  return {std::move(usage), &plan};
}

}  // namespace rehearse::cli
