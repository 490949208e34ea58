#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/cli/arguments.hpp"
#include "harness/cli/console.hpp"

namespace rehearse::cli {

// A verb: what it takes and what it does. Returns the exit code.
struct Command {
  Usage usage;
  std::function<int(const Arguments&, const Console&)> run;
};

Command check_command();
Command show_command();
Command init_command();
Command schema_command();
Command run_command();
Command compare_command();
Command plan_command();
Command whatif_command();
Command audit_command();
Command gate_command();
Command aa_command();
Command bench_command();
Command report_command();
Command history_command();
Command merge_command();
Command serve_command();
Command record_command();
Command calibrate_command();
Command infer_command();

// Every verb, in the order of the help.
std::vector<Command> all_commands();

}  // namespace rehearse::cli
