#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "harness/inference/stage.hpp"

namespace rehearse::inference {
namespace {

using record::CallEnd;
using record::RecordedCall;

// How a failure is called in a profile; empty where a fault cannot bring it about.
std::string fault_of(const RecordedCall& call) {
  switch (call.end) {
    case CallEnd::NoConnection:
      return "connection_refused";
    case CallEnd::ConnectionLost:
      return "connection_reset";
    case CallEnd::Malformed:
      return "malformed_body";
    case CallEnd::Answered:
      return call.status >= 400 && call.status < 600 ? "status" : "";
    case CallEnd::Open:
    case CallEnd::ClientLeft:
      break;
  }
  return "";
}

struct Fault {
  std::string fault;
  std::uint16_t status = 0;
  auto operator<=>(const Fault&) const = default;
};

struct Attempts {
  std::size_t all = 0;
  std::map<Fault, std::size_t> failed;
};

using Place = std::pair<std::string, std::string>;  // provider and operation

std::map<Place, Attempts> attempts_of(const Pipeline& pipeline) {
  std::map<Place, Attempts> out;
  for (const SeenJob& job : pipeline.jobs) {
    for (const SeenCall& call : job.calls) {
      const Service& service = pipeline.services.of.at(kind_of(*call.answer));
      Attempts& attempts = out[{service.provider, service.operation}];
      attempts.all += 1 + call.failures.size();
      for (const RecordedCall* failure : call.failures) {
        const std::string fault = fault_of(*failure);
        if (!fault.empty()) {
          ++attempts.failed[{fault, fault == "status" ? failure->status : std::uint16_t{0}}];
        }
      }
    }
  }
  return out;
}

}  // namespace

json::Value failing_variant(const Pipeline& pipeline) {
  std::map<std::string, json::Value> faults;  // by provider
  for (const auto& [place, attempts] : attempts_of(pipeline)) {
    for (const auto& [fault, count] : attempts.failed) {
      json::Value entry = json::Value::object();
      entry.set("fault", fault.fault);
      if (fault.status != 0) {
        entry.set("status", static_cast<std::int64_t>(fault.status));
      }
      entry.set("operation", place.second);
      const double share = static_cast<double>(count) / static_cast<double>(attempts.all);
      entry.set("probability", std::round(share * 1e4) / 1e4);
      const std::string number = fault.status != 0 ? std::to_string(fault.status) : fault.fault;
      faults.try_emplace(place.first, json::Value::object())
          .first->second.set("recorded_" + number + "_" + place.second, std::move(entry));
    }
  }
  if (faults.empty()) {
    return {};
  }
  json::Value providers = json::Value::object();
  for (auto& [provider, entries] : faults) {
    json::Value change = json::Value::object();
    change.set("faults", std::move(entries));
    json::Value patch = json::Value::object();
    patch.set("change", std::move(change));
    providers.set(provider, std::move(patch));
  }
  json::Value change = json::Value::object();
  change.set("providers", std::move(providers));
  json::Value variant = json::Value::object();
  variant.set("purpose", "condition");
  variant.set("basis", "measured");
  variant.set("note", "Attempts fail as often as they did in the recordings.");
  variant.set("change", std::move(change));
  json::Value out = json::Value::object();
  out.set("as_failing", std::move(variant));
  return out;
}

}  // namespace rehearse::inference
