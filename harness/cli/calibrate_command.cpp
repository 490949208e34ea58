#include <set>

#include "harness/base/text.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/output_file.hpp"
#include "harness/cli/redrive.hpp"
#include "harness/cli/world.hpp"
#include "harness/json/write.hpp"
#include "harness/record/run_file.hpp"
#include "mocks/calibration/calibrate.hpp"
#include "mocks/calibration/read_timed_calls.hpp"

namespace rehearse::cli {
namespace {

using calibration::CallTable;
using calibration::Fidelity;

std::string today() {
  const std::string stem = record::default_run_stem("d", wall_clock().count_ns() / 1'000'000);
  return stem.substr(2, 4) + "-" + stem.substr(6, 2) + "-" + stem.substr(8, 2);
}

Result<CallTable> read_tables(const Arguments& arguments) {
  CallTable table;
  Errors errors;
  const std::string provider = arguments.text("provider").value_or("");
  for (const std::string& path : arguments.positional()) {
    Result<CallTable> one = calibration::load_timed_calls(path, provider);
    if (one) {
      table.add(std::move(one).value());
    } else {
      errors.insert(errors.end(), one.errors().begin(), one.errors().end());
    }
  }
  if (!errors.empty()) {
    return errors;
  }
  if (table.calls.empty()) {
    return Error{arguments.positional().front(),
                 "no call was answered: there is nothing to calibrate from" +
                     (table.failed > 0 ? " (" + std::to_string(table.failed) + " failed)" : "")};
  }
  return table;
}

// The one provider that the calls went to; a profile is of one.
Result<std::string> provider_of(const CallTable& table) {
  std::set<std::string> names;
  for (const calibration::TimedCall& call : table.calls) {
    names.insert(call.provider);
  }
  if (names.size() > 1) {
    std::string all;
    for (const std::string& name : names) {
      all += (all.empty() ? "" : ", ") + quoted_excerpt(name);
    }
    return Error{"--provider",
                 "the calls went to several providers, a profile is of one: choose " + all};
  }
  return names.begin()->empty() ? std::string("recorded") : *names.begin();
}

Result<Fidelity> measure(const Arguments& arguments, const CallTable& table,
                         const calibration::FitOptions& fit, std::uint64_t seed) {
  if (!arguments.has("redrive") || table.calls.size() < 2) {
    return calibration::measure(table, fit, seed);
  }
  const auto speed = arguments.number("speed", 0.1, 1000);
  const auto rounds = arguments.count("rounds", 1, 1000);
  if (!speed || !rounds) {
    return !speed ? speed.errors() : rounds.errors();
  }
  const calibration::Halves halves = calibration::split_halves(table, seed);
  const auto model = calibration::fitted_model(halves.fitted, fit);
  if (!model) {
    return model.errors();
  }
  RedriveOptions options;
  options.speed = speed->value_or(10);
  options.seed = seed;
  options.rounds = rounds->value_or(
      std::clamp<std::size_t>(4'000 / std::max<std::size_t>(halves.held.size(), 1), 1, 10));
  const Result<Redriven> again = redrive(*model, halves.held, options);
  if (!again) {
    return again.errors();
  }
  Fidelity fidelity = calibration::judge(halves.fitted.calls, halves.held, again->calls);
  fidelity.how = "over HTTP at speed " + number_text(options.speed);
  fidelity.wire_s = again->wire_s;
  return fidelity;
}

std::string summary_of(const CallTable& table, const std::string& name) {
  std::string out = "profile " + quoted_excerpt(name) + " of " +
                    std::to_string(table.calls.size()) + " calls; " + std::to_string(table.failed) +
                    " failed ones left out";
  if (table.kept_errors > 0) {
    out += "; " + std::to_string(table.kept_errors) +
           " kept that were answered, though their table calls them errors";
  }
  return out;
}

int calibrate(const Arguments& arguments, const Console& console) {
  const std::string format = arguments.text("format").value_or("terminal");
  if (format != "terminal" && format != "json") {
    console.fail(Error{"--format", "expected terminal or json, found " + quoted_excerpt(format)});
    return kUsage;
  }
  const auto seed = arguments.count("seed", 0, UINT64_MAX);
  if (!seed) {
    return console.refuse(seed.errors());
  }
  const Result<CallTable> table = read_tables(arguments);
  if (!table) {
    return console.refuse(table.errors());
  }
  const Result<std::string> provider = provider_of(*table);
  if (!provider) {
    return console.refuse(provider.errors());
  }
  const calibration::FitOptions fit{
      arguments.text("name").value_or(*provider), today(),
      "rehearse calibrate, " + std::to_string(table->calls.size()) + " calls"};
  const Result<Fidelity> fidelity = measure(arguments, *table, fit, seed->value_or(1));
  if (!fidelity) {
    return console.refuse(fidelity.errors());
  }
  console.out(format == "json" ? json::dump(calibration::fidelity_json(*fidelity), 2) + "\n"
                               : calibration::fidelity_text(*fidelity, console.width));
  console.say(summary_of(*table, fit.name));
  if (const auto out = arguments.text("out")) {
    // All calls make the profile; how well such a one fits was measured on halves.
    const std::string text = json::dump(calibration::fit_profile(*table, fit), 2) + "\n";
    const Status written = write_file(*out, text);
    if (!written) {
      return console.refuse(written.errors());
    }
    console.say("written to " + *out + "; try: rehearse serve --profile " + *out);
  }
  return kPass;
}

}  // namespace

Command calibrate_command() {
  using Kind = Flag::Kind;
  return {
      {.verb = "calibrate",
       .positional = "RECORDING…",
       .summary = "Makes a provider profile from recordings; says how well it fits.",
       .flags = {{"out", "FILE", "gets the profile (JSON)", Kind::Text},
                 {"name", "NAME", "of the profile; default: the provider's", Kind::Text},
                 {"provider", "NAME", "takes the calls to this provider alone", Kind::Text},
                 {"redrive", "", "measures over HTTP: mock server, client and recording proxy",
                  Kind::Switch},
                 {"speed", "X", "of --redrive; 10", Kind::Text},
                 {"rounds", "N", "of --redrive: how often each held-out call is made", Kind::Text},
                 {"seed", "N", "of the halves and draws; 1", Kind::Text},
                 {"format", "NAME", "of the fidelity on stdout: terminal (default), json",
                  Kind::Text},
                 {"quiet", "", "prints the fidelity only", Kind::Switch}},
       .least = 1,
       .most = 10'000,
       .example = "rehearse calibrate week.rehearsal --out mine.json"},
      &calibrate};
}

}  // namespace rehearse::cli
