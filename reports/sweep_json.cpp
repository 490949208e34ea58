#include "harness/base/check.hpp"
#include "harness/record/sweep_facts.hpp"
#include "reports/json.hpp"

namespace rehearse::reports {

using json::Value;
using record::RunSummary;

Value sweep_json(std::span<const RunSummary> points) {
  REHEARSE_CHECK(!points.empty());
  Value out = Value::object();
  out.set("schema_version", kJsonVersion);
  out.set("scenario", points.front().header.scenario);
  Value& list = out.set("points", Value::array());
  const record::SweepFacts facts = record::sweep_facts(points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    Value point = run_json(points[i]);
    point.set("pareto", static_cast<bool>(facts.on_front[i]));
    list.push(std::move(point));
  }
  Value& rows = out.set("scalability", Value::array());
  for (const record::ScalabilityRow& row : facts.scalability) {
    Value& each = rows.push(Value::object());
    each.set("axis", row.axis);
    each.set("others", row.others);
    each.set("alone_per_s", tidy(row.fit.lambda));
    each.set("sigma", tidy(row.fit.sigma));
    each.set("kappa", tidy(row.fit.kappa));
    each.set("peak", tidy(row.fit.peak));
    Value& residuals = each.set("residuals", Value::array());
    for (const double residual : row.fit.residuals) {
      residuals.push(tidy(residual));
    }
  }
  return out;
}

}  // namespace rehearse::reports
