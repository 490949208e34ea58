#include "harness/pricing/price_table.hpp"

#include "harness/base/check.hpp"
#include "harness/json/object_reader.hpp"
#include "harness/json/read.hpp"
#include "harness/pricing/read_rates.hpp"

namespace rehearse::pricing {
namespace {

Date read_date(json::ObjectReader& reader, std::string_view key) {
  const std::optional<std::string> text = reader.text(key);
  if (!text) {
    return {};
  }
  const Result<Date> date = parse_date(*text);
  if (!date) {
    reader.fail(*reader.find(key), reader.pointer(key), date.error().what);
    return {};
  }
  return *date;
}

void read_aliases(json::ObjectReader& reader, ModelPrices& model) {
  const json::Value* list = reader.find("aliases");
  if (list == nullptr) {
    return;
  }
  if (!list->is_array()) {
    reader.fail(*list, reader.pointer("aliases"), "expected an array of names");
    return;
  }
  for (const json::Value& alias : list->items()) {
    if (alias.is_string()) {
      model.aliases.push_back(alias.as_string());
    } else {
      reader.fail(alias, reader.pointer("aliases"), "expected names");
    }
  }
}

ModelPrices::Dated read_dated(json::ObjectReader& reader, const std::string& source) {
  ModelPrices::Dated out;
  out.from = read_date(reader, "from_date");
  out.source = reader.text("source").value_or(source);
  reader.text("note");
  read_date(reader, "checked");
  out.rates = read_rates(reader);
  if (out.source.empty()) {
    reader.errors().push_back({reader.pointer(), "every price needs a source"});
  }
  return out;
}

void read_model(json::ObjectReader& reader, ModelPrices& model, const std::string& source) {
  read_aliases(reader, model);
  const json::Value* later = reader.find("later");
  model.dated.push_back(read_dated(reader, source));
  reader.finish();
  if (later == nullptr) {
    return;
  }
  if (!later->is_array()) {
    reader.fail(*later, reader.pointer("later"), "expected an array of dated prices");
    return;
  }
  for (std::size_t i = 0; i < later->items().size(); ++i) {
    json::ObjectReader item(later->items()[i], reader.pointer("later") + '/' + std::to_string(i),
                            reader.name(), reader.errors());
    ModelPrices::Dated next = read_dated(item, model.dated.back().source);
    item.finish();
    if (next.from <= model.dated.back().from) {
      item.fail(later->items()[i], item.pointer(), "expected a from_date after the one before");
    }
    model.dated.push_back(std::move(next));
  }
}

bool fits(std::string_view pattern, std::string_view model) {
  if (!pattern.empty() && pattern.back() == '*') {
    return model.starts_with(pattern.substr(0, pattern.size() - 1));
  }
  return pattern == model;
}

}  // namespace

const ModelPrices::Dated& ModelPrices::on(Date day) const {
  REHEARSE_CHECK(!dated.empty());
  const Dated* found = &dated.front();
  for (const Dated& candidate : dated) {
    if (candidate.from <= day) {
      found = &candidate;
    }
  }
  return *found;
}

Result<PriceTable> PriceTable::make(const json::Value& value, std::string_view name) {
  Errors errors;
  PriceTable table;
  json::ObjectReader top(value, "", name, errors);
  top.text("note");
  read_date(top, "checked");
  const json::Value* providers = top.find("providers");
  top.finish();
  if (providers != nullptr && providers->is_object()) {
    for (const json::Member& provider : providers->members()) {
      json::ObjectReader owner(provider.value, json::pointer_join("/providers", provider.key), name,
                               errors);
      const std::string source = owner.text("source").value_or("");
      owner.text("note");
      const json::Value* models = owner.find("models");
      owner.finish();
      if (models == nullptr || !models->is_object()) {
        owner.fail(provider.value, owner.pointer("models"), "expected an object of models");
        continue;
      }
      for (const json::Member& member : models->members()) {
        ModelPrices model{provider.key, member.key, {}, {}};
        json::ObjectReader reader(
            member.value, json::pointer_join(owner.pointer("models"), member.key), name, errors);
        read_model(reader, model, source);
        table.models_.push_back(std::move(model));
      }
    }
  } else {
    errors.push_back({json::place(name, value, "/providers"), "expected an object of providers"});
  }
  if (!errors.empty()) {
    return errors;
  }
  return table;
}

const ModelPrices* PriceTable::find(std::string_view provider, std::string_view model) const {
  for (const ModelPrices& candidate : models_) {
    if (candidate.provider == provider && candidate.model == model) {
      return &candidate;
    }
  }
  for (const ModelPrices& candidate : models_) {
    if (candidate.provider != provider) {
      continue;
    }
    for (const std::string& alias : candidate.aliases) {
      if (fits(alias, model)) {
        return &candidate;
      }
    }
  }
  return nullptr;
}

PriceTable shipped_prices() {
  const std::span<const EmbeddedText> files = shipped_price_files();
  REHEARSE_CHECK(files.size() == 1);
  const Result<json::Value> value = json::parse(files[0].text, "prices.json");
  REHEARSE_CHECK(value.ok());
  Result<PriceTable> table = PriceTable::make(*value, "prices.json");
  REHEARSE_CHECK(table.ok());
  return std::move(table).value();
}

}  // namespace rehearse::pricing
