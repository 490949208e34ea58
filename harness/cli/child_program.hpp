#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/target/environment.hpp"

namespace rehearse::cli {

// A program that shares our terminal: its input, outputs and process group are ours. Killed and
// reaped where it still runs at the end.
class ChildProgram {
 public:
  // Starts it without a shell; `variables` are set on top of our environment. No other file of ours
  // is open in it. Errors: "command not found: x" and the like.
  static Result<ChildProgram> start(const std::vector<std::string>& argv,
                                    const target::Variables& variables);
  ChildProgram(ChildProgram&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  ChildProgram& operator=(ChildProgram&&) = delete;
  ~ChildProgram();

  // Its exit code, 128 + n where signal n ended it; nothing while it runs.
  std::optional<int> ended();
  void ask_to_end() const;

 private:
  explicit ChildProgram(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

}  // namespace rehearse::cli
