#include <fmt/format.h>

#include <exception>
#include <string>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/version.hpp"

namespace rehearse::cli {
namespace {

std::string overview(const std::vector<Command>& commands) {
  std::string out =
      "rehearse: benchmarks and load tests for generative-AI content pipelines\n\n"
      "usage: rehearse VERB [arguments]; rehearse VERB --help says more\n\n";
  for (const Command& command : commands) {
    out += fmt::format("  {:<9} {}\n", command.usage.verb, command.usage.summary);
  }
  return out +
         "\nexit codes: 0 pass, 1 internal error, 2 usage or invalid input, 96 invalid or\n"
         "inconclusive run, 99 an objective failed, 105 interrupted (report written),\n"
         "130 killed\n";
}

int dispatch(const std::vector<std::string>& words) {
  Console console = Console::detect();
  const std::vector<Command> commands = all_commands();
  if (words.empty()) {
    console.out(overview(commands));
    return kUsage;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    console.out(overview(commands));
    return kPass;
  }
  if (words[0] == "--version") {
    console.out(fmt::format("rehearse {} ({})\n", version(), commit()));
    return kPass;
  }
  std::vector<std::string> verbs;
  for (const Command& command : commands) {
    verbs.push_back(command.usage.verb);
    if (command.usage.verb != words[0]) {
      continue;
    }
    const Result<Arguments> arguments =
        Arguments::parse(command.usage, {words.begin() + 1, words.end()});
    if (!arguments) {
      console.fail(arguments.errors());
      return kUsage;
    }
    if (arguments->has("help")) {
      console.out(help_text(command.usage, console.width));
      return kPass;
    }
    console.quiet = arguments->has("quiet");
    return command.run(*arguments, console);
  }
  const std::string nearest = nearest_name(words[0], verbs);
  console.fail(Error{"", "there is no verb " + quoted_excerpt(words[0]) +
                             (nearest.empty() ? "" : ", did you mean \"" + nearest + "\"?") +
                             "; see 'rehearse --help'"});
  return kUsage;
}

}  // namespace

std::vector<Command> all_commands() {
  return {check_command(),   show_command(),      init_command(),    run_command(),
          compare_command(), gate_command(),      whatif_command(),  audit_command(),
          plan_command(),    report_command(),    history_command(), merge_command(),
          aa_command(),      bench_command(),     serve_command(),   record_command(),
          infer_command(),   calibrate_command(), schema_command()};
}

}  // namespace rehearse::cli

int main(int argc, char** argv) {
  using namespace rehearse::cli;
  try {
    catch_interrupts();
    const int code = dispatch({argv + 1, argv + argc});
    if (!flush_out() && !reader_has_gone()) {
      Console().fail(rehearse::Error{"standard output", "could not be written"});
      return code == kPass ? kInternalError : code;
    }
    return code;
  } catch (const std::bad_alloc&) {
    Console().fail(rehearse::Error{"", "out of memory"});
  } catch (const std::exception& error) {
    Console().fail(rehearse::Error{"internal error", error.what()});
  }
  return kInternalError;
}
