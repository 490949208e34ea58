#include "mocks/latency/read_distribution.hpp"

#include <charconv>
#include <string>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "harness/json/write.hpp"

namespace rehearse::latency {
namespace {

constexpr double kLargest = 1e12;

// One number of a distribution; nullopt after an error.
std::optional<double> quantity_of(json::ObjectReader& at, const json::Value& value,
                                  std::string_view pointer, Quantity quantity) {
  if (quantity == Quantity::Time && value.is_string()) {
    const Result<Duration> duration = parse_duration(value.as_string());
    if (duration) {
      return duration->count_s();
    }
    at.fail(value, pointer, duration.error().what);
    return std::nullopt;
  }
  const bool zero = value.is_number() && value.as_double() == 0;
  if (zero || (quantity == Quantity::Amount && value.is_number() && value.as_double() > 0 &&
               value.as_double() <= kLargest)) {
    return value.as_double();
  }
  at.fail(value, pointer,
          std::string("expected ") +
              (quantity == Quantity::Time ? "a time such as \"1.5s\"" : "a number from 0") +
              ", found " + quoted_excerpt(json::dump(value)));
  return std::nullopt;
}

// [low, high] with low <= high.
std::optional<std::pair<double, double>> range_of(json::ObjectReader& at, std::string_view key,
                                                  const json::Value& value, Quantity quantity) {
  const std::string pointer = at.pointer(key);
  if (!value.is_array() || value.items().size() != 2) {
    at.fail(value, pointer, "expected an array [low, high]");
    return std::nullopt;
  }
  const auto low = quantity_of(at, value.items()[0], pointer + "/0", quantity);
  const auto high = quantity_of(at, value.items()[1], pointer + "/1", quantity);
  if (!low || !high) {
    return std::nullopt;
  }
  if (*low > *high) {
    at.fail(value, pointer, "expected low <= high");
    return std::nullopt;
  }
  return std::pair(*low, *high);
}

using Form = Distribution (*)(json::ObjectReader&, const json::Value&, Quantity);

Distribution form_value(json::ObjectReader& at, const json::Value& v, Quantity q) {
  return Distribution::constant(quantity_of(at, v, at.pointer("value"), q).value_or(0));
}

Distribution form_typical(json::ObjectReader& at, const json::Value& v, Quantity q) {
  const double spread = at.number("spread", 0, 5).value_or(0.1);
  return Distribution::typical(quantity_of(at, v, at.pointer("typical"), q).value_or(0), spread);
}

Distribution form_between(json::ObjectReader& at, const json::Value& v, Quantity q) {
  const auto range = range_of(at, "between", v, q);
  return range ? Distribution::between(range->first, range->second) : Distribution();
}

Distribution form_at_most(json::ObjectReader& at, const json::Value& v, Quantity q) {
  const double high = quantity_of(at, v, at.pointer("at_most"), q).value_or(0);
  return Distribution::between(high / 3, high);
}

Distribution form_at_least(json::ObjectReader& at, const json::Value& v, Quantity q) {
  const double low = quantity_of(at, v, at.pointer("at_least"), q).value_or(0);
  return Distribution::between(low, low * 3);
}

Distribution form_uniform(json::ObjectReader& at, const json::Value& v, Quantity q) {
  const auto range = range_of(at, "uniform", v, q);
  return range ? Distribution::uniform(range->first, range->second) : Distribution();
}

Distribution form_exponential(json::ObjectReader& at, const json::Value& v, Quantity q) {
  return Distribution::exponential(quantity_of(at, v, at.pointer("exponential"), q).value_or(0));
}

Distribution form_gamma(json::ObjectReader& at, const json::Value& v, Quantity q) {
  json::ObjectReader gamma(v, at.pointer("gamma"), at.name(), at.errors());
  const json::Value* mean = gamma.find("mean");
  const double cv = gamma.number("cv", 0.01, 20).value_or(1);
  gamma.finish();
  if (mean == nullptr) {
    gamma.fail(v, gamma.pointer(), "expected mean and cv");
    return {};
  }
  return Distribution::gamma(quantity_of(gamma, *mean, gamma.pointer("mean"), q).value_or(1), cv);
}

Distribution form_quantiles(json::ObjectReader& at, const json::Value& v, Quantity q) {
  const std::string pointer = at.pointer("quantiles");
  if (!v.is_object()) {
    at.fail(v, pointer, "expected an object of probability: value");
    return {};
  }
  std::vector<std::pair<double, double>> knots;
  for (const json::Member& knot : v.members()) {
    double probability = -1;
    const char* end = knot.key.data() + knot.key.size();
    const auto parsed = std::from_chars(knot.key.data(), end, probability);
    const auto value = quantity_of(at, knot.value, pointer + '/' + knot.key, q);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      at.fail(knot.value, pointer, "expected a probability, found " + quoted_excerpt(knot.key));
    } else if (value) {
      knots.emplace_back(probability, *value);
    }
  }
  if (knots.size() != v.members().size()) {
    return {};
  }
  const Result<Distribution> made = Distribution::quantiles(std::move(knots));
  if (!made) {
    at.fail(v, pointer, made.error().what);
    return {};
  }
  return *made;
}

Distribution form_mixture(json::ObjectReader& at, const json::Value& v, Quantity q) {
  const std::string pointer = at.pointer("mixture");
  if (!v.is_array()) {
    at.fail(v, pointer, "expected an array of { weight, of }");
    return {};
  }
  std::vector<std::pair<double, Distribution>> parts;
  for (std::size_t i = 0; i < v.items().size(); ++i) {
    json::ObjectReader part(v.items()[i], pointer + '/' + std::to_string(i), at.name(),
                            at.errors());
    const double weight = part.number("weight", 0, 1e9).value_or(1);
    const auto of = read_distribution(part, "of", q);
    part.finish();
    if (!of) {
      part.fail(v.items()[i], part.pointer(), "expected \"of\": a time or amount");
    }
    parts.emplace_back(weight, of.value_or(Distribution()));
  }
  const Result<Distribution> made = Distribution::mixture(std::move(parts));
  if (!made) {
    at.fail(v, pointer, made.error().what);
    return {};
  }
  return *made;
}

struct NamedForm {
  std::string_view key;
  Form form;
};
constexpr NamedForm kForms[] = {
    {"value", form_value},
    {"typical", form_typical},
    {"between", form_between},
    {"at_most", form_at_most},
    {"at_least", form_at_least},
    {"uniform", form_uniform},
    {"exponential", form_exponential},
    {"gamma", form_gamma},
    {"quantiles", form_quantiles},
    {"mixture", form_mixture},
};

Distribution adjusted(json::ObjectReader& at, Distribution out, Quantity quantity) {
  out = out.scaled(at.number("scale", 1e-9, 1e9).value_or(1));
  const json::Value* low = at.find("min");
  const json::Value* high = at.find("max");
  if (low != nullptr) {
    out = out.clamped(quantity_of(at, *low, at.pointer("min"), quantity).value_or(0), 1e300);
  }
  if (high != nullptr) {
    out = out.clamped(0, quantity_of(at, *high, at.pointer("max"), quantity).value_or(1e300));
  }
  return out;
}

}  // namespace

std::optional<Distribution> read_distribution(json::ObjectReader& reader, std::string_view key,
                                              Quantity quantity) {
  const json::Value* value = reader.find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_object()) {
    const auto constant = quantity_of(reader, *value, reader.pointer(key), quantity);
    return Distribution::constant(constant.value_or(0));
  }
  json::ObjectReader at(*value, reader.pointer(key), reader.name(), reader.errors());
  read_origin(at);
  std::vector<std::string_view> found;
  std::string all;
  const NamedForm* chosen = nullptr;
  for (const NamedForm& form : kForms) {
    all += (all.empty() ? "" : ", ") + std::string(form.key);
    if (at.find(form.key) != nullptr) {
      found.push_back(form.key);
      chosen = &form;
    }
  }
  Distribution out;
  const bool both = found.size() == 2 && found[0] == "at_most" && found[1] == "at_least";
  if (both) {
    const auto low = quantity_of(at, *at.find("at_least"), at.pointer("at_least"), quantity);
    const auto high = quantity_of(at, *at.find("at_most"), at.pointer("at_most"), quantity);
    if (low && high && *low > *high) {
      at.fail(*value, at.pointer(), "expected at_least <= at_most");
    } else {
      out = Distribution::between(low.value_or(0), high.value_or(0));
    }
  } else if (found.size() == 1) {
    out = chosen->form(at, *at.find(chosen->key), quantity);
  } else if (found.empty()) {
    at.fail(*value, at.pointer(), "expected one of " + all);
  } else {
    at.fail(*value, at.pointer(),
            "expected one form, found " + std::string(found[0]) + " and " + std::string(found[1]) +
                "; set the one that is not meant to null");
  }
  if (chosen == nullptr || chosen->key != "typical") {
    if (at.find("spread") != nullptr) {
      at.fail(*at.find("spread"), at.pointer("spread"), "spread belongs to typical");
    }
  }
  out = adjusted(at, out, quantity);
  at.finish();
  return out;
}

std::optional<double> read_seconds(json::ObjectReader& reader, std::string_view key) {
  const json::Value* value = reader.find(key);
  return value == nullptr ? std::nullopt
                          : quantity_of(reader, *value, reader.pointer(key), Quantity::Time);
}

void read_origin(json::ObjectReader& reader) {
  reader.text("note");
  reader.text("source");
  const json::Value* basis = reader.find("basis");
  if (basis != nullptr && basis->is_string() && basis->as_string() == "measured") {
    reader.fail(*basis, reader.pointer("basis"),
                "a profile's figures are published, stated, assumed or recorded, never measured");
    return;
  }
  reader.choice("basis", {"published", "stated", "assumed", "recorded"});
}

}  // namespace rehearse::latency
