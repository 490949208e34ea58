#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "harness/cli/against.hpp"
#include "harness/record/run_header.hpp"
#include "scenarios/model.hpp"

namespace rehearse::cli {

struct HeaderOptions {
  std::uint64_t seed = 1;
  double speed = 1;
  std::string against = "sim";
  std::string drive = "stages";
  std::int64_t created_unix_ms = 0;
  std::uint64_t unique = 0;  // makes the run's id
  record::KeepRule keep;
  std::filesystem::path folder;  // of the scenario: where its profiles are looked for
  // Where they are known already, no file is read for them.
  std::optional<bool> isolated = {};
  std::optional<record::Environment> environment = {};
};

// What a run's file says about it before its first job.
record::RunHeader make_header(const scenarios::Scenario& scenario, const HeaderOptions& options);

// One line for people: "5 jobs, 1 at a time".
std::string workload_text(const scenarios::Workload& workload);

}  // namespace rehearse::cli
