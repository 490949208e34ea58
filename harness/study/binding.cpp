#include "harness/study/binding.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::study {
namespace {

constexpr double kMore = 1.5;         // so many times as much of what may bind
constexpr double kBeyondKnee = 1.03;  // where it is to help
constexpr std::size_t kSuspects = 3;  // that are tried
constexpr double kSuspicious = 0.1;   // less full than this binds nobody

Unloaded with_more(const Unloaded& rest, const std::vector<const Constraint*>& set, double factor) {
  Unloaded out = rest;
  for (const Constraint* each : set) {
    out.relieve(*each, factor);
  }
  return out;
}

// Which constraints bind: of those that are full, the first of which more is seen to help; where
// none helps alone, as few as do together.
class Binders {
 public:
  Binders(const Player& player, const Surveyed& surveyed, const KneeOptions& how, const Knee& knee)
      : player_(player), surveyed_(surveyed), how_(how), knee_(knee) {
    per_s_ = knee.at->throughput_per_s;
    ranked_ = fullest_first(knee.at->constraints, per_s_);
    for (const Constraint& each : ranked_) {
      if (suspects_.size() < kSuspects &&
          (each.utilisation(per_s_) >= kSuspicious || each.refused > 0)) {
        suspects_.push_back(&each);
      }
    }
  }

  Result<Binding> find() {
    Binding out;
    if (suspects_.empty()) {
      out.evidence = "no limit, slot or connection is near its end";
      return out;
    }
    Result<Set> found = alone();
    if (found && found->empty() && suspects_.size() > 1) {
      found = together();
    }
    if (!found) {
      return found.errors();
    }
    if (found->empty()) {
      out.evidence =
          "more of " + names(suspects_, ", ") +
          (suspects_.size() > 1 ? " does not help, alone or together" : " does not help");
      return out;
    }
    tell(*found, out);
    return out;
  }

 private:
  using Set = std::vector<const Constraint*>;

  static std::string names(const Set& set, const char* between) {
    std::string out;
    for (const Constraint* each : set) {
      out += (out.empty() ? "" : between) + each->name;
    }
    return out;
  }

  // Whether more of it lets a load just past the knee inside the objectives.
  Result<bool> helps(const Set& set) {
    LoadedSystem eased = surveyed_.system;
    for (const Constraint* each : set) {
      relieve(*each, kMore, eased.scenario, eased.changes);
    }
    const double load = how_.axis == LoadAxis::Users
                            ? std::max(std::ceil(knee_.load * kBeyondKnee), knee_.load + 1)
                            : knee_.load * kBeyondKnee;
    const Result<Probe> found = look_at(player_, eased, with_more(surveyed_.unloaded, set, kMore),
                                        surveyed_.targets, how_, load);
    if (!found) {
      return found.errors();
    }
    return !found->growing && tightest(surveyed_.targets, found->values).margin > 0;
  }

  Result<Set> alone() {
    for (const Constraint* suspect : suspects_) {
      const Result<bool> help = helps({suspect});
      if (!help) {
        return help.errors();
      }
      if (*help) {
        return Set{suspect};
      }
      in_vain_.push_back(suspect);
    }
    return Set{};
  }

  // The fullest two, three, … until they help; then without those that are not needed.
  Result<Set> together() {
    for (std::size_t n = 2; n <= suspects_.size(); ++n) {
      Set set(suspects_.begin(), suspects_.begin() + static_cast<std::ptrdiff_t>(n));
      const Result<bool> help = helps(set);
      if (!help) {
        return help.errors();
      }
      for (std::size_t i = 0; *help && n > 2 && i + 1 < set.size();) {
        Set fewer = set;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        const Result<bool> enough = helps(fewer);
        if (!enough) {
          return enough.errors();
        }
        if (*enough) {
          set = std::move(fewer);
        } else {
          ++i;
        }
      }
      if (*help) {
        in_vain_.clear();
        return set;
      }
    }
    return Set{};
  }

  void tell(const Set& set, Binding& out) const {
    out.names = names(set, " and ");
    for (const Constraint* each : set) {
      out.constraints.push_back(*each);
      out.share = std::max(out.share, each->utilisation(per_s_));
    }
    out.evidence = set.size() > 1
                       ? "with half as much again of all, 3% more load is inside the objectives, "
                         "and not with more of one alone"
                       : "with half as much again of it, 3% more load is inside the objectives";
    if (!in_vain_.empty()) {
      out.evidence += "; not so with more of " + names(in_vain_, ", ");
    }
  }

  const Player& player_;
  const Surveyed& surveyed_;
  const KneeOptions& how_;
  const Knee& knee_;
  double per_s_ = 0;
  std::vector<Constraint> ranked_;
  Set suspects_;
  Set in_vain_;
};

}  // namespace

std::vector<Constraint> fullest_first(const std::vector<Constraint>& constraints,
                                      double jobs_per_s) {
  std::vector<Constraint> out;
  for (const Constraint& constraint : constraints) {
    if (constraint.demand > 0 || constraint.refused > 0) {
      out.push_back(constraint);
    }
  }
  std::stable_sort(out.begin(), out.end(), [&](const Constraint& a, const Constraint& b) {
    return a.utilisation(jobs_per_s) > b.utilisation(jobs_per_s);
  });
  return out;
}

Result<Binding> what_binds(const Player& player, const Surveyed& surveyed, const KneeOptions& how,
                           const Knee& knee) {
  return Binders(player, surveyed, how, knee).find();
}

}  // namespace rehearse::study
