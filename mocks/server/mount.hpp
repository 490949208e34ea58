#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/distribution.hpp"
#include "mocks/latency/provider_model.hpp"

namespace rehearse::server {

// How the calls of a stage look, in app drive; what is empty fits every call.
struct StageMatch {
  std::string stage;  // its path; its hash keys the draws
  std::string operation;
  std::string path;  // prefix of the path, below the mount
  std::string model;
  std::string body_contains;
  std::optional<std::uint32_t> nth;  // of the otherwise fitting calls of one job, from 1
  std::optional<Distribution> output_tokens;
};

// One provider that the server plays, under /NAME.
struct Mount {
  std::string name;
  std::shared_ptr<const latency::Profile> profile;
  std::vector<latency::StageTime> stage_times;
  latency::ModelOptions options;
  std::vector<StageMatch> stages;  // the first that fits wins
};

}  // namespace rehearse::server
