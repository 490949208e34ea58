#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/object_reader.hpp"
#include "harness/json/read.hpp"
#include "mocks/latency/load_profile.hpp"
#include "mocks/latency/read_distribution.hpp"
#include "mocks/latency/read_entry.hpp"
#include "mocks/latency/read_fault.hpp"

namespace rehearse::latency {
namespace {

void read_connection(json::ObjectReader& top, Profile& profile) {
  const json::Value* value = top.find("connection");
  if (value == nullptr) {
    return;
  }
  json::ObjectReader at(*value, top.pointer("connection"), top.name(), top.errors());
  read_origin(at);
  profile.dns = read_distribution(at, "dns", Quantity::Time).value_or(Distribution());
  profile.tcp = read_distribution(at, "tcp", Quantity::Time).value_or(Distribution());
  profile.tls = read_distribution(at, "tls", Quantity::Time).value_or(Distribution());
  at.finish();
}

// A slow spell lasts slot / ((1 - persistence)(1 - share)) in the mean: see weather.hpp.
void read_persistence(json::ObjectReader& at, SlowSpec& slow) {
  const std::optional<double> lasts = read_seconds(at, "lasts");
  if (!lasts) {
    return;
  }
  const double shortest = slow.slot.count_s() / std::max(1 - slow.share, 1e-6);
  if (*lasts < shortest) {
    at.fail(*at.find("lasts"), at.pointer("lasts"),
            "expected at least slot / (1 - share), the mean length where slots are independent: " +
                number_text(shortest) + " s");
    return;
  }
  slow.persistence = std::min(1 - shortest / *lasts, 0.9999);
}

void read_slow(json::ObjectReader& top, Profile& profile) {
  const json::Value* value = top.find("slow");
  if (value == nullptr) {
    return;
  }
  json::ObjectReader at(*value, top.pointer("slow"), top.name(), top.errors());
  read_origin(at);
  profile.slow.share = at.number("share", 0, 1).value_or(0);
  const std::optional<double> slot = read_seconds(at, "slot");
  profile.slow.slot = slot ? Duration::from_seconds(*slot) : Duration::seconds(60);
  if (slot && *slot < 1e-3) {
    at.fail(*at.find("slot"), at.pointer("slot"), "expected at least 1ms");
    profile.slow.slot = Duration::seconds(60);
  }
  read_persistence(at, profile.slow);
  profile.slow.factor =
      read_distribution(at, "factor", Quantity::Amount).value_or(Distribution::constant(1));
  at.finish();
}

Wording read_wording(json::ObjectReader& top, std::string_view key, Wording out) {
  const json::Value* value = top.find(key);
  if (value == nullptr) {
    return out;
  }
  json::ObjectReader at(*value, top.pointer(key), top.name(), top.errors());
  read_origin(at);
  const auto status = at.integer("status", kLeastStatus, kMostStatus);
  out.status = static_cast<std::uint16_t>(status.value_or(out.status));
  out.code = at.text("code").value_or(out.code);
  out.message = at.text("message").value_or(out.message);
  at.finish();
  return out;
}

void read_refusals(json::ObjectReader& top, const json::Value& none, Profile& profile) {
  const json::Value* value = top.find("refusals");
  json::ObjectReader at(value == nullptr ? none : *value, top.pointer("refusals"), top.name(),
                        top.errors());
  read_origin(at);
  profile.rate_limited =
      read_wording(at, "rate_limited",
                   {429, "rate_limit_exceeded",
                    "Rate limit reached on {what}: limit {limit}, retry in {wait}."});
  profile.images_limited = read_wording(at, "images_limited", profile.rate_limited);
  profile.too_large =
      read_wording(at, "too_large",
                   {429, "rate_limit_exceeded",
                    "Request too large on {what}: limit {limit}, requested {requested}."});
  profile.busy = read_wording(at, "busy", {503, "server_busy", "The server is busy."});
  profile.not_found = read_wording(at, "not_found",
                                   {404, "model_not_found", "The model `{model}` does not exist."});
  at.finish();
}

pricing::Date read_day(json::ObjectReader& top, const json::Value& value) {
  const std::optional<std::string> text = top.text("dated");
  if (!text) {
    if (top.find("dated") == nullptr) {
      top.fail(value, "", "expected \"dated\": the day that its figures and prices are of");
    }
    return pricing::kLatest;
  }
  const Result<pricing::Date> day = pricing::parse_date(*text);
  if (!day) {
    top.fail(*top.find("dated"), top.pointer("dated"), day.error().what);
    return pricing::kLatest;
  }
  return *day;
}

// Whose prices hold; complains where the price table does not know the provider.
std::string read_prices(json::ObjectReader& top, const pricing::PriceTable& table) {
  const std::string provider = top.text("prices").value_or("");
  if (provider.empty() || provider == "free") {
    return provider;
  }
  std::vector<std::string> known = {"free"};
  for (const pricing::ModelPrices& model : table.models()) {
    if (known.back() != model.provider) {
      known.push_back(model.provider);
    }
  }
  if (std::find(known.begin(), known.end(), provider) == known.end()) {
    const std::string near = nearest_name(provider, known);
    top.fail(*top.find("prices"), top.pointer("prices"),
             "the price table has no provider " + quoted_excerpt(provider) +
                 (near.empty() ? "" : "; did you mean " + near + "?"));
  }
  return provider;
}

void read_operations(json::ObjectReader& top, const json::Value& value, const PriceSource& prices,
                     Profile& profile) {
  const json::Value* operations = top.find("operations");
  if (operations == nullptr || !operations->is_object() || operations->members().empty()) {
    top.fail(operations == nullptr ? value : *operations, top.pointer("operations"),
             "expected an object with at least one operation");
    return;
  }
  for (const json::Member& member : operations->members()) {
    if (member.value.is_null()) {
      continue;
    }
    json::ObjectReader at(member.value, json::pointer_join(top.pointer("operations"), member.key),
                          top.name(), top.errors());
    if (member.value.is_object()) {
      read_operation(at, member.value, member.key, prices, profile);
    }
  }
}

// What several models inherit from their operation is wrong only once.
void drop_repeated(Errors& errors) {
  Errors once;
  for (Error& error : errors) {
    if (std::find(once.begin(), once.end(), error) == once.end()) {
      once.push_back(std::move(error));
    }
  }
  errors = std::move(once);
}

}  // namespace

Result<std::shared_ptr<const Profile>> make_profile(const json::Value& value, std::string_view name,
                                                    const pricing::PriceTable& prices) {
  Errors errors;
  auto profile = std::make_shared<Profile>();
  const json::Value none = json::Value::object();
  json::ObjectReader top(value, "", name, errors);
  if (value.is_object()) {
    profile->name = top.text("profile").value_or(std::string(name));
    profile->note = top.text("note").value_or("");
    read_origin(top);
    const pricing::Date day = read_day(top, value);
    profile->dated = day.number;
    const PriceSource source{prices, read_prices(top, prices), day};
    read_connection(top, *profile);
    profile->limits = read_limits(top);
    profile->capacity = read_capacity(top).value_or(CapacitySpec());
    read_slow(top, *profile);
    read_faults(top, *profile);
    read_refusals(top, none, *profile);
    read_operations(top, value, source, *profile);
    top.finish();
  }
  if (!errors.empty()) {
    drop_repeated(errors);
    return errors;
  }
  return std::shared_ptr<const Profile>(std::move(profile));
}

}  // namespace rehearse::latency
