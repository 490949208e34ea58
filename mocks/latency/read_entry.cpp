#include "mocks/latency/read_entry.hpp"

#include <algorithm>
#include <charconv>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/pricing/read_rates.hpp"
#include "mocks/latency/read_distribution.hpp"
#include "mocks/latency/read_endpoint.hpp"

namespace rehearse::latency {
namespace {

constexpr std::int64_t kHighestLimit = 1'000'000'000'000;

// A model's own keys, and behind them those of its operation: a model's key replaces the
// operation's as a whole.
class Layers {
 public:
  Layers(json::ObjectReader& model, json::ObjectReader& operation)
      : model_(model), operation_(operation) {}
  // Whoever holds the key.
  json::ObjectReader& at(std::string_view key) {
    operation_.find(key);
    return model_.find(key) != nullptr ? model_ : operation_;
  }
  Distribution time(std::string_view key, Distribution otherwise = {}) {
    return read_distribution(at(key), key, Quantity::Time).value_or(std::move(otherwise));
  }
  Distribution amount(std::string_view key, Distribution otherwise = {}) {
    return read_distribution(at(key), key, Quantity::Amount).value_or(std::move(otherwise));
  }
  double seconds(std::string_view key) { return read_seconds(at(key), key).value_or(0); }

 private:
  json::ObjectReader& model_;
  json::ObjectReader& operation_;
};

std::vector<NamedFactor> read_factors(json::ObjectReader& reader, std::string_view key) {
  std::vector<NamedFactor> out;
  const json::Value* value = reader.find(key);
  if (value == nullptr) {
    return out;
  }
  json::ObjectReader factors(*value, reader.pointer(key), reader.name(), reader.errors());
  read_origin(factors);
  if (value->is_object()) {
    for (const json::Member& member : value->members()) {
      if (member.key != "note" && member.key != "source" && member.key != "basis") {
        out.push_back({member.key, factors.number(member.key, 1e-3, 1e3).value_or(1)});
      }
    }
  }
  return out;
}

// [[0.8, 0.2], [0.2, 0.8]]: as many rows as columns, all of which add up to 1.
std::vector<double> read_shares(json::ObjectReader& reader, std::string_view key) {
  constexpr std::size_t kMostSides = 64;
  constexpr double kNear = 1e-3;
  const json::Value* value = reader.find(key);
  if (value == nullptr) {
    return {};
  }
  std::vector<double> out;
  const std::size_t sides = value->is_array() ? value->items().size() : 0;
  bool right = sides >= 2 && sides <= kMostSides;
  std::vector<double> columns(sides);
  for (std::size_t row = 0; right && row < sides; ++row) {
    const json::Value& shares = value->items()[row];
    right = shares.is_array() && shares.items().size() == sides;
    double sum = 0;
    for (std::size_t i = 0; right && i < sides; ++i) {
      right = shares.items()[i].is_number() && shares.items()[i].as_double() >= 0;
      out.push_back(right ? shares.items()[i].as_double() : 0);
      sum += out.back();
      columns[i] += out.back();
    }
    right = right && sum > 1 - kNear && sum < 1 + kNear;
  }
  right = right && std::all_of(columns.begin(), columns.end(),
                               [](double sum) { return sum > 1 - kNear && sum < 1 + kNear; });
  if (!right) {
    reader.fail(*value, reader.pointer(key),
                "expected 2 to 64 rows of as many shares, where every row and column adds up to 1");
    return {};
  }
  return out;
}

// What the calls of text and of speech have in common: they come in pieces.
void read_stream(Layers& keys, Entry& entry) {
  entry.pace_given_first = read_shares(keys.at("pace_given_first"), "pace_given_first");
  entry.chunks_per_burst = keys.amount("chunks_per_burst", Distribution::constant(1));
  entry.burst_pace = keys.at("burst_pace").number("burst_pace", 0, 1).value_or(0);
}

void read_times(Layers& keys, Entry& entry) {
  switch (entry.kind) {
    case Kind::Chat:
      entry.first = keys.time("first_token");
      entry.per_input_token_s = keys.seconds("per_input_token");
      entry.per_cached_token_s = keys.seconds("per_cached_token");
      entry.pace = keys.time("per_output_token");
      entry.units_per_chunk = keys.amount("tokens_per_chunk", Distribution::constant(1));
      read_stream(keys, entry);
      entry.input_tokens = keys.amount("input_tokens");
      entry.output_tokens = keys.amount("output_tokens");
      break;
    case Kind::Video:
      entry.pace = keys.time("per_second");
      entry.audio_s = keys.time("seconds");
      [[fallthrough]];
    case Kind::Image:
      entry.first = keys.time("time");
      entry.input_tokens = keys.amount("input_tokens");
      entry.sizes = read_factors(keys.at("sizes"), "sizes");
      entry.qualities = read_factors(keys.at("qualities"), "qualities");
      entry.size = keys.at("size").text("size").value_or("");
      entry.quality = keys.at("quality").text("quality").value_or("");
      entry.steps = keys.at("steps").integer("steps", 1, 1000).value_or(0);
      entry.steps_share = keys.at("steps_share").number("steps_share", 0, 1).value_or(0);
      entry.n_exponent = keys.at("n_exponent").number("n_exponent", 0, 2).value_or(1);
      entry.pixels_exponent =
          keys.at("pixels_exponent").number("pixels_exponent", 0, 3).value_or(1);
      break;
    case Kind::Speech:
      entry.first = keys.time("first_byte");
      entry.pace = keys.time("per_character");
      entry.units_per_chunk = keys.amount("characters_per_chunk", Distribution::constant(40));
      read_stream(keys, entry);
      entry.characters = keys.amount("characters");
      entry.speech_s_per_character = keys.seconds("speech_per_character");
      break;
    case Kind::Transcription:
      entry.first = keys.time("time");
      entry.pace = keys.time("per_audio_second");
      entry.audio_s = keys.time("audio");
      break;
    case Kind::Embedding:
      entry.first = keys.time("time");
      entry.pace = keys.time("per_input_token");
      entry.input_tokens = keys.amount("input_tokens");
      break;
    case Kind::Generic:
      entry.first = keys.time("time");
      entry.pace = keys.time("per_megabyte");
      entry.bytes = keys.amount("bytes");
      break;
  }
  entry.first_median_s = entry.first.quantile(0.5);
  entry.pace_median_s = entry.pace.quantile(0.5);
}

void read_price(Layers& keys, const PriceSource& prices, const json::Value& value, Entry& entry) {
  json::ObjectReader& at = keys.at("price");
  const json::Value* price = at.find("price");
  if (price != nullptr && price->is_object()) {
    json::ObjectReader own(*price, at.pointer("price"), at.name(), at.errors());
    read_origin(own);
    entry.rates = pricing::read_rates(own);
    own.finish();
    return;
  }
  const std::string model = at.text("price").value_or(entry.model);
  if (model == "free" || (prices.provider == "free" && price == nullptr)) {
    return;
  }
  const pricing::ModelPrices* found = prices.table.find(prices.provider, model);
  if (found != nullptr) {
    entry.rates = found->on(prices.day).rates;
    return;
  }
  at.fail(price == nullptr ? value : *price, at.pointer(price == nullptr ? "" : "price"),
          "no price of " + quoted_excerpt(model) + " by " + quoted_excerpt(prices.provider) +
              " is known; give \"price\" (an object, a model of the price table, or \"free\")");
}

void read_aliases(json::ObjectReader& reader, Entry& entry) {
  const json::Value* list = reader.find("aliases");
  if (list == nullptr) {
    return;
  }
  if (!list->is_array()) {
    reader.fail(*list, reader.pointer("aliases"), "expected an array of names");
    return;
  }
  for (const json::Value& alias : list->items()) {
    if (!alias.is_string()) {
      reader.fail(alias, reader.pointer("aliases"), "expected names");
    } else {
      entry.aliases.push_back(alias.as_string());
    }
  }
}

// { "1": 1, "8": 8, "32": 16 }: ascending in both, from one call's own rate on.
void read_speed_up(json::ObjectReader& capacity, CapacitySpec& out) {
  const json::Value* value = capacity.find("speed_up");
  if (value == nullptr) {
    return;
  }
  const auto wrong = [&](const json::Value& at, std::string what) {
    capacity.fail(at, capacity.pointer("speed_up"), std::move(what));
  };
  if (!value->is_object() || value->members().empty()) {
    wrong(*value, "expected an object of calls in service: their total rate");
    return;
  }
  for (const json::Member& member : value->members()) {
    double calls = 0;
    const char* end = member.key.data() + member.key.size();
    const auto parsed = std::from_chars(member.key.data(), end, calls);
    if (parsed.ec != std::errc() || parsed.ptr != end || calls < 1 || calls > 1e9 ||
        !member.value.is_number()) {
      wrong(member.value, "expected a number of calls from 1, and their total rate");
      return;
    }
    const double rate = member.value.as_double();
    const bool first = out.speed_up.empty();
    if (rate < 1 || rate > calls ||
        (!first && (calls <= out.speed_up.back().first || rate < out.speed_up.back().second))) {
      wrong(member.value,
            "expected ascending numbers of calls whose rates ascend too, at least 1 "
            "and at most the number of calls");
      return;
    }
    out.speed_up.emplace_back(calls, rate);
  }
}

std::optional<LoadSpec> read_load(json::ObjectReader& reader) {
  const json::Value* value = reader.find("load");
  if (value == nullptr) {
    return std::nullopt;
  }
  json::ObjectReader load(*value, reader.pointer("load"), reader.name(), reader.errors());
  read_origin(load);
  LoadSpec out;
  const auto time = read_distribution(load, "time", Quantity::Time);
  if (!time && value->is_object()) {
    load.fail(*value, load.pointer(), "expected \"time\": how long the model takes to load");
  }
  out.time = time.value_or(Distribution());
  out.keep = Duration::from_seconds(read_seconds(load, "keep").value_or(0));
  out.models = load.integer("models", 1, 1'000'000).value_or(0);
  const json::Value* warm = load.find("warm");
  if (warm != nullptr && !warm->is_bool()) {
    load.fail(*warm, load.pointer("warm"), "expected true or false");
  }
  out.warm = warm == nullptr || !warm->is_bool() || warm->as_bool();
  load.finish();
  return out;
}

Entry read_entry(json::ObjectReader& model, json::ObjectReader& operation, Entry entry,
                 const PriceSource& prices, const json::Value& value) {
  Layers keys(model, operation);
  read_origin(model);
  read_origin(operation);
  read_aliases(model, entry);
  read_times(keys, entry);
  entry.limits = read_limits(keys.at("limits"));
  entry.capacity = read_capacity(keys.at("capacity"));
  entry.load = read_load(keys.at("load"));
  if (entry.kind == Kind::Generic) {
    entry.endpoint = read_endpoint(keys.at("endpoint"));
  }
  read_price(keys, prices, value, entry);
  return entry;
}

}  // namespace

LimitSpec read_limits(json::ObjectReader& reader) {
  LimitSpec out;
  const json::Value* value = reader.find("limits");
  if (value == nullptr) {
    return out;
  }
  json::ObjectReader limits(*value, reader.pointer("limits"), reader.name(), reader.errors());
  read_origin(limits);
  const auto read = [&limits](std::string_view key) {
    return limits.integer(key, 1, kHighestLimit).value_or(0);
  };
  out.rpm = read("rpm");
  out.rpd = read("rpd");
  out.tpm = read("tpm");
  out.tpd = read("tpd");
  out.itpm = read("itpm");
  out.otpm = read("otpm");
  out.ipm = read("ipm");
  out.in_flight = read("in_flight");
  limits.finish();
  return out;
}

std::optional<CapacitySpec> read_capacity(json::ObjectReader& reader) {
  const json::Value* value = reader.find("capacity");
  if (value == nullptr) {
    return std::nullopt;
  }
  json::ObjectReader capacity(*value, reader.pointer("capacity"), reader.name(), reader.errors());
  read_origin(capacity);
  CapacitySpec out;
  out.slots = capacity.integer("slots", 1, 1'000'000'000).value_or(0);
  out.queue = capacity.integer("queue", 0, 1'000'000'000).value_or(0);
  read_speed_up(capacity, out);
  capacity.finish();
  return out;
}

void read_operation(json::ObjectReader& reader, const json::Value& value, const std::string& name,
                    const PriceSource& prices, Profile& profile) {
  static constexpr std::string_view kKinds[] = {"chat",      "image",   "speech", "transcription",
                                                "embedding", "generic", "video"};
  const std::vector<std::string_view> kinds(std::begin(kKinds), std::end(kKinds));
  Entry entry;
  entry.operation = name;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] == name) {
      entry.kind = static_cast<Kind>(i);
    }
  }
  if (const auto kind = reader.choice("kind", kinds)) {
    entry.kind = static_cast<Kind>(*kind);
  }
  const json::Value* models = reader.find("models");
  const std::optional<std::string> chosen = reader.text("default");
  if (models == nullptr) {
    profile.defaults.emplace_back(name, profile.entries.size());
    profile.entries.push_back(read_entry(reader, reader, entry, prices, value));
    reader.finish();
    return;
  }
  if (!models->is_object() || models->members().empty()) {
    reader.fail(*models, reader.pointer("models"), "expected an object with at least one model");
    return;
  }
  const std::size_t first = profile.entries.size();
  std::vector<std::string_view> names;
  std::size_t standard = first;
  for (const json::Member& member : models->members()) {
    json::ObjectReader model(member.value, json::pointer_join(reader.pointer("models"), member.key),
                             reader.name(), reader.errors());
    entry.model = member.key;
    names.push_back(member.key);
    if (chosen && *chosen == member.key) {
      standard = profile.entries.size();
    }
    profile.entries.push_back(read_entry(model, reader, entry, prices, member.value));
    model.finish();
  }
  if (chosen && profile.entries[standard].model != *chosen) {
    const std::string near = nearest_name(*chosen, names);
    reader.fail(*reader.find("default"), reader.pointer("default"),
                "no model is called " + quoted_excerpt(*chosen) +
                    (near.empty() ? "" : "; did you mean " + near + "?"));
  }
  profile.defaults.emplace_back(name, standard);
  reader.finish();
}

}  // namespace rehearse::latency
