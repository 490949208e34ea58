#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "harness/study/player.hpp"
#include "mocks/latency/provider_model.hpp"

namespace rehearse::cli {

// Plays a study's scenarios in virtual time; each profile is read once. A study reads no gaps
// between a stream's chunks, so none are made.
class SimPlayer final : public study::Player {
 public:
  // `folder` is the scenario's: where profile files are looked for.
  explicit SimPlayer(std::filesystem::path folder)
      : folder_(std::move(folder)), environment_(record::read_environment()) {}

  Result<engine::RunOutcome> play(const scenarios::Scenario& scenario,
                                  const engine::Options& options,
                                  engine::JobSink& sink) const override;
  Result<engine::RunOutcome> play_watched(const scenarios::Scenario& scenario,
                                          const engine::Options& options, engine::JobSink& sink,
                                          study::Watch& watch) const override;
  std::unique_ptr<study::Repeat> repeat(const scenarios::Scenario& scenario) const override;
  record::RunHeader header(const scenarios::Scenario& scenario, std::uint64_t seed) const override;

  using Profiles = std::vector<std::shared_ptr<const latency::Profile>>;
  // The scenario's, with other limits.
  Result<Profiles> changed_profiles(const scenarios::Scenario& scenario,
                                    const std::vector<study::LimitChange>& changes) const;

 private:
  Result<Profiles> profiles_of(const scenarios::Scenario& scenario) const;

  std::filesystem::path folder_;
  record::Environment environment_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Profiles> known_;  // by the providers' own text
};

}  // namespace rehearse::cli
