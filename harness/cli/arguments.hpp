#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

namespace rehearse::cli {

// One flag of a verb. Flags win over REHEARSE_NAME variables, which win over the defaults.
struct Flag {
  // Others: words that begin as the name does before its "*" are another program's flags, kept
  // whole and as they are.
  enum class Kind { Switch, Text, List, Others };
  std::string name;   // "--jobs" is "jobs"
  std::string value;  // what stands behind it in the help: "N"; empty for switches
  std::string help;
  Kind kind = Kind::Text;
};

// What a verb takes.
struct Usage {
  std::string verb;
  std::string positional;  // "SCENARIO…", for the help
  std::string summary;     // one sentence
  std::vector<Flag> flags;
  std::size_t least = 0;  // positional arguments
  std::size_t most = 0;
  std::string example;
};

// A verb's arguments, read and checked against its Usage (Boost.Program_options beneath).
class Arguments {
 public:
  // Reads what stands after the verb. Errors are one line each, with the nearest flag's name.
  static Result<Arguments> parse(const Usage& usage, const std::vector<std::string>& words);

  bool has(std::string_view flag) const;
  std::optional<std::string> text(std::string_view flag) const;
  std::vector<std::string> list(std::string_view flag) const;
  const std::vector<std::string>& positional() const { return positional_; }

  // Numbers and durations with their limits; errors name the flag, what was expected and found.
  Result<std::optional<std::uint64_t>> count(std::string_view flag, std::uint64_t least,
                                             std::uint64_t most) const;
  Result<std::optional<double>> number(std::string_view flag, double least, double most) const;

 private:
  struct Given {
    std::string flag;
    std::vector<std::string> values;
  };
  const Given* find(std::string_view flag) const;
  void give(const std::string& flag, const std::vector<std::string>& values);
  std::vector<Given> given_;
  std::vector<std::string> positional_;
};

// The text of `rehearse VERB --help`.
std::string help_text(const Usage& usage, std::size_t width);

}  // namespace rehearse::cli
