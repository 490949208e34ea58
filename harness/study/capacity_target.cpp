#include <algorithm>
#include <cmath>

#include "harness/study/capacity_parts.hpp"

// What a target load takes: as much of everything as its demand, and a reserve that grows with the
// root of it (square-root staffing: Halfin and Whitt 1981), the smallest with which a play of the
// target is inside every objective.
namespace rehearse::study {
namespace {

constexpr double kMostReserve = 64;
constexpr unsigned kMostTries = 9;
constexpr double kEndlessReserve = 1e4;

// Units of a constraint that `per_s` jobs a second take with a reserve of so many roots.
double need_of(const Constraint& constraint, double per_s, double reserve) {
  const double load = constraint.demand * per_s;  // slots, or units a second
  if (!constraint.per_time) {
    return std::ceil(load + reserve * std::sqrt(load) - 1e-9);
  }
  using What = latency::Limits::What;
  const bool day = constraint.place.what == What::Day || constraint.place.what == What::TokensDay;
  const double window = day ? 86'400 : 60;
  const double calls = std::max(per_s * window, 1.0);
  return load * (1 + reserve / std::sqrt(calls));
}

struct Sized {
  LoadedSystem system;
  std::vector<double> factors;  // by constraint; 1: enough as it is
};

Sized sized(const Surveyed& surveyed, double per_s, double reserve) {
  Sized out{surveyed.system, {}};
  for (const Constraint& constraint : surveyed.unloaded.constraints) {
    double factor = 1;
    if (constraint.demand > 0 && constraint.has > 0) {
      factor = std::max(1.0, need_of(constraint, per_s, reserve) / constraint.has);
    }
    if (factor > 1) {
      relieve(constraint, factor, out.system.scenario, out.system.changes);
    }
    out.factors.push_back(factor);
  }
  return out;
}

class Sizing {
 public:
  Sizing(const Player& player, const Surveyed& surveyed, const KneeOptions& how, double load)
      : player_(player), surveyed_(surveyed), how_(how), load_(load) {
    const Unloaded& rest = surveyed.unloaded;
    per_s_ =
        how.axis == LoadAxis::Rate ? load : load / std::max(rest.response_s + rest.think_s, 1e-9);
    out_.axis = std::string(axis_name(how.axis));
    out_.load = load;
  }

  Result<record::CapacityTarget> run() {
    const Result<bool> already = inside(surveyed_.system, surveyed_.unloaded);
    if (!already) {
      return already.errors();
    }
    if (*already) {
      out_.already = true;
      return finish(
          Sized{surveyed_.system, std::vector<double>(surveyed_.unloaded.constraints.size(), 1.0)});
    }
    const Result<bool> ever = try_reserve(kEndlessReserve);
    if (!ever) {
      return ever.errors();
    }
    if (!*ever) {
      out_.why = "no amount of limits, slots and connections is enough: " + broken_;
      return std::move(out_);
    }
    return search();
  }

 private:
  Result<record::CapacityTarget> search() {
    double low = 0;
    double high = kMostReserve;
    Result<bool> none = try_reserve(low);
    if (!none) {
      return none.errors();
    }
    if (*none) {
      return finish(sized(surveyed_, per_s_, low));
    }
    double next = 1;
    while (out_.probes < kMostTries && high - low > 0.1 * std::max(high, 0.5)) {
      const Result<bool> enough = try_reserve(next);
      if (!enough) {
        return enough.errors();
      }
      (*enough ? high : low) = next;
      next = high == kMostReserve ? next * 2 : 0.5 * (low + high);
    }
    return finish(sized(surveyed_, per_s_, high));
  }

  Result<bool> try_reserve(double reserve) {
    const Sized candidate = sized(surveyed_, per_s_, reserve);
    Unloaded rest = surveyed_.unloaded;
    for (std::size_t c = 0; c < rest.constraints.size(); ++c) {
      rest.relieve(surveyed_.unloaded.constraints[c], candidate.factors[c]);
    }
    return inside(candidate.system, rest);
  }

  Result<bool> inside(const LoadedSystem& system, const Unloaded& rest) {
    const Result<Probe> found = look_at(player_, system, rest, surveyed_.targets, how_, load_);
    ++out_.probes;
    if (!found) {
      return found.errors();
    }
    const Tightest worst = tightest(surveyed_.targets, found->values);
    if (found->growing) {
      broken_ = "the backlog grows without bound";
    } else if (worst.margin < 0) {
      broken_ = in_words(surveyed_.targets[worst.target], *found->values[worst.target]);
    }
    const bool enough = !found->growing && worst.margin >= 0;
    if (enough) {
      cost_usd_ = found->cost_usd;
      carried_per_s_ = found->throughput_per_s;
    }
    return enough;
  }

  Result<record::CapacityTarget> finish(const Sized& chosen) {
    out_.met = true;
    for (std::size_t c = 0; c < chosen.factors.size(); ++c) {
      const Constraint& constraint = surveyed_.unloaded.constraints[c];
      if (!(constraint.demand > 0)) {
        continue;
      }
      record::CapacityNeed row;
      row.name = constraint.name;
      row.unit = unit_of(constraint);
      row.has = constraint.written;
      row.needs = std::ceil(constraint.written * chosen.factors[c] - 1e-6);
      row.utilisation = std::min(constraint.utilisation(carried_per_s_) / chosen.factors[c], 1.0);
      out_.machines_usd_a_month +=
          constraint.usd_per_hour * chosen.factors[c] * kSecondsAMonth / 3600;
      out_.needs.push_back(std::move(row));
    }
    std::stable_sort(out_.needs.begin(), out_.needs.end(),
                     [](const auto& a, const auto& b) { return a.utilisation > b.utilisation; });
    out_.calls_usd_a_month = cost_usd_ * carried_per_s_ * kSecondsAMonth;
    return std::move(out_);
  }

  const Player& player_;
  const Surveyed& surveyed_;
  const KneeOptions& how_;
  double load_;
  double per_s_ = 0;          // what it would be if nobody waited
  double carried_per_s_ = 0;  // … and what it is, in the last play that was inside
  double cost_usd_ = 0;
  std::string broken_;
  record::CapacityTarget out_;
};

}  // namespace

Result<record::CapacityTarget> size_for(const Player& player, const Surveyed& surveyed,
                                        const KneeOptions& how, double load) {
  return Sizing(player, surveyed, how, load).run();
}

}  // namespace rehearse::study
