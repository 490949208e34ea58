#include <algorithm>
#include <cmath>

#include "reports/charts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"

namespace rehearse::reports {
namespace {

using record::ModelCheck;
using record::ModelError;
using record::Quality;
using record::Saving;
using record::Suggestion;
using record::Suggestions;
using record::Worth;

constexpr std::size_t kMostGains = 20;

const char* kind_of(Quality quality) {
  switch (quality) {
    case Quality::Same:
      return "same answers";
    case Quality::Stale:
      return "older or shared answers";
    case Quality::Deferred:
      return "work after the answer";
    case Quality::Lower:
      return "lower quality";
  }
  return "same answers";
}

// What moves that worth, by how much, whatever the quality: the colour says that.
std::vector<const Suggestion*> ranked(const Suggestions& all, Worth worth) {
  const double small = worth == Worth::Cost ? 5e-7 : 5e-4;
  std::vector<const Suggestion*> out;
  for (const Suggestion& each : all.found) {
    if (each.saved.size() == record::kWorths && std::fabs(saving_of(each, worth).value) >= small) {
      out.push_back(&each);
    }
  }
  std::stable_sort(out.begin(), out.end(), [&](const Suggestion* a, const Suggestion* b) {
    return saving_of(*a, worth).value > saving_of(*b, worth).value;
  });
  out.resize(std::min(out.size(), kMostGains));
  return out;
}

std::string gain_text(const Saving& saving, bool money) {
  const double size = std::fabs(saving.value);
  return (saving.value > 0 ? "−" : "+") + (money ? usd(size) : seconds(size));
}

Plot gain_plot(const std::vector<const Suggestion*>& shown, Worth worth) {
  const bool money = worth == Worth::Cost;
  double most = 0;
  for (const Suggestion* each : shown) {
    most = std::max(most, std::fabs(saving_of(*each, worth).value));
  }
  const TimeUnit unit = money ? TimeUnit{1, "USD"} : time_unit(most);
  json::Value data = json::Value::object();
  data.set("kind", "gains");
  data.set("x", money ? std::string("saved a job, USD") : std::string("p50 saved, ") + unit.name);
  json::Value& rows = data.set("rows", json::Value::array());
  for (const Suggestion* each : shown) {
    const Saving& saving = saving_of(*each, worth);
    json::Value& row = rows.push(json::Value::array());
    row.push(each->name);
    const double value = std::isfinite(saving.value) ? saving.value : 0;
    push_numbers(row, {unit.of(value), unit.of(value - saving.half_width),
                       unit.of(value + saving.half_width)});
    row.push(kind_of(each->quality));
    row.push(gain_text(saving, money));
  }
  return {money ? "Bar chart of the money that each suggestion saves a job"
                : "Bar chart of the time that each suggestion saves of the p50, ranked",
          std::move(data)};
}

}  // namespace

std::optional<Chart> gains_chart(const Suggestions& all, const Table& table) {
  Chart out;
  for (const Worth worth : {Worth::P50, Worth::Cost}) {
    const std::vector<const Suggestion*> shown = ranked(all, worth);
    if (!shown.empty()) {
      out.plots.push_back(gain_plot(shown, worth));
    }
  }
  if (out.plots.empty()) {
    return std::nullopt;
  }
  out.title = "What each would save, alone";
  out.caption =
      "The same jobs with the same luck, one change at a time. Thin line: the 95% interval. Left "
      "of zero it costs more than it brings.";
  out.table = table;
  out.table_open = true;
  return out;
}

std::optional<Chart> model_error_chart(const ModelCheck& check, const Table& table) {
  json::Value data = json::Value::object();
  data.set("kind", "changes");
  data.set("outcomes", true);
  data.set("x", "predicted against seen");
  data.set("bound", check.bound);
  json::Value& rows = data.set("rows", json::Value::array());
  for (const ModelError& each : check.errors) {
    json::Value& row = rows.push(json::Value::array());
    row.push(each.point + ", " + each.statistic);
    push_numbers(row, {each.error(), std::nullopt, std::nullopt});
    row.push(std::fabs(each.error()) > check.bound ? "fail" : "pass");
  }
  if (rows.items().empty()) {
    return std::nullopt;
  }
  Chart out;
  out.title = table.title;
  out.caption =
      "Point: how far the model's quantile is from the one that was seen in jobs it knows nothing "
      "of. Shaded: the bound of " +
      percent(check.bound) + " on either side.";
  out.table = table;
  out.table_open = true;
  out.plots.push_back(
      {"Errors of the model's quantiles, with their bound of " + percent(check.bound),
       std::move(data)});
  return out;
}

}  // namespace rehearse::reports
