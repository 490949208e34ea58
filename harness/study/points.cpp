#include "harness/study/points.hpp"

#include <algorithm>
#include <optional>

#include "harness/base/check.hpp"
#include "harness/base/parallel.hpp"
#include "harness/record/summary.hpp"
#include "harness/study/stage_change.hpp"

namespace rehearse::study {
namespace {

// Small enough to be nothing, and still a duration.

FixedCosts fixed_costs(const scenarios::ScenarioFile& file, const scenarios::Scenario& scenario) {
  double monthly = 0;
  for (const scenarios::Variant& variant : file.variants()) {
    if (std::find(scenario.variants.begin(), scenario.variants.end(), variant.name) !=
        scenario.variants.end()) {
      monthly += variant.monthly.count_usd();
    }
  }
  return {monthly};
}

std::pair<std::string, double> largest(const record::RunPoint& point) {
  std::pair<std::string, double> out;
  for (std::size_t i = 0; i < point.tally.stages.size(); ++i) {
    const auto critical = static_cast<double>(point.tally.stages[i].critical_ns);
    const auto all = static_cast<double>(point.tally.critical_ns);
    if (all > 0 && critical / all > out.second) {
      out = {point.header.stages[i].path, critical / all};
    }
  }
  return out;
}

}  // namespace

void Points::want(const PointKey& point, const Subject& subject) {
  Entry& entry = entries_[point];
  const auto same = [&](const Subject& other) { return other.text == subject.text; };
  if (!entry.readings.contains(subject.text) &&
      std::none_of(entry.wanted.begin(), entry.wanted.end(), same)) {
    entry.wanted.push_back(subject);
  }
}

Result<scenarios::Scenario> Points::make(const PointKey& point) const {
  scenarios::Selection selection;
  selection.variants = point.variants;
  selection.workload = point.workload;
  selection.scaled_figures = point.scaled;
  Result<scenarios::Scenario> out = scenarios::instantiate(file_, selection);
  if (!out) {
    return out;
  }
  if (const auto vary = point.scaled.find("vary"); vary != point.scaled.end()) {
    for (scenarios::Stage& stage : out->stages) {
      stage.vary = stage.repeat ? vary->second : stage.vary;
    }
  }
  if (point.changed_stages_free) {
    scenarios::Selection plain;
    plain.workload = point.workload;
    const Result<scenarios::Scenario> base = scenarios::instantiate(file_, plain);
    if (!base) {
      return base;
    }
    const std::vector<bool> changed = changed_work(*base, *out);
    for (std::size_t i = 0; i < changed.size(); ++i) {
      out->stages[i].time_scale = changed[i] ? kFree : 1;
    }
  }
  return out;
}

Status Points::play(const PointKey& point, Entry& entry) const {
  const Result<scenarios::Scenario> scenario = make(point);
  if (!scenario) {
    return scenario.errors();
  }
  const ReplicateOptions options{.jobs = point.jobs, .seed = seed_, .which = point.which};
  const Result<std::vector<Batch>> batches = replicate(player_, *scenario, options);
  if (!batches) {
    return batches.errors();
  }
  const FixedCosts fixed = fixed_costs(file_, *scenario);
  const Batch all = pooled(*batches);
  for (const Subject& subject : entry.wanted) {
    entry.readings[subject.text] = read(subject, *batches, all, fixed);
  }
  entry.bottleneck = largest(all.point);
  entry.wanted.clear();
  return Done{};
}

Status Points::play() {
  std::vector<std::pair<const PointKey*, Entry*>> open;
  for (auto& [key, entry] : entries_) {
    if (!entry.wanted.empty()) {
      open.emplace_back(&key, &entry);
    }
  }
  // The long ones first, so that no core waits at the end for one that began last.
  std::stable_sort(open.begin(), open.end(),
                   [](const auto& a, const auto& b) { return a.first->jobs > b.first->jobs; });
  std::vector<std::optional<Status>> ended(open.size());
  for_each_parallel(open.size(),
                    [&](std::size_t i) { ended[i] = play(*open[i].first, *open[i].second); });
  for (const std::optional<Status>& status : ended) {
    if (!*status) {
      return *status;
    }
  }
  return Done{};
}

const Reading& Points::at(const PointKey& point, const Subject& subject) const {
  const auto entry = entries_.find(point);
  REHEARSE_CHECK(entry != entries_.end());
  const auto reading = entry->second.readings.find(subject.text);
  REHEARSE_CHECK(reading != entry->second.readings.end());
  return reading->second;
}

std::pair<std::string, double> Points::bottleneck(const PointKey& point) const {
  const auto entry = entries_.find(point);
  return entry == entries_.end() ? std::pair<std::string, double>{} : entry->second.bottleneck;
}

}  // namespace rehearse::study
