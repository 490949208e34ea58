#pragma once

#include <string>

#include "harness/json/value.hpp"
#include "reports/charts.hpp"

namespace rehearse::reports {

// The drawing of how a p50 gets from one level to another, one step after the other.
class Bridge {
 public:
  // `most_s`: the highest level there is, which chooses the unit.
  explicit Bridge(double most_s);

  // A level that stands on zero.
  void pier(const std::string& label, double level_s, const char* tone);
  // From the last level down to `to_s`; `text` stands beside it, else what is saved.
  void step(const std::string& label, double to_s, double saved_s, const std::string& text = {});
  double level_s() const { return level_s_; }
  Plot plot(std::string description) &&;

 private:
  void row(const std::string& label, double from_s, double to_s, const char* tone,
           const std::string& text);

  TimeUnit unit_;
  double level_s_ = 0;
  json::Value rows_ = json::Value::array();
};

}  // namespace rehearse::reports
