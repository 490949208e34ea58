#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <span>

#include "harness/study/candidate.hpp"
#include "harness/study/stage_change.hpp"

// Work that need not be done again: answers that are kept, connections that stay open.
namespace rehearse::study {
namespace {

using json::Value;
using scenarios::Scenario;
using scenarios::Stage;
using scenarios::StageKind;

// Operations that make something new at each call.
bool is_generative(const Stage& stage) {
  static constexpr std::array<std::string_view, 4> kKinds{"chat", "image", "speech", "video"};
  return stage.kind == StageKind::Call &&
         std::find(kKinds.begin(), kKinds.end(), stage.call.spec.operation) != kKinds.end();
}

bool has_word(std::string_view text, std::span<const std::string_view> words) {
  std::string low;
  for (const char c : text) {
    low += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return low.find(word) != std::string::npos; });
}

// The items of a fan-out cannot be told apart by inputs: they would share one answer.
bool is_repeated(const Scenario& scenario, const Stage& stage) {
  return stage.repeat ||
         (stage.parent && is_repeated(scenario, scenario.stages[stage.parent->value]));
}

bool may_keep(const Scenario& scenario, const Stage& stage) {
  if (stage.skip || stage.cache || is_generative(stage) || is_repeated(scenario, stage)) {
    return false;
  }
  if (stage.kind == StageKind::Call) {
    return is_read(stage.call.spec.operation);
  }
  return stage.kind == StageKind::Local && is_read(stage.name);
}

// Whether a generated answer goes into it, here or through the groups around it.
bool takes_generated(const Scenario& scenario, const Stage& stage) {
  const Stage* at = &stage;
  while (true) {
    const auto index = static_cast<std::uint32_t>(at - scenario.stages.data());
    const std::vector<bool> data = ancestors_of(scenario, {index});
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data[i] && is_generative(scenario.stages[i])) {
        return true;
      }
    }
    if (!at->parent) {
      return false;
    }
    at = &scenario.stages[at->parent->value];
  }
}

std::string key_of_inputs(const Scenario& scenario) {
  std::string key;
  for (const scenarios::Input& input : scenario.inputs) {
    key += (key.empty() ? "${" : "|${") + input.name + "}";
  }
  return key;
}

// How a connection is opened for each call: the raw text, or nothing where it is not.
const Value* opened_for_each(const Ground& ground, const Stage& stage) {
  if (stage.kind != StageKind::Call || !stage.connection || stage.connection->pool) {
    return nullptr;
  }
  return stage_text(ground.file.json(), ground.scenario.workload.name, stage.path)
      .find("connection");
}

// The pool that the stages of a provider would share: one of the file's own, or a new one.
std::string choose_pool(const Ground& ground, const std::string& provider, const Value* connection,
                        Value& change) {
  if (ground.scenario.pools.size() == 1) {
    return ground.scenario.pools.front().name;
  }
  for (const scenarios::Pool& pool : ground.scenario.pools) {
    if (pool.name == provider) {
      return pool.name;
    }
  }
  Value pool = Value::object();
  pool.set("max", 10);
  const Value* const connect = connection->find("connect");
  pool.set("connect", connect == nullptr ? Value("100ms") : *connect);
  pool.set("idle", "5m");
  Value pools = Value::object();
  const std::string name = word_of(provider) + "_pool";
  pools.set(name, std::move(pool));
  change.set("pools", std::move(pools));
  return name;
}

}  // namespace

bool is_write(std::string_view operation) {
  static constexpr std::array<std::string_view, 11> kWords{"upload",  "insert", "update", "write",
                                                           "publish", "delete", "create", "post",
                                                           "save",    "send",   "store"};
  return has_word(operation, kWords);
}

bool is_read(std::string_view operation) {
  static constexpr std::array<std::string_view, 18> kWords{
      "query",     "fetch",      "get",    "read",    "load",  "lookup",
      "search",    "scrape",     "select", "context", "list",  "embed",
      "transcrib", "transcript", "crawl",  "find",    "topic", "retriev"};
  return has_word(operation, kWords) && !is_write(operation);
}

void propose_caches(const Ground& ground, std::vector<Candidate>& out) {
  const Scenario& scenario = ground.scenario;
  const bool one_process = scenario.workload.process == scenarios::Process::Shared;
  const std::string key = key_of_inputs(scenario);
  for (const Stage& stage : scenario.stages) {
    const bool generated = may_keep(scenario, stage) && takes_generated(scenario, stage);
    if (!may_keep(scenario, stage) || (generated && key.empty())) {
      continue;
    }
    Value cache = Value::object();
    if (!key.empty()) {
      cache.set("key", key);
    }
    cache.set("ttl", "1h");
    cache.set("scope", one_process ? "process" : "shared");
    if (!one_process) {
      cache.set("hit_time", "5ms");
    }
    Value keys = Value::object();
    keys.set("cache", std::move(cache));
    Candidate one;
    one.name = "cache_" + word_of(stage.path);
    one.kind = "cache";
    one.quality = record::Quality::Stale;
    one.change = at_stage(ground, stage, std::move(keys));
    one.what = "keep what " + stage.path + " answers for an hour";
    one.trade_off =
        "up to one hour old" +
        std::string(key.empty() ? "; only if all jobs ask it the same: no input tells them apart"
                    : generated ? "; only if the inputs alone decide what it is asked"
                                : "");
    out.push_back(std::move(one));
  }
}

void propose_pools(const Ground& ground, std::vector<Candidate>& out) {
  const Scenario& scenario = ground.scenario;
  std::map<std::uint32_t, Candidate> by_provider;
  std::map<std::uint32_t, std::string> pools;
  for (const Stage& stage : scenario.stages) {
    const Value* const connection = opened_for_each(ground, stage);
    if (connection == nullptr || stage.skip) {
      continue;
    }
    const std::uint32_t provider = stage.call.spec.provider;
    const std::string& name = scenario.providers[provider].name;
    Candidate& one = by_provider[provider];
    if (one.name.empty()) {
      one.name = "pool_" + word_of(name);
      one.kind = "pool";
      one.change = Value::object();
      one.what = "the connections of " + name + " stay open";
      one.trade_off = "connections that are kept open";
      pools[provider] = choose_pool(ground, name, connection, one.change);
    }
    Value keys = Value::object();
    keys.set("connection", pools[provider]);
    add_patch(one.change, at_stage(ground, stage, std::move(keys)));
  }
  for (auto& [provider, candidate] : by_provider) {
    out.push_back(std::move(candidate));
  }
}

}  // namespace rehearse::study
