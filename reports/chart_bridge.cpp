#include "reports/chart_bridge.hpp"

#include <cmath>
#include <utility>

#include "reports/figures.hpp"

namespace rehearse::reports {

Bridge::Bridge(double most_s) : unit_(time_unit(most_s)) {}

void Bridge::row(const std::string& label, double from_s, double to_s, const char* tone,
                 const std::string& text) {
  json::Value& row = rows_.push(json::Value::array());
  row.push(label);
  push_numbers(row, {unit_.of(from_s), unit_.of(to_s)});
  row.push(tone);
  row.push(text);
}

void Bridge::pier(const std::string& label, double level_s, const char* tone) {
  row(label, 0, level_s, tone, seconds(level_s));
  level_s_ = level_s;
}

void Bridge::step(const std::string& label, double to_s, double saved_s, const std::string& text) {
  const std::string saved = (saved_s >= 0 ? "−" : "+") + seconds(std::fabs(saved_s));
  row(label, level_s_, to_s, saved_s >= 0 ? "good" : "bad", text.empty() ? saved : text);
  level_s_ = to_s;
}

Plot Bridge::plot(std::string description) && {
  json::Value data = json::Value::object();
  data.set("kind", "bridge");
  data.set("x", std::string("p50 of the response, ") + unit_.name);
  data.set("rows", std::move(rows_));
  return {std::move(description), std::move(data)};
}

}  // namespace rehearse::reports
