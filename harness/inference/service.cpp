#include "harness/inference/service.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "harness/base/text.hpp"
#include "harness/inference/endpoint.hpp"
#include "harness/inference/figures.hpp"
#include "harness/inference/names.hpp"
#include "harness/stats/quantile.hpp"
#include "mocks/latency/load_profile.hpp"

namespace rehearse::inference {
namespace {

using record::RecordedCall;
using Calls = std::vector<const RecordedCall*>;

constexpr std::array<std::string_view, 6> kModelled = {"chat",          "image",     "speech",
                                                       "transcription", "embedding", "video"};
// What any service may be: their endpoints are described, not guessed.
constexpr std::array<std::string_view, 4> kPlainProfiles = {"postgres-rest", "web", "cdn",
                                                            "object-storage"};

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The operation of a profile that this one is.
std::string profile_operation(const std::string& operation) {
  return operation == "responses" ? "chat" : operation;
}

// Whose words a call is in, where its provider has no profile of its own.
std::string_view speaker_of(const RecordedCall& call) {
  const auto has = [&](std::string_view part) { return call.path.find(part) != std::string::npos; };
  if (!is_among(kModelled, profile_operation(call.operation))) {
    return "";
  }
  return has("/messages")                                                ? "anthropic"
         : has("/models/") && has(":")                                   ? "gemini"
         : has("/api/chat") || has("/api/generate") || has("/api/embed") ? "ollama"
         : has("/stable-image/")                                         ? "stability"
                                                                         : "openai";
}

double median_of(const Calls& calls, double (*value)(const RecordedCall&)) {
  std::vector<double> values;
  for (const RecordedCall* call : calls) {
    values.push_back(value(*call));
  }
  return stats::unsorted_quantile(std::move(values), 0.5).value_or(0);
}

double total_s(const RecordedCall& call) { return call.done.count_s(); }
double first_s(const RecordedCall& call) {
  return call.first_content > Duration::zero() ? call.first_content.count_s()
                                               : call.done.count_s() / 4;
}
double pace_s(const RecordedCall& call) {
  const auto tokens = static_cast<double>(std::max<std::int64_t>(call.usage.output_tokens, 2));
  return std::max(total_s(call) - first_s(call), 0.0) / (tokens - 1);
}

// A model that its profile does not know, as it was seen.
json::Value model_entry(std::string_view operation, const Calls& calls) {
  json::Value out = json::Value::object();
  out.set("price", "free");
  if (operation == "chat") {
    out.set("first_token", rounded_time(median_of(calls, &first_s)));
    out.set("per_output_token", rounded_time(median_of(calls, &pace_s)));
  } else {
    out.set(operation == "speech" ? "first_byte" : "time",
            rounded_time(median_of(calls, &total_s)));
  }
  return out;
}

// The object at a key, made where there is none.
json::Value& object_at(json::Value& value, std::string_view key) {
  json::Value* found = value.find(key);
  return found != nullptr ? *found : value.set(key, json::Value::object());
}

// One provider of the scenario as its calls are read.
class ProviderPart {
 public:
  ProviderPart(std::string recorded, std::string name, const std::map<CallKind, Calls>& kinds,
               Services& out)
      : recorded_(std::move(recorded)), name_(std::move(name)), kinds_(kinds), out_(out) {
    choose_profile();
    const auto profile = latency::load_profile(profile_name_, {});
    profile_ = profile ? *profile : nullptr;
    if (note_.empty()) {  // else its own plain operations give way
      for (const auto& [operation, entry] : profile_->defaults) {
        operations_.take(operation);
      }
    }
    add_kinds();
    write();
  }

 private:
  void choose_profile() {
    const auto shipped = latency::shipped_profile_names();
    if (std::find(shipped.begin(), shipped.end(), recorded_) != shipped.end()) {
      profile_name_ = recorded_;
      return;
    }
    std::string_view speaker;
    for (const auto& [kind, calls] : kinds_) {
      speaker = speaker.empty() ? speaker_of(*calls.front()) : speaker;
    }
    profile_name_ = speaker.empty() ? "postgres-rest" : speaker;
    note_ = speaker.empty()
                ? "no profile of it is shipped: answers are made up, times are the recorded ones"
                : "no profile of it is shipped: it speaks as " + profile_name_ +
                      ", whose prices may not be its own";
    out_.notes.push_back("provider " + name_ + ": " + note_);
  }

  // Models first, so that plain requests find the names that are left.
  void add_kinds() {
    for (const auto& [kind, calls] : kinds_) {
      const std::string operation = profile_operation(kind.operation);
      const latency::Entry* entry = profile_->find(operation, kind.model);
      const bool plain = entry != nullptr && entry->kind == latency::Kind::Generic;
      if (entry != nullptr && !(plain && is_among(kPlainProfiles, profile_name_))) {
        out_.of[kind] = {name_, operation, profile_name_, plain};
      } else if (is_among(kModelled, operation) && !kind.model.empty()) {
        out_.of[kind] = {name_, operation, profile_name_, false};
        add_model(operation, kind, calls);
      }
    }
    std::map<std::pair<std::string, std::string>, Calls> plain;  // by operation and method
    for (const auto& [kind, calls] : kinds_) {
      if (out_.of.find(kind) == out_.of.end()) {
        Calls& all = plain[{kind.operation, kind.method}];
        all.insert(all.end(), calls.begin(), calls.end());
      }
    }
    for (const auto& [key, calls] : plain) {
      const std::string operation = operations_.take(key.first);
      json::Value described = endpoint_operation(calls);
      if (profile_->find(operation, "") != nullptr) {
        described.set("per_megabyte", 0);  // of what it replaces
      }
      endpoints_.emplace_back(operation, std::move(described));
      for (const auto& [kind, unused] : kinds_) {
        if (kind.operation == key.first && kind.method == key.second &&
            out_.of.find(kind) == out_.of.end()) {
          out_.of[kind] = {name_, operation, profile_name_, true};
        }
      }
    }
  }

  void add_model(const std::string& operation, const CallKind& kind, const Calls& calls) {
    json::Value& models =
        object_at(object_at(object_at(change_, "operations"), operation), "models");
    models.set(kind.model, model_entry(operation, calls));
    out_.notes.push_back(
        "no price of " + quoted_excerpt(kind.model) + " by " + name_ +
        " is known: it is free here; give it a \"price\" in the provider's change");
  }

  void write() {
    // The first endpoint that fits is taken: those without places to fill in go first.
    const auto is_open = [](const auto& endpoint) {
      const json::Value* path = endpoint.second.find("endpoint")->find("path");
      return path->as_string().find('{') != std::string::npos;
    };
    for (const bool open : {false, true}) {
      for (const auto& endpoint : endpoints_) {
        if (is_open(endpoint) == open) {
          object_at(change_, "operations").set(endpoint.first, endpoint.second);
        }
      }
    }
    json::Value provider = json::Value::object();
    provider.set("profile", profile_name_);
    if (!note_.empty()) {
      provider.set("note", note_);
    }
    if (!change_.members().empty()) {
      provider.set("change", change_);
    }
    out_.providers.set(name_, std::move(provider));
  }

  std::string recorded_;
  std::string name_;
  std::string profile_name_;
  std::string note_;
  std::shared_ptr<const latency::Profile> profile_;
  const std::map<CallKind, Calls>& kinds_;
  Names operations_;
  std::vector<std::pair<std::string, json::Value>> endpoints_;
  json::Value change_ = json::Value::object();
  Services& out_;
};

}  // namespace

std::string literal(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text.substr(i, 2) == "${" ? "$$" : std::string(1, text[i]);
  }
  return out;
}

Services name_services(const std::vector<SeenJob>& jobs) {
  std::map<std::string, std::map<CallKind, Calls>> providers;
  for (const SeenJob& job : jobs) {
    for (const SeenCall& call : job.calls) {
      providers[call.answer->provider][kind_of(*call.answer)].push_back(call.answer);
    }
  }
  Services out;
  Names names;
  for (const auto& [recorded, kinds] : providers) {
    ProviderPart(recorded, names.take(recorded.empty() ? "provider" : recorded), kinds, out);
  }
  return out;
}

}  // namespace rehearse::inference
