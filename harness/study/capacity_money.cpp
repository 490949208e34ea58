#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "harness/base/text.hpp"
#include "harness/study/capacity_parts.hpp"

// Variants that cost something: what they cost, bring, and when they have paid for themselves.
namespace rehearse::study {
namespace {

using record::VariantMoney;
using scenarios::Variant;

constexpr std::size_t kMostRows = 12;
constexpr double kPrecision = 0.03;

struct Costs {
  double monthly = 0;
  double once = 0;
};

Costs costs_of(const scenarios::ScenarioFile& file, const std::vector<std::string>& active) {
  Costs out;
  for (const Variant& variant : file.variants()) {
    if (std::find(active.begin(), active.end(), variant.name) != active.end()) {
      out.monthly += variant.monthly.count_usd();
      out.once += variant.once.count_usd();
    }
  }
  return out;
}

// The base, each variant that costs something, and presets that hold one of them.
std::vector<std::vector<std::string>> candidates(const scenarios::ScenarioFile& file,
                                                 const scenarios::Selection& base) {
  std::vector<std::vector<std::string>> out{base.variants};
  for (const Variant& variant : file.variants()) {
    if (variant.purpose == scenarios::Purpose::Condition || out.size() == kMostRows) {
      continue;
    }
    scenarios::Selection with = base;
    with.variants.push_back(variant.name);
    const auto scenario = scenarios::instantiate(file, with);
    if (!scenario) {
      continue;  // it does not go with what is chosen
    }
    const Costs costs = costs_of(file, scenario->variants);
    if (costs.monthly > 0 || costs.once > 0) {
      out.push_back(with.variants);
    }
  }
  return out;
}

Result<VariantMoney> row_of(const scenarios::ScenarioFile& file, const Player& player,
                            const CapacityOptions& options,
                            const std::vector<std::string>& variants, LoadAxis axis) {
  scenarios::Selection selection = options.selection;
  selection.variants = variants;
  Result<scenarios::Scenario> scenario = scenarios::instantiate(file, selection);
  if (!scenario) {
    return scenario.errors();
  }
  VariantMoney out;
  const Costs costs = costs_of(file, scenario->variants);
  out.monthly_usd = costs.monthly;
  out.once_usd = costs.once;
  for (const std::string& name : variants) {
    out.name += (out.name.empty() ? "" : "+") + name;
  }
  out.name = out.name.empty() ? "base" : out.name;
  KneeOptions how = knee_options(options, axis);
  how.precision = kPrecision;
  how.replications = 8;
  LoadedSystem system{std::move(scenario).value(), {}, {}};
  system.think = {.distribution = Distribution::constant(0), .expression = {}};
  const Result<Surveyed> surveyed = survey(player, std::move(system), options, how);
  if (!surveyed) {
    return surveyed.errors();
  }
  const Unloaded& rest = surveyed->unloaded;
  how.jobs = jobs_of_events(rest, kLookEvents);
  out.cost_usd = rest.cost_usd;
  out.done_share = rest.done_share;
  out.capacity = std::numeric_limits<double>::quiet_NaN();
  const bool any = std::any_of(surveyed->targets.begin(), surveyed->targets.end(),
                               [](const Target& t) { return t.role == Target::Role::Bound; });
  out.capacity_end = any ? "unbounded" : "none";
  if (any && std::isfinite(rest.bound_per_s())) {
    const Result<Knee> knee = find_knee(player, surveyed->system, surveyed->targets, rest, how);
    if (!knee) {
      return knee.errors();
    }
    out.capacity_end = end_name(knee->end);
    out.capacity = knee->load;
    out.done_share = knee->at ? knee->at->done_share : rest.done_share;
  }
  return out;
}

// Jobs a month: what is wanted, or as much of it as is carried.
void add_volume(const record::CapacityPlan& plan, LoadAxis axis, VariantMoney& row) {
  if (!plan.volume_a_month) {
    return;
  }
  double jobs = *plan.volume_a_month;
  if (axis == LoadAxis::Rate && row.capacity_end == "found") {
    jobs = std::min(jobs, row.capacity * kSecondsAMonth);
  }
  row.jobs_a_month = jobs * row.done_share;
  row.calls_usd_a_month = jobs * row.cost_usd;
  row.value_usd_a_month = *row.jobs_a_month * plan.value_per_job_usd;
}

std::string pays_from(const VariantMoney& base, VariantMoney& row,
                      const record::CapacityPlan& plan) {
  const double more_a_month = row.monthly_usd - base.monthly_usd;
  const double saved = base.cost_usd - row.cost_usd;
  if (saved > 0 && more_a_month > 0) {
    row.pays_from_jobs = more_a_month / saved;
    return fmt::format("pays for itself by cheaper calls from {} jobs a month",
                       grouped(std::ceil(*row.pays_from_jobs)));
  }
  const double earned = plan.value_per_job_usd - row.cost_usd;
  if (more_a_month > 0 && earned > 0) {
    return fmt::format("needs {} more finished jobs a month to pay for itself",
                       grouped(std::ceil(more_a_month / earned)));
  }
  return more_a_month > 0 ? "saves no money: say what a job is worth (value_per_job) to weigh it"
                          : "costs nothing a month";
}

void weigh(const record::CapacityPlan& plan, std::vector<VariantMoney>& rows) {
  const VariantMoney base = rows.front();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    VariantMoney& row = rows[i];
    const std::string from = pays_from(base, row, plan);
    if (!row.calls_usd_a_month || !base.calls_usd_a_month) {
      row.verdict = from;
      continue;
    }
    row.net_usd_a_month = (*row.value_usd_a_month - *row.calls_usd_a_month - row.monthly_usd) -
                          (*base.value_usd_a_month - *base.calls_usd_a_month - base.monthly_usd);
    if (!(*row.net_usd_a_month > 0)) {
      row.verdict = fmt::format("never pays back at this volume: {} a month; {}",
                                readable_money(Money::from_usd(*row.net_usd_a_month)), from);
      continue;
    }
    row.pay_back_months = row.once_usd / *row.net_usd_a_month;
    row.verdict = row.once_usd > 0
                      ? fmt::format("pays back in {} months",
                                    number_text(std::ceil(*row.pay_back_months * 10) / 10))
                      : fmt::format("pays from the first month: {} a month more",
                                    readable_money(Money::from_usd(*row.net_usd_a_month)));
  }
}

}  // namespace

Result<std::vector<VariantMoney>> variant_money(const scenarios::ScenarioFile& file,
                                                const Player& player,
                                                const CapacityOptions& options,
                                                const record::CapacityPlan& plan, LoadAxis axis) {
  const std::vector<std::vector<std::string>> all = candidates(file, options.selection);
  std::vector<VariantMoney> out;
  if (all.size() < 2) {
    return out;
  }
  for (const std::vector<std::string>& variants : all) {
    Result<VariantMoney> row = row_of(file, player, options, variants, axis);
    if (!row) {
      return row.errors();
    }
    add_volume(plan, axis, *row);
    out.push_back(std::move(row).value());
  }
  weigh(plan, out);
  return out;
}

}  // namespace rehearse::study
