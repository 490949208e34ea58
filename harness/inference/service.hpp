#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/inference/seen_job.hpp"
#include "harness/json/value.hpp"

namespace rehearse::inference {

// What a kind of call is called in the scenario.
struct Service {
  std::string provider;
  std::string operation;
  std::string profile;    // that answers it
  bool is_plain = false;  // a request like any other: only its bytes are known
};

struct Services {
  std::map<CallKind, Service> of;
  json::Value providers = json::Value::object();  // as the scenario writes it
  std::vector<std::string> notes;
};

// A provider for each one that was called: the shipped profile of that name; else the one that
// speaks the same words. What a profile lacks (models, endpoints) is added by a change, with the
// recorded times and no price.
Services name_services(const std::vector<SeenJob>& jobs);

// A text that the scenario language takes as it is, whatever it holds.
std::string literal(std::string_view text);

}  // namespace rehearse::inference
