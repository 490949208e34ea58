#include "harness/cli/run_file_flags.hpp"

#include <unistd.h>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/record/append_run.hpp"

namespace rehearse::cli {

std::vector<Flag> world_flags() {
  using Kind = Flag::Kind;
  return {
      {"against", "WORLD", "sim (default), mock or live; PROVIDER=mock|live for one of them",
       Kind::List},
      {"speed", "X", "mock: divides every duration of the scenario by X", Kind::Text},
      {"drive", "WHO",
       "stages (default: rehearse makes the calls) or app (the scenario's own program)",
       Kind::Text},
      {"seed", "N", "of all random draws; 1", Kind::Text},
      {"out", "FILE", "the run file; a dated name under runs/ otherwise", Kind::Text},
      {"max-errors", "RATE", "ends the run once this share of its jobs failed, e.g. 0.1",
       Kind::Text},
      {"max-in-flight", "N",
       "ends the run as saturated when more jobs than so many are inside; 1000000", Kind::Text},
      {"max-cost", "USD", "issues no further jobs once this much was spent", Kind::Text},
      {"abort-on", "OBJECTIVE",
       "ends the run once this is missed, e.g. \"p(95) < 15s\", and exits 99; repeatable",
       Kind::List},
      {"drain", "TIME", "what an interrupt leaves to jobs in flight, on the wall; 10s", Kind::Text},
      {"pace-ceiling", "TIME",
       "mock: the run is invalid where chunks were later than this at p99; 25ms", Kind::Text},
      {"yes", "", "live: spends the money without asking for --max-cost", Kind::Switch},
      {"dry-run", "", "prints jobs, calls, time and price, and sends nothing", Kind::Switch},
  };
}

std::vector<Flag> history_flags() {
  using Kind = Flag::Kind;
  return {
      {"append", "", "adds the run to --out, a history of runs, in place of making a file",
       Kind::Switch},
      {"label", "NAME", "what the run is called in a history, e.g. a commit", Kind::Text},
      {"branch", "NAME", "whose history the run belongs to", Kind::Text},
  };
}

std::string new_entry() {
  const auto now = static_cast<std::uint64_t>(wall_clock().count_ns());
  return record::run_id_text(mix64(now), mix64(now ^ static_cast<std::uint64_t>(getpid())));
}

Result<RunSetup> read_setup(const Arguments& arguments, const std::filesystem::path& folder) {
  RunSetup setup;
  setup.world.folder = folder;
  Result<Against> against = parse_against(arguments.list("against"));
  if (!against) {
    return against.errors();
  }
  setup.world.against = std::move(against).value();
  setup.drive = arguments.text("drive").value_or("stages");
  if (setup.drive != "stages" && setup.drive != "app") {
    return Error{"--drive", "expected stages or app, found " + quoted_excerpt(setup.drive)};
  }
  const auto speed = arguments.number("speed", 0.001, 1'000'000);
  const auto seed = arguments.count("seed", 0, UINT64_MAX);
  const auto errors = arguments.number("max-errors", 0, 1);
  const auto cost = arguments.number("max-cost", 0, 1e9);
  const auto inside = arguments.count("max-in-flight", 1, 10'000'000);
  Errors wrong;
  for (const Errors* found : {speed ? nullptr : &speed.errors(), seed ? nullptr : &seed.errors(),
                              errors ? nullptr : &errors.errors(), cost ? nullptr : &cost.errors(),
                              inside ? nullptr : &inside.errors()}) {
    if (found != nullptr) {
      wrong.insert(wrong.end(), found->begin(), found->end());
    }
  }
  if (!wrong.empty()) {
    return wrong;
  }
  for (const std::string& text : arguments.list("abort-on")) {
    Result<record::Objective> objective = record::parse_objective(text);
    if (!objective || objective->delta) {
      return Error{"--abort-on", objective ? quoted_excerpt(text) +
                                                 " speaks of a change: one run "
                                                 "alone has none"
                                           : objective.error().text()};
    }
    setup.abort_on.push_back(std::move(objective).value());
  }
  if (const auto text = arguments.text("drain")) {
    const Result<Duration> drain = parse_duration(*text);
    if (!drain) {
      return Error{"--drain", drain.error().what};
    }
    setup.drain = *drain;
  }
  if (const auto text = arguments.text("pace-ceiling")) {
    const Result<Duration> ceiling = parse_duration(*text);
    if (!ceiling) {
      return Error{"--pace-ceiling", ceiling.error().what};
    }
    setup.world.pace_ceiling = *ceiling;
  }
  if (*speed && setup.world.against.is_sim()) {
    return Error{"--speed", "virtual time has no speed: it needs --against mock"};
  }
  if (*speed && setup.world.against.any_live() && **speed != 1) {
    return Error{"--speed", "live providers have a speed of their own: expected 1, found " +
                                number_text(**speed)};
  }
  setup.world.speed = speed->value_or(1);
  setup.world.seed = seed->value_or(1);
  setup.max_error_rate = errors->value_or(1);
  setup.max_in_flight = inside->value_or(setup.max_in_flight);
  setup.entry = new_entry();
  setup.label = arguments.text("label").value_or("");
  setup.branch = arguments.text("branch").value_or("");
  if (arguments.has("append") && !arguments.has("out")) {
    return Error{"--append", "needs --out FILE: the history that the run is added to"};
  }
  if (*cost) {
    setup.max_cost = Money::from_usd(**cost);
  }
  return setup;
}

Result<std::unique_ptr<record::RunWriter>> create_run_file(const Arguments& arguments,
                                                           const std::string& scenario) {
  if (const auto out = arguments.text("out"); out && arguments.has("append")) {
    const std::filesystem::path path(*out);
    if (std::error_code ignored; std::filesystem::exists(path, ignored)) {
      // Better now than after the run.
      const Result<record::Run> there = record::load_run(path);
      if (!there) {
        return there.errors();
      }
    }
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    return record::RunWriter::create_unique(folder, path.stem().string() + "-part");
  }
  if (const auto out = arguments.text("out")) {
    return record::RunWriter::create(*out);
  }
  const std::int64_t now_ms = wall_clock().count_ns() / 1'000'000;
  return record::RunWriter::create_unique("runs", record::default_run_stem(scenario, now_ms));
}

Result<std::filesystem::path> close_run_file(const Arguments& arguments,
                                             record::RunWriter& writer) {
  const std::filesystem::path path = writer.path();
  const Status closed = writer.close();
  if (!closed) {
    return closed.errors();
  }
  if (!arguments.has("append")) {
    return path;
  }
  const Result<record::Run> run = record::load_run(path);
  if (!run) {
    return run.errors();
  }
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < run->points.size(); ++i) {
    all.push_back(i);
  }
  const std::filesystem::path to = *arguments.text("out");
  const Status appended = record::append_points(*run, all, to, {});
  if (!appended) {
    Error error = appended.error();
    error.what += "; the run lies in " + path.string();
    return error;
  }
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  return to;
}

}  // namespace rehearse::cli
