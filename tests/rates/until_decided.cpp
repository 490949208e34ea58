#include "tests/rates/until_decided.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/base/check.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/compare_runs.hpp"

namespace rehearse::rates {
namespace {

// A stage of another name draws other luck from the same law.
constexpr const char* kPipeline = R"({{
  "scenario": "until-decided",
  "resources": {{ "gpu": {{ "slots": 2 }} }},
  "stages": {{
    "fetch": {{ "local": {{ "io": {{ "typical": "500ms", "spread": 0.4 }} }} }},
    "draft": {{ "local": {{ "io": {{ "typical": "1s", "spread": 0.3 }} }}, "after": ["fetch"] }},
    "image": {{ "local": {{ "io": {{ "typical": "2s", "spread": 0.3 }} }}, {} "after": ["draft"] }}
  }},
  "workloads": {{ "load": {{ {}, "jobs": 12 }} }},
  "variants": {{ "other": {{ "change": {{ "stages": {{
    "draft": null,
    "again": {{ "local": {{ "io": {{ "typical": "{}s", "spread": 0.3 }} }}, "after": ["fetch"] }},
    "image": {{ "after": ["again"] }}
  }} }} }} }}
}})";

struct ScratchFolder {
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rehearse-rates-XXXXXX").string();
    REHEARSE_CHECK(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

}  // namespace

Tries decided_until(const UntilDecided& trial, std::uint64_t first, std::uint64_t commands) {
  const ScratchFolder folder;
  const std::string scenario = (folder.path / "pipeline.json").string();
  std::ofstream(scenario) << fmt::format(
      kPipeline, trial.shared ? R"("uses": "gpu",)" : "",
      trial.shared ? R"("rate": "0.7/s")" : R"("concurrency": 1)", trial.factor);
  record::ComparisonOptions options;
  options.tolerance = 0;
  options.resamples = 1000;
  options.threads = 1;  // trials run side by side
  cli::Console console;
  console.quiet = true;
  Tries out;
  for (std::uint64_t i = 0; i < commands; ++i) {
    const std::string file = (folder.path / "compare.rehearsal").string();
    const auto arguments = cli::Arguments::parse(
        cli::compare_command().usage, {scenario, "--after", "other", "--until-decided", "--out",
                                       file, "--seed", std::to_string((first + i) * 10'000)});
    REHEARSE_CHECK(arguments.ok());
    const auto found = cli::compare_variants(*arguments, options, false, console);
    REHEARSE_CHECK(found.ok());
    ++out.tries;
    const record::Verdict verdict = found->comparison.verdict;
    const bool alarm =
        verdict == record::Verdict::Regressed || verdict == record::Verdict::Improved;
    out.hits += (trial.factor == 1 ? alarm : verdict == record::Verdict::Regressed) ? 1U : 0U;
    std::filesystem::remove(file);
  }
  return out;
}

}  // namespace rehearse::rates
