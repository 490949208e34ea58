#pragma once

#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/usage.hpp"
#include "harness/inference/recorded_job.hpp"
#include "harness/json/value.hpp"

// Recordings → a scenario of the program that was recorded: its stages, their order and figures.
namespace rehearse::inference {

// What an answered call used, in the scenario's words: enough to price it.
struct CallUse {
  std::string provider;
  std::string operation;
  std::string model;
  std::string size;
  std::string quality;
  Usage usage;
};

struct Inferred {
  json::Value scenario;
  std::vector<std::string> notes;           // what is guessed, left out or to be done; a line each
  std::vector<std::vector<CallUse>> calls;  // by job
};

// A pure function. `name` is the scenario's. Errors: no job, or none with a call that was answered.
Result<Inferred> infer(const std::vector<RecordedJob>& jobs, const std::string& name);

}  // namespace rehearse::inference
