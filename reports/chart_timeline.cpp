#include <algorithm>
#include <cmath>
#include <map>

#include "reports/charts.hpp"
#include "reports/figures.hpp"

namespace rehearse::reports {
namespace {

constexpr int kMostSlots = 120;
constexpr std::size_t kTableSlots = 24;
constexpr std::size_t kMostKinds = 7;

// Neighbouring buckets of a timeline, taken together.
struct Slot {
  double from_s = 0;
  double width_s = 0;
  double started = 0, done = 0, failed = 0;
  double response_s = 0;  // sum over the done ones
  double in_flight = 0;   // at the end
};

std::vector<Slot> slots_of(const record::Timeline& timeline, std::size_t most) {
  const auto& buckets = timeline.buckets();
  const std::vector<std::int64_t> inside = timeline.in_flight();
  const std::size_t group = std::max<std::size_t>(1, (buckets.size() + most - 1) / most);
  const double width = timeline.width().count_s();
  std::vector<Slot> out;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (i % group == 0) {
      out.push_back({});
      out.back().from_s = static_cast<double>(i) * width;
    }
    Slot& slot = out.back();
    slot.width_s += width;
    slot.started += static_cast<double>(buckets[i].started);
    slot.done += static_cast<double>(buckets[i].done);
    slot.failed += static_cast<double>(buckets[i].failed);
    slot.response_s += static_cast<double>(buckets[i].response_ns) * 1e-9;
    slot.in_flight = static_cast<double>(inside[i]);
  }
  return out;
}

// One curve: a value of each slot; slots without one leave a gap.
using ValueOf = std::optional<double> (*)(const Slot&);
json::Value curve(const std::vector<Slot>& slots, const TimeUnit& unit, ValueOf value,
                  double scale = 1) {
  json::Value out = json::Value::array();
  for (const Slot& slot : slots) {
    const std::optional<double> y = value(slot);
    out.push(numbers({unit.of(slot.from_s + slot.width_s / 2),
                      y ? std::optional<double>(*y / scale) : std::nullopt}));
  }
  return out;
}

std::optional<double> started_rate(const Slot& slot) { return slot.started / slot.width_s; }
std::optional<double> done_rate(const Slot& slot) { return slot.done / slot.width_s; }
std::optional<double> failed_rate(const Slot& slot) { return slot.failed / slot.width_s; }
std::optional<double> in_flight(const Slot& slot) { return slot.in_flight; }
std::optional<double> mean_response(const Slot& slot) {
  return slot.done > 0 ? std::optional<double>(slot.response_s / slot.done) : std::nullopt;
}

struct Lane {
  std::string name;
  std::string tone;
  std::vector<Slot> slots;
  double runs = 1;  // that lie over each other: rates and counts are of one of them
};

// So many slots that each holds a few jobs: fewer would draw the rounding of whole jobs.
std::size_t most_slots(const record::RunSummary& run, double runs) {
  const double jobs = static_cast<double>(run.done + run.failed + run.timed_out) / runs;
  return static_cast<std::size_t>(std::clamp(jobs / 12, 24.0, double{kMostSlots}));
}

class Drawing {
 public:
  Drawing(const TimeUnit& unit, double end_s) : unit_(unit), end_s_(end_s) {}

  json::Value base(const std::string& y) const {
    json::Value data = json::Value::object();
    data.set("kind", "lines");
    data.set("x", std::string("time since the start, ") + unit_.name);
    data.set("y", y);
    data.set("height", 120);
    data.set("domain", numbers({0, unit_.of(end_s_)}));
    data.set("x_title", false);
    data.set("series", json::Value::array());
    return data;
  }
  void add(json::Value& data, const std::string& name, const std::string& tone,
           json::Value points) const {
    json::Value each = json::Value::object();
    each.set("name", name);
    each.set("tone", tone);
    each.set("points", std::move(points));
    data.find("series")->push(std::move(each));
  }
  const TimeUnit& unit() const { return unit_; }

 private:
  TimeUnit unit_;
  double end_s_;
};

Plot rate_plot(const std::vector<Lane>& lanes, const Drawing& drawing) {
  json::Value data = drawing.base(lanes.size() == 1 ? "jobs/s" : "jobs done/s");
  if (lanes.size() == 1) {
    const std::vector<Slot>& slots = lanes[0].slots;
    drawing.add(data, "started", "plain", curve(slots, drawing.unit(), &started_rate));
    drawing.add(data, "done", "main", curve(slots, drawing.unit(), &done_rate));
    const bool lost =
        std::any_of(slots.begin(), slots.end(), [](const Slot& slot) { return slot.failed > 0; });
    if (lost) {
      drawing.add(data, "not done", "bad", curve(slots, drawing.unit(), &failed_rate));
    }
  } else {
    for (const Lane& lane : lanes) {
      drawing.add(data, lane.name, lane.tone,
                  curve(lane.slots, drawing.unit(), &done_rate, lane.runs));
    }
  }
  return {"Jobs started, done and not done per second over the run", std::move(data)};
}

Plot lane_plot(const std::vector<Lane>& lanes, const Drawing& drawing, const std::string& y,
               ValueOf value, double scale, const std::string& description) {
  json::Value data = drawing.base(y);
  data.set("legend", false);  // that of the rates
  for (const Lane& lane : lanes) {
    const double of_one = value == &in_flight ? lane.runs : 1;
    drawing.add(data, lane.name, lane.tone,
                curve(lane.slots, drawing.unit(), value, scale * of_one));
  }
  return {description, std::move(data)};
}

// Failed attempts of the traced jobs by kind, the most frequent kinds first.
std::optional<Plot> refusal_plot(const record::RunDetail& detail, const Drawing& drawing,
                                 double end_s) {
  if (detail.refusals.empty() || end_s <= 0) {
    return std::nullopt;
  }
  constexpr std::size_t kBins = 60;
  std::map<std::string, std::vector<std::uint64_t>> kinds;
  for (const record::Refusal& refusal : detail.refusals) {
    auto& bins = kinds.try_emplace(refusal.failure, kBins).first->second;
    const double place = std::clamp(refusal.at_s / end_s, 0.0, 1.0) * kBins;
    ++bins[std::min<std::size_t>(static_cast<std::size_t>(place), kBins - 1)];
  }
  json::Value data = drawing.base("failed calls");
  data.set("bars", true);
  std::size_t written = 0;
  for (const auto& [name, bins] : kinds) {
    if (written++ == kMostKinds) {
      break;
    }
    json::Value points = json::Value::array();
    for (std::size_t i = 0; i < kBins; ++i) {
      if (bins[i] > 0) {
        const double at = (static_cast<double>(i) + 0.5) * end_s / kBins;
        points.push(numbers({drawing.unit().of(at), static_cast<double>(bins[i])}));
      }
    }
    drawing.add(data, name, "", std::move(points));
  }
  return Plot{"Failed calls of the traced jobs over the run, by kind", std::move(data)};
}

Table timeline_table(std::span<const ChartSide> sides) {
  Table out;
  out.title = "What happened when";
  if (sides.size() > 1) {
    out.columns.push_back({"side", false, 0});
  }
  for (const char* title :
       {"from", "jobs started", "done", "not done", "in flight at the end", "mean response"}) {
    out.columns.push_back({title, true, 0});
  }
  for (const ChartSide& side : sides) {
    for (const Slot& slot : slots_of(side.run->detail->tally.timeline, kTableSlots)) {
      std::vector<Text> row;
      if (sides.size() > 1) {
        row.push_back({side.name});
      }
      const auto whole = [](double n) { return count(static_cast<std::uint64_t>(n)); };
      row.push_back({seconds(slot.from_s)});
      row.push_back({whole(slot.started)});
      row.push_back({whole(slot.done)});
      row.push_back({whole(slot.failed), slot.failed > 0 ? Tone::Bad : Tone::Plain});
      row.push_back({whole(std::max(slot.in_flight, 0.0))});
      row.push_back({seconds(mean_response(slot))});
      out.rows.push_back(std::move(row));
    }
  }
  return out;
}

}  // namespace

std::optional<Chart> timeline_chart(std::span<const ChartSide> all) {
  std::vector<ChartSide> sides;
  std::vector<Lane> lanes;
  double end_s = 0;
  double slowest = 0;
  double busiest = 0;
  for (const ChartSide& side : all) {
    if (!side.run->detail || side.run->detail->tally.timeline.buckets().size() < 2) {
      continue;
    }
    sides.push_back(side);
    const double runs = static_cast<double>(side.runs);
    lanes.push_back({side.name, side.tone,
                     slots_of(side.run->detail->tally.timeline, most_slots(*side.run, runs)),
                     runs});
    busiest = std::max(busiest, static_cast<double>(side.run->max_in_flight) / runs);
    for (const Slot& slot : lanes.back().slots) {
      end_s = std::max(end_s, slot.from_s + slot.width_s);
      slowest = std::max(slowest, mean_response(slot).value_or(0));
    }
  }
  if (lanes.empty() || lanes[0].slots.size() < 3) {
    return std::nullopt;
  }
  const Drawing drawing(time_unit(end_s), end_s);
  const TimeUnit response = time_unit(slowest);
  Chart out;
  out.title = "The run over time";
  out.caption = "In scenario time; a job counts where it started and where it ended.";
  if (sides[0].runs > 1) {
    out.caption += " Each side lies " + count(sides[0].runs) +
                   " runs over each other: rates and jobs in flight are means of one run.";
  }
  out.plots.push_back(rate_plot(lanes, drawing));
  if (busiest > 1) {
    out.plots.push_back(
        lane_plot(lanes, drawing, "in flight", &in_flight, 1, "Jobs in flight over the run"));
  }
  out.plots.push_back(lane_plot(lanes, drawing, std::string("mean response, ") + response.name,
                                &mean_response, response.seconds,
                                "Mean response time of the jobs that ended, over the run"));
  for (const ChartSide& side : sides) {
    if (auto plot = refusal_plot(*side.run->detail, drawing, end_s)) {
      out.caption += " Failed calls" + (sides.size() > 1 ? " " + side.name : std::string()) +
                     " are those of " + count(side.run->detail->traces) + " traced jobs.";
      out.plots.push_back(std::move(*plot));
    }
  }
  out.plots.back().data.set("x_title", true);
  out.table = timeline_table(sides);
  return out;
}

}  // namespace rehearse::reports
