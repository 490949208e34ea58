#include <algorithm>
#include <string>

#include "harness/base/check.hpp"
#include "harness/record/sweep_facts.hpp"
#include "reports/documents.hpp"
#include "reports/figures.hpp"
#include "reports/sweep_axes.hpp"

namespace rehearse::reports {
namespace {

using record::RunSummary;

Text objectives_cell(const RunSummary& point) {
  std::size_t met = 0;
  std::size_t judged = 0;
  for (const record::ObjectiveSummary& objective : point.objectives) {
    judged += objective.met ? 1u : 0u;
    met += objective.met.value_or(false) ? 1u : 0u;
  }
  if (point.objectives.empty()) {
    return {""};
  }
  const std::size_t open = point.objectives.size() - judged;
  return {std::to_string(met) + " of " + std::to_string(judged) +
              (open > 0 ? " (" + std::to_string(open) + " open)" : ""),
          met == judged && judged > 0 ? Tone::Good : Tone::Warn};
}

std::string best_points(std::span<const RunSummary> points) {
  const RunSummary* fastest = nullptr;
  const RunSummary* cheapest = nullptr;
  for (const RunSummary& point : points) {
    if (point.done == 0) {
      continue;
    }
    if (fastest == nullptr || point.response_s.mean < fastest->response_s.mean) {
      fastest = &point;
    }
    if (cheapest == nullptr || point.cost_usd.mean < cheapest->cost_usd.mean) {
      cheapest = &point;
    }
  }
  if (fastest == nullptr) {
    return "No job of any point was done";
  }
  const bool billed = cheapest->cost_usd.mean > 0;
  std::string out = (billed && fastest == cheapest ? "Fastest and cheapest: " : "Fastest: ") +
                    fastest->header.point + " (mean " + seconds(fastest->response_s.mean);
  if (billed && fastest == cheapest) {
    return out + ", " + usd(cheapest->cost_usd.mean) + " a job)";
  }
  out += ")";
  return billed ? out + "; cheapest: " + cheapest->header.point + " (" +
                      usd(cheapest->cost_usd.mean) + " a job)"
                : out;
}

// How many points miss no objective; nothing where no point has an objective that can be judged.
std::string objectives_sentence(std::span<const RunSummary> points) {
  std::vector<std::string> good;
  bool judged = false;
  for (const RunSummary& point : points) {
    const auto missed = [](const record::ObjectiveSummary& each) { return each.met == false; };
    const auto met = [](const record::ObjectiveSummary& each) { return each.met == true; };
    const auto& all = point.objectives;
    const bool any = std::any_of(all.begin(), all.end(), met);
    const bool lost = std::any_of(all.begin(), all.end(), missed);
    judged = judged || any || lost;
    if (any && !lost) {
      good.push_back(point.header.point);
    }
  }
  if (!judged) {
    return "";
  }
  const std::string of = " of " + plural(points.size(), "point");
  if (good.empty()) {
    return "None" + of + " meets all its objectives";
  }
  const bool few = good.size() <= 3 && good.size() < points.size();
  return count(good.size()) + of + (good.size() == 1 ? " misses" : " miss") + " no objective" +
         (few ? ": " + joined(good, "; ") : "");
}

// The Universal Scalability Law along an axis of load.
Table scalability_table(const record::SweepFacts& facts) {
  Table out;
  out.title = "How throughput scales (Universal Scalability Law)";
  out.columns = {{"along", false, 0},          {"one alone", true, 1},
                 {"wait their turn", true, 0}, {"cost of a pair", true, 0},
                 {"off by at most", true, 0},  {"peak", false, 0}};
  for (const record::ScalabilityRow& row : facts.scalability) {
    const stats::Scalability& fit = row.fit;
    out.rows.push_back(
        {{row.axis + (row.others.empty() ? "" : " at " + row.others), Tone::Strong},
         {number(fit.lambda) + "/s"},
         {percent(fit.sigma)},
         {number(fit.kappa)},
         {percent(fit.worst), fit.worst > 0.1 ? Tone::Warn : Tone::Plain},
         {fit.peak ? number(*fit.peak) + ", " + number(fit.at(*fit.peak)) + "/s" : fit.why_no_peak,
          fit.peak ? Tone::Plain : Tone::Dim}});
  }
  return out;
}

}  // namespace

std::vector<std::string> sweep_sentences(std::span<const RunSummary> points) {
  std::vector<std::string> out;
  for (const std::string& sentence :
       {knee_sentence(points), best_points(points), objectives_sentence(points)}) {
    if (!sentence.empty()) {
      out.push_back(sentence);
    }
  }
  return out;
}

Document sweep_document(std::span<const RunSummary> points) {
  REHEARSE_CHECK(!points.empty());
  const RunSummary& first = points.front();
  Document out;
  out.title = first.header.scenario + ": sweep";
  Paragraph head;
  head.lines.push_back(
      {{first.header.scenario, Tone::Strong},
       {" · " + plural(points.size(), "point") + " · workload " + first.header.workload + " · " +
        first.header.against + " · seed " + std::to_string(first.header.seed)}});
  for (const RunSummary& point : points) {
    for (const std::string& reason : point.invalid_reasons) {
      head.lines.push_back({{"invalid: ", Tone::Bad}, {point.header.point + ": " + reason}});
    }
  }
  for (const std::string& sentence : sweep_sentences(points)) {
    head.lines.push_back({{sentence, head.lines.size() == 1 ? Tone::Strong : Tone::Plain}});
  }
  out.blocks.push_back(std::move(head));
  const record::SweepFacts facts = record::sweep_facts(points);
  Table table;
  table.title = "Points";
  if (first.header.axes.is_object()) {
    for (const json::Member& axis : first.header.axes.members()) {
      table.columns.push_back({axis.key, true, 0});
    }
  } else {
    table.columns.push_back({"point", false, 0});
  }
  const std::size_t axes = table.columns.size();
  for (const Column& column : std::vector<Column>{{"p50", true, 0},
                                                  {"p95", true, 0},
                                                  {"mean", true, 4},
                                                  {"jobs/s", true, 3},
                                                  {"cost a job", true, 0},
                                                  {"errors", true, 1},
                                                  {"met", false, 2},
                                                  {"front", false, 1}}) {
    table.columns.push_back(column);
  }
  for (const RunSummary& point : points) {
    std::vector<Text> row;
    if (point.header.axes.is_object() && point.header.axes.members().size() == axes) {
      for (const json::Member& axis : point.header.axes.members()) {
        row.push_back({axis_text(axis.value), Tone::Strong});
      }
    } else {
      row.push_back({point.header.point, Tone::Strong});
      row.resize(axes);
    }
    const std::uint64_t lost = point.failed + point.timed_out;
    const std::uint64_t all = point.done + lost;
    row.push_back({quantile(point.response_s, 0.5)});
    row.push_back({quantile(point.response_s, 0.95)});
    row.push_back({point.done > 0 ? seconds(point.response_s.mean) : "–"});
    row.push_back({number(point.throughput_per_s)});
    row.push_back({point.cost_usd.count > 0 ? usd(point.cost_usd.mean) : "–"});
    row.push_back({all > 0 ? percent(static_cast<double>(lost) / static_cast<double>(all)) : "–",
                   lost > 0 ? Tone::Bad : Tone::Plain});
    row.push_back(objectives_cell(point));
    const bool on_front = facts.on_front[static_cast<std::size_t>(&point - points.data())];
    row.push_back({on_front ? "*" : "", Tone::Good});
    table.rows.push_back(std::move(row));
  }
  table.notes.push_back({{"* on the Pareto front: no other point is at most as dear, as slow (" +
                          std::string(facts.by_p95 ? "p95" : "mean") +
                          ") and as often lost, and better in one of them"}});
  out.blocks.push_back(std::move(table));
  if (!facts.scalability.empty()) {
    out.blocks.push_back(scalability_table(facts));
  }
  return out;
}

}  // namespace rehearse::reports
