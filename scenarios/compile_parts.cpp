#include <algorithm>
#include <charconv>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "scenarios/column.hpp"
#include "scenarios/compile.hpp"
#include "scenarios/expression_node.hpp"
#include "scenarios/index_of.hpp"

namespace rehearse::scenarios {

std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
  const std::string nearest = name.size() < 2 ? "" : nearest_name(name, known);
  return nearest.empty() ? "" : ", did you mean \"" + nearest + "\"?";
}

std::vector<std::string> keys_of(const Node& node) {
  std::vector<std::string> keys;
  if (node && node->is_object()) {
    for (const json::Member& member : node->members()) {
      if (!member.value.is_null()) {
        keys.push_back(member.key);
      }
    }
  }
  return keys;
}

json::Value filled_in(const Node& node, const Reader& reader) {
  json::Value out = *node;
  if (out.is_array()) {
    for (std::size_t i = 0; i < out.items().size(); ++i) {
      out.items()[i] = filled_in(node.item(i), reader);
    }
  } else if (out.is_object()) {
    for (json::Member& member : out.members()) {
      member.value =
          filled_in({node->find(member.key), json::pointer_join(node.pointer, member.key)}, reader);
    }
  } else if (out.is_string() && has_expression(out.as_string())) {
    const auto resolved = resolve_text(out.as_string(), reader.environment());
    if (!resolved) {
      reader.sink().add(node, resolved.error().what);
    } else if (resolved->expression) {
      reader.sink().add(node,
                        "an input cannot be used here: this is the same for every job "
                        "(a parameter can)");
    } else {
      const json::Position position = out.position();
      out = resolved->value;
      out.set_position(position);
    }
  }
  return out;
}

// Parts are numbered by name, so that their place in the file never matters.
static std::vector<std::string> sorted_keys(const Node& node) {
  std::vector<std::string> keys = keys_of(node);
  std::sort(keys.begin(), keys.end());
  return keys;
}

void Compiler::compile_inputs() {
  const Node inputs = root_["inputs"];
  for (const std::string& name : sorted_keys(inputs)) {
    const Node node = inputs[name];
    if (is_reserved_name(name) || merged_.environment.parameters.find(name) != nullptr) {
      sink_.add(node,
                is_reserved_name(name)
                    ? quoted_excerpt(name) + " is a reserved word: an input needs another name"
                    : "there is a parameter of the same name as this input");
    }
    scenario_.inputs.push_back(compile_input(name, node));
  }
}

Input Compiler::compile_input(const std::string& name, const Node& node) {
  Input input;
  input.name = name;
  if (const Node feed = node["feed"]) {
    input.feed = true;
    auto values = read_column(folder_, reader_.text(feed), reader_.text(node["column"], name));
    if (values) {
      input.values = std::move(*values);
    } else {
      sink_.add(feed, values.error().what);
    }
    return input;
  }
  const Node choose = node["choose"];
  if (!choose || !choose->is_array()) {
    return input;
  }
  for (std::size_t i = 0; i < choose->items().size(); ++i) {
    const json::Value value = reader_.known(choose.item(i)).value;
    input.values.push_back(value.is_number() ? InputValue(value.as_double())
                                             : InputValue(reader_.text(choose.item(i))));
  }
  const Node weights = node["weights"];
  if (weights && weights->is_array() && weights->items().size() != input.values.size()) {
    sink_.add(weights, "expected as many weights as values, " +
                           std::to_string(input.values.size()) + ", found " +
                           std::to_string(weights->items().size()));
    return input;
  }
  double total = 0;
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    const bool given = weights && weights->is_array();
    total += given ? reader_.number(weights.item(i), 0) : 1;
    input.cumulative.push_back(total);
  }
  if (!(total > 0)) {
    sink_.add(weights, "expected at least one weight above 0");
    return input;
  }
  for (double& sum : input.cumulative) {
    sum /= total;
  }
  return input;
}

void Compiler::compile_resources() {
  const Node resources = root_["resources"];
  for (const std::string& name : sorted_keys(resources)) {
    const Node node = resources[name];
    Resource resource;
    resource.name = name;
    resource.origin = reader_.origin(node);
    resource.bytes_per_s = reader_.quantity(node["bandwidth"], Unit::Bandwidth, 0);
    const bool link = static_cast<bool>(node["bandwidth"]);
    const std::string sharing = reader_.text(node["sharing"], link ? "processor" : "slots");
    resource.sharing = sharing == "processor" ? Sharing::Processor : Sharing::Slots;
    resource.slots = reader_.count(node["slots"], 1);
    if (link && resource.sharing == Sharing::Slots) {
      sink_.add(node["sharing"], "a link (a resource with a bandwidth) shares as a processor does");
    }
    if (link && resource.bytes_per_s <= 0) {
      sink_.add(node["bandwidth"], "expected a bandwidth above 0");
    }
    resource.speed_up[1] = 1;
    for (const std::string& items : keys_of(node["speed_up"])) {
      std::uint32_t count = 0;
      const auto read = std::from_chars(items.data(), items.data() + items.size(), count);
      if (read.ec != std::errc() || read.ptr != items.data() + items.size() || count == 0) {
        sink_.add(node["speed_up"],
                  "expected a number of items as key, found " + quoted_excerpt(items));
        continue;
      }
      resource.speed_up[count] = reader_.number(node["speed_up"][items], 1);
    }
    if (resource.speed_up[1] != 1) {
      sink_.add(node["speed_up"], "expected the rate of 1 item to be 1: one alone is the measure");
    }
    resource.replicas = reader_.count(node["replicas"], 1);
    const std::string balance = reader_.text(node["balance"]);
    resource.balance = balance == "round_robin" ? Balance::RoundRobin
                       : balance == "random"    ? Balance::Random
                                                : Balance::LeastLoaded;
    const Node queue = node["queue"];
    if (queue["max"]) {
      resource.queue_max = reader_.integer(queue["max"], 0);
    }
    resource.on_full = reader_.text(queue["on_full"]) == "reject" ? OnFull::Reject : OnFull::Wait;
    resource.order =
        reader_.text(queue["order"]) == "priority" ? QueueOrder::Priority : QueueOrder::Fifo;
    resource.usd_per_hour = reader_.number(node["price"]["usd_per_hour"], 0);
    scenario_.resources.push_back(std::move(resource));
  }
}

void Compiler::compile_pools() {
  const Node pools = root_["pools"];
  for (const std::string& name : sorted_keys(pools)) {
    const Node node = pools[name];
    Pool pool;
    pool.name = name;
    pool.origin = reader_.origin(node);
    pool.max = reader_.count(node["max"], 10);
    pool.connect = reader_.amount(node["connect"], Unit::Seconds, pool.origin);
    pool.idle = reader_.duration(node["idle"]);
    scenario_.pools.push_back(std::move(pool));
  }
}

void Compiler::compile_providers() {
  const Node providers = root_["providers"];
  for (const std::string& name : sorted_keys(providers)) {
    scenario_.providers.push_back(compile_provider(name, providers[name], reader_));
  }
}

Provider Compiler::compile_provider(const std::string& name, const Node& node,
                                    const Reader& reader) {
  Provider provider;
  provider.name = name;
  provider.profile = name;
  if (!node) {
    return provider;
  }
  if (!node->is_object()) {
    provider.profile = reader.text(node, name);
    return provider;
  }
  provider.origin = reader.origin(node);
  provider.profile = reader.text(node["profile"], name);
  if (const Node change = node["change"]) {
    provider.change = filled_in(change, reader);
  }
  provider.rtt = reader.amount(node["rtt"], Unit::Seconds, provider.origin);
  provider.other_load_per_s = reader.quantity(node["other_load"]["rate"], Unit::Rate, 0);
  if (const Node runs_on = node["runs_on"]) {
    provider.runs_on = index_of(scenario_.resources, reader.text(runs_on), runs_on, "resource");
  }
  return provider;
}

std::optional<std::uint32_t> Compiler::provider_named(const std::string& name, const Node& at) {
  if (!root_["providers"] && is_name(name)) {
    for (std::size_t i = 0; i < scenario_.providers.size(); ++i) {
      if (scenario_.providers[i].name == name && !scenario_.providers[i].only_base) {
        return static_cast<std::uint32_t>(i);
      }
    }
    scenario_.providers.push_back(compile_provider(name, {}, reader_));
    return static_cast<std::uint32_t>(scenario_.providers.size() - 1);
  }
  return index_of(scenario_.providers, name, at, "provider");
}

}  // namespace rehearse::scenarios
