#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "scenarios/compile.hpp"
#include "scenarios/expression_node.hpp"
#include "scenarios/index_of.hpp"

namespace rehearse::scenarios {
namespace {

struct CallName {
  std::string provider;
  std::string operation;
};

CallName split_call(const std::string& call) {
  const std::size_t dot = call.find('.');
  return dot == std::string::npos ? CallName{call, ""}
                                  : CallName{call.substr(0, dot), call.substr(dot + 1)};
}

// What a value comes to, as a text that is equal exactly where the values mean the same.
std::string meaning(const Node& node, const Reader& reader) {
  if (!node) {
    return "-";
  }
  if (node->is_string() && has_expression(node->as_string())) {
    const auto resolved = resolve_text(node->as_string(), reader.environment());
    if (!resolved) {
      return "?";
    }
    return resolved->expression ? "$" + resolved->expression->describe()
                                : json::dump_canonical(resolved->value);
  }
  std::string text;
  if (node->is_object()) {
    for (const std::string& key : keys_of(node)) {
      if (key != "note" && key != "basis" && key != "source") {
        text += json::quote(key) + ":" + meaning(node[key], reader) + ",";
      }
    }
    return "{" + text + "}";
  }
  if (node->is_array()) {
    for (std::size_t i = 0; i < node->items().size(); ++i) {
      text += meaning(node.item(i), reader) + ",";
    }
    return "[" + text + "]";
  }
  return json::dump_canonical(*node);
}

std::string call_meaning(const Node& stage, const Node& root, const Reader& reader) {
  std::string text;
  for (const std::string_view key :
       {"call", "model", "input_tokens", "output_tokens", "max_tokens", "cached_tokens", "size",
        "quality", "n", "steps", "seconds", "characters", "bytes", "stream"}) {
    text += meaning(stage[key], reader) + ";";
  }
  const Node provider = root["providers"][split_call(reader.text(stage["call"])).provider];
  if (provider && provider->is_object()) {
    return text + meaning(provider["profile"], reader) + ";" + meaning(provider["change"], reader);
  }
  return text + meaning(provider, reader) + ";-";
}

}  // namespace

void Compiler::compile_call(Stage& stage, const Node& node) {
  stage.call.spec = call_spec(node, reader_, stage.origin);
  const CallName name = split_call(reader_.text(node["call"]));
  if (name.provider.empty() || name.operation.empty()) {
    sink_.add(node["call"], "expected \"PROVIDER.OPERATION\" such as \"openai.chat\", found " +
                                found(*node["call"]));
  } else if (const auto provider = provider_named(name.provider, node["call"])) {
    stage.call.spec.provider = *provider;
  }
  if (node["time"]) {
    const Amount time = reader_.amount(node["time"], Unit::Seconds, stage.origin);
    if (time.expression) {
      sink_.add(node["time"],
                "the time of a call cannot depend on inputs: give it tokens or bytes "
                "that do");
    }
    stage.call.time = time.distribution;
    compile_base_call(stage, node);
  }
  if (const Node link = node["link"]) {
    stage.link = index_of(scenario_.resources, reader_.text(link), link, "resource");
    if (stage.link && scenario_.resources[*stage.link].bytes_per_s <= 0) {
      sink_.add(link, "the resource " + quoted_excerpt(reader_.text(link)) +
                          " is no link: it has no \"bandwidth\"");
    }
  }
  if (node["connection"]) {
    stage.connection = connection_spec(node["connection"], stage.origin);
  }
  if (const Node hedge = node["hedge"]) {
    stage.hedge = HedgeSpec{reader_.duration(hedge["after"]).value_or(Duration()),
                            reader_.count(hedge["max"], 1)};
  }
  if (const Node breaker = node["breaker"]) {
    BreakerSpec spec;
    spec.failures = reader_.count(breaker["failures"], spec.failures);
    spec.window = reader_.duration(breaker["window"]).value_or(spec.window);
    spec.open_for = reader_.duration(breaker["open_for"]).value_or(spec.open_for);
    spec.probes = reader_.count(breaker["probes"], spec.probes);
    stage.breaker = spec;
  }
  if (const Node match = node["match"]) {
    MatchSpec spec{reader_.text(match["path"]),
                   reader_.text(match["model"]),
                   reader_.text(match["body_contains"]),
                   {}};
    if (match["nth"]) {
      spec.nth = reader_.count(match["nth"], 1);
    }
    stage.match = spec;
  }
  if (const Node request = node["request"]) {
    check_runtime_texts(request);
    stage.request = *request;
  }
}

CallSpec Compiler::call_spec(const Node& node, const Reader& reader, const Origin& origin) {
  const auto amount = [&](std::string_view key, double fallback = 0) {
    return reader.amount(node[key], Unit::Number, origin, fallback);
  };
  CallSpec spec;
  spec.operation = split_call(reader.text(node["call"])).operation;
  spec.model = reader.job_text(node["model"]);
  spec.input_tokens = amount("input_tokens");
  spec.output_tokens = reader.optional_amount(node["output_tokens"], Unit::Number, origin);
  spec.max_tokens = reader.optional_amount(node["max_tokens"], Unit::Number, origin);
  spec.cached_tokens = amount("cached_tokens");
  spec.size = reader.job_text(node["size"]);
  spec.quality = reader.job_text(node["quality"]);
  spec.n = amount("n", 1);
  spec.steps = amount("steps");
  spec.seconds = reader.amount(node["seconds"], Unit::Seconds, origin);
  spec.characters = amount("characters");
  spec.bytes = reader.optional_amount(node["bytes"], Unit::Bytes, origin);
  spec.stream = reader.boolean(node["stream"], false);
  return spec;
}

// A variant that gives `time` itself has said how long the changed call takes: no ratio then.
void Compiler::compile_base_call(Stage& stage, const Node& node) {
  if (&merged_ == &base_) {
    return;
  }
  const Node before{json::pointer_find(base_.json, node.pointer), node.pointer};
  if (!before || !before->is_object() || !before["call"] ||
      meaning(before["time"], base_reader_) != meaning(node["time"], reader_) ||
      call_meaning(before, base_root_, base_reader_) == call_meaning(node, root_, reader_)) {
    return;
  }
  auto spec = std::make_shared<CallSpec>(call_spec(before, base_reader_, stage.origin));
  spec->provider = base_provider(split_call(base_reader_.text(before["call"])).provider);
  stage.call.base = std::move(spec);
}

// The provider as the base describes it: the one in force where that is the same, else one kept
// apart.
std::uint32_t Compiler::base_provider(const std::string& name) {
  const Node before = base_root_["providers"][name];
  const Node now = root_["providers"][name];
  const auto part = [](const Node& provider, std::string_view key) {
    return provider && provider->is_object() ? provider[key] : provider;
  };
  const bool same =
      meaning(part(before, "profile"), base_reader_) == meaning(part(now, "profile"), reader_) &&
      meaning(part(before, "change"), base_reader_) == meaning(part(now, "change"), reader_);
  for (std::size_t i = 0; same && i < scenario_.providers.size(); ++i) {
    if (scenario_.providers[i].name == name && !scenario_.providers[i].only_base) {
      return static_cast<std::uint32_t>(i);
    }
  }
  const auto [place, fresh] =
      base_providers_.try_emplace(name, static_cast<std::uint32_t>(scenario_.providers.size()));
  if (fresh) {
    Provider provider;
    provider.name = name;
    provider.profile = base_reader_.text(part(before, "profile"), name);
    if (before && before->is_object() && before["change"]) {
      provider.change = filled_in(before["change"], base_reader_);
    }
    provider.only_base = true;
    scenario_.providers.push_back(std::move(provider));
  }
  return place->second;
}

RetrySpec Compiler::retry_spec(const Node& node) {
  RetrySpec spec;
  if (!node) {
    return spec;
  }
  if (!node->is_object()) {
    spec.max_retries = reader_.text(node) == "none" ? 0 : 2;  // what both SDKs do by default
    return spec;
  }
  spec.max_retries = reader_.count(node["max_retries"], 0);
  spec.base = reader_.duration(node["base"]).value_or(spec.base);
  spec.factor = reader_.number(node["factor"], spec.factor);
  spec.cap = reader_.duration(node["cap"]).value_or(spec.cap);
  spec.jitter = reader_.quantity(node["jitter"], Unit::Share, spec.jitter);
  spec.honour_retry_after = reader_.boolean(node["honour_retry_after"], true);
  spec.retry_after_cap = reader_.duration(node["retry_after_cap"]).value_or(spec.retry_after_cap);
  spec.on_timeout = reader_.boolean(node["on_timeout"], true);
  return spec;
}

CacheSpec Compiler::cache_spec(const Node& node, const Origin& origin) {
  CacheSpec spec;
  spec.key = reader_.job_text(node["key"]);
  spec.ttl = reader_.duration(node["ttl"]);
  spec.scope = reader_.text(node["scope"]) == "shared" ? CacheScope::Shared : CacheScope::Process;
  spec.hit_time = reader_.amount(node["hit_time"], Unit::Seconds, origin);
  if (node["capacity"]) {
    spec.capacity = reader_.integer(node["capacity"], 1);
  }
  spec.coalesce = reader_.boolean(node["coalesce"], false);
  if (node["hit_rate"]) {
    spec.hit_rate = reader_.quantity(node["hit_rate"], Unit::Share, 0);
  }
  return spec;
}

ConnectionSpec Compiler::connection_spec(const Node& node, const Origin& origin) {
  ConnectionSpec spec;
  if (node->is_object()) {
    spec.connect = reader_.amount(node["connect"], Unit::Seconds, origin);
  } else if (const std::string name = reader_.text(node); name != "per_call") {
    spec.pool = index_of(scenario_.pools, name, node, "pool");
  }
  return spec;
}

}  // namespace rehearse::scenarios
