#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/real_world.hpp"
#include "harness/net/http_client.hpp"
#include "harness/provider/provider.hpp"
#include "harness/target/command.hpp"
#include "scenarios/model.hpp"

namespace rehearse::cli {

// What was measured of a job's process.
struct ProcessFigures {
  Duration cpu;
  Duration io_wait;
  double memory_peak_mb = 0;
};

// A job of the user's program (a command, or a request to a service), in the shape of a provider
// call, so that the engine's loads, stops and timeouts apply to it.
class AppProvider final : public provider::Provider {
 public:
  // `folder` is the scenario's, `jobs_folder` gets a folder for each job. `remote`: a service may
  // be on another machine.
  AppProvider(RealWorld& world, const scenarios::Scenario& scenario, std::filesystem::path folder,
              std::filesystem::path jobs_folder, bool remote);

  runtime::Task<provider::Outcome> call(const provider::Call& call,
                                        runtime::StopToken stop) override;
  Duration typical(const CallFeatures&) const override { return Duration::zero(); }

  // The figures of an ended job; forgets them.
  ProcessFigures take_figures(JobId job);
  // The first job that failed, and how: for people. Empty where none did.
  const std::string& first_trouble() const { return first_trouble_; }
  // Wall time at which scenario time was zero; known once a job has started.
  Instant run_start() const { return run_start_; }

 private:
  using Values = std::map<std::string, std::string>;
  Values values_of(const DrawKey& key, const std::filesystem::path& job_dir) const;
  target::Command command_of(const DrawKey& key) const;
  runtime::Task<provider::Outcome> run_program(DrawKey key, runtime::StopToken stop);
  runtime::Task<provider::Outcome> ask_service(DrawKey key, runtime::StopToken stop);
  void note_trouble(const DrawKey& key, const std::string& what);
  std::string fill_in(const std::string& text,
                      const std::map<std::string, std::string>& values) const;

  RealWorld& world_;
  const scenarios::Scenario& scenario_;
  const scenarios::App& app_;
  std::filesystem::path folder_;
  std::filesystem::path jobs_folder_;
  std::unique_ptr<net::HttpClient> client_;  // of a service
  std::map<std::uint64_t, ProcessFigures> figures_;
  std::string first_trouble_;
  Instant run_start_;
};

}  // namespace rehearse::cli
