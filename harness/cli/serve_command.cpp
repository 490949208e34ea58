#include "harness/cli/command.hpp"
#include "harness/cli/exit_code.hpp"

namespace rehearse::cli {

Command serve_command() {
  return {{.verb = "serve",
           .positional = "[SCENARIO]",
           .summary = "Runs the mock providers as a server.",
           .flags = {},
           .least = 0,
           .most = 1,
           .example = "rehearse serve --port 8080"},
          [](const Arguments&, const Console& console) {
            console.fail(Error{"serve", "comes with the next commit"});
            return static_cast<int>(kInternalError);
          }};
}

}  // namespace rehearse::cli
