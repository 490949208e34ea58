#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/base/text.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/mock_mounts.hpp"
#include "harness/cli/output_file.hpp"
#include "harness/cli/scenario_flags.hpp"
#include "harness/cli/world.hpp"
#include "mocks/latency/load_profile.hpp"
#include "mocks/server/mock_server.hpp"

namespace rehearse::cli {
namespace {

// The named profiles, the providers of a scenario, or every shipped profile under its own name.
Result<std::vector<server::Mount>> make_mounts(const Arguments& arguments) {
  std::vector<server::Mount> mounts;
  for (const std::string& file : arguments.list("profile")) {
    auto profile = latency::load_profile(file, ".");
    if (!profile) {
      return profile.errors();
    }
    server::Mount mount;
    mount.name = (*profile)->name;
    mount.profile = std::move(profile).value();
    mounts.push_back(std::move(mount));
  }
  if (!mounts.empty()) {
    if (!arguments.positional().empty()) {
      return Error{"--profile", "stands in place of a scenario: give one of the two"};
    }
    return mounts;
  }
  if (arguments.positional().empty()) {
    for (const std::string_view name : latency::shipped_profile_names()) {
      auto profile = latency::load_profile(name, ".");
      if (!profile) {
        return profile.errors();
      }
      server::Mount mount;
      mount.name = std::string(name);
      mount.profile = std::move(profile).value();
      mounts.push_back(std::move(mount));
    }
    return mounts;
  }
  const auto file = scenarios::load_scenario(arguments.positional().front());
  if (!file) {
    return file.errors();
  }
  const auto selection = read_selection(arguments);
  if (!selection) {
    return selection.errors();
  }
  const auto scenario = make_scenario(*file, *selection, arguments);
  if (!scenario) {
    return scenario.errors();
  }
  const auto profiles = load_profiles(*scenario, file->folder());
  if (!profiles) {
    return profiles.errors();
  }
  for (std::uint32_t i = 0; i < scenario->providers.size(); ++i) {
    mounts.push_back(make_mount(*scenario, i, (*profiles)[i]));
  }
  return mounts;
}

Result<server::MockServer::Options> read_serve_options(const Arguments& arguments) {
  server::MockServer::Options options;
  const auto port = arguments.count("port", 0, 65535);
  const auto speed = arguments.number("speed", 0.001, 1'000'000);
  const auto seed = arguments.count("seed", 0, UINT64_MAX);
  if (!port || !speed || !seed) {
    return !port ? port.errors() : !speed ? speed.errors() : seed.errors();
  }
  auto mounts = make_mounts(arguments);
  if (!mounts) {
    return mounts.errors();
  }
  options.mounts = std::move(mounts).value();
  options.port = static_cast<std::uint16_t>(port->value_or(0));
  options.speed = speed->value_or(1);
  options.seed = seed->value_or(1);
  options.address = arguments.text("address").value_or(options.address);
  options.allow_remote = arguments.has("allow-remote");
  options.require_key = arguments.has("require-key");
  options.closes_in_outage = true;
  if (const auto ceiling = arguments.text("pace-ceiling")) {
    const auto time = parse_duration(*ceiling);
    if (!time) {
      return Error{"--pace-ceiling", time.error().what};
    }
    options.pace_ceiling = *time;
  }
  return options;
}

// The bill, dearest first.
void say_bill(const server::Stats& stats, const Console& console) {
  constexpr std::size_t kShown = 20;
  console.say(std::to_string(stats.calls) + " calls, " + readable_money(stats.bill));
  std::vector<const server::BillRow*> rows;
  for (const server::BillRow& row : stats.bill_rows) {
    rows.push_back(&row);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto* a, const auto* b) { return a->cost > b->cost; });
  for (std::size_t i = 0; i < std::min(rows.size(), kShown); ++i) {
    const server::BillRow& row = *rows[i];
    console.say("  " + readable_money(row.cost) + "  " + std::to_string(row.calls) + " calls  " +
                terminal_safe(row.provider + "." + row.operation +
                              (row.model.empty() ? "" : " " + row.model) + " by " + row.caller));
  }
  if (rows.size() > kShown) {
    console.say("  … and " + std::to_string(rows.size() - kShown) + " more lines");
  }
}

int serve(const Arguments& arguments, const Console& console) {
  auto options = read_serve_options(arguments);
  if (!options) {
    return console.refuse(options.errors());
  }
  std::vector<std::string> names;
  for (const server::Mount& mount : options->mounts) {
    names.push_back(mount.name);
  }
  const auto server = server::MockServer::start(std::move(options).value());
  if (!server) {
    return console.refuse(server.errors());
  }
  const std::string url = (*server)->url();
  if (const auto ready = arguments.text("ready-file")) {
    const Status written = write_file(*ready, url + "\n");
    if (!written) {
      return console.refuse(written.errors());
    }
  }
  console.out(url + "\n");
  flush_out();
  for (const std::string& name : names) {
    console.say("  " + name + " at " + (*server)->url(name));
  }
  console.say("statistics at " + url + "/__rehearse/stats; Ctrl-C ends it");
  while (!interrupted()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  (*server)->stop();
  const server::Stats stats = (*server)->stats();
  say_bill(stats, console);
  if (const std::string pace = server::pace_text(stats.pace); !pace.empty()) {
    console.say("pace: " + pace);
  }
  return kPass;
}

}  // namespace

Command serve_command() {
  using Kind = Flag::Kind;
  Usage usage{
      .verb = "serve",
      .positional = "[SCENARIO]",
      .summary = "Serves the mock providers of a scenario, or all of them, over HTTP.",
      .flags = {{"port", "N", "0 (default) picks a free one; it is printed", Kind::Text},
                {"address", "IP", "127.0.0.1", Kind::Text},
                {"allow-remote", "", "allows addresses that others can reach", Kind::Switch},
                {"ready-file", "FILE", "gets the URL once the server is callable", Kind::Text},
                {"require-key", "", "refuses calls without an API key", Kind::Switch},
                {"profile", "FILE",
                 "serves this profile, such as one that calibrate made; repeatable", Kind::List},
                {"speed", "X", "divides every duration by X", Kind::Text},
                {"seed", "N", "of calls that do not name their own draw; 1", Kind::Text},
                {"pace-ceiling", "TIME",
                 "the pace is invalid where chunks are later than this at p99; 25ms", Kind::Text},
                {"quiet", "", "prints the URL only", Kind::Switch}},
      .least = 0,
      .most = 1,
      .example = "rehearse serve --port 8080"};
  const std::vector<Flag> selection = selection_flags();
  usage.flags.insert(usage.flags.end(), selection.begin(), selection.end());
  return {std::move(usage), &serve};
}

}  // namespace rehearse::cli
