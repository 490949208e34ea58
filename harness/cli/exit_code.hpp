#pragma once

namespace rehearse::cli {

// What the process says to scripts; k6's numbers where k6 has one.
enum ExitCode : int {
  kPass = 0,
  kInternalError = 1,
  kUsage = 2,          // wrong flags or invalid input
  kInconclusive = 96,  // inconclusive or invalid run, where the policy makes that a failure
  kFailed = 99,        // an objective or a regression gate failed
  kInterrupted = 105,  // stopped by a signal, partial report written
  kKilled = 130,       // second signal
};

}  // namespace rehearse::cli
