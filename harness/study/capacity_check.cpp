#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "harness/base/text.hpp"
#include "harness/study/capacity_parts.hpp"
#include "harness/study/knee_fit.hpp"
#include "harness/study/knee_read.hpp"

// A knee looked at once more over HTTP. Three loads around it are played in both worlds with the
// same jobs and the same luck, so that what differs is the wire and the machine, not chance: a
// search of its own would take hours of real time to say as much.
namespace rehearse::study {
namespace {

constexpr double kWireShare = 0.005;  // of a response, that the wire may take at most
constexpr double kWire = 0.0005;      // s a call, about, on this machine
constexpr double kMostCalls = 1'000;  // a wall second, of all replications
constexpr double kApart = 0.1;        // of the knee: the loads on both sides of it
constexpr double kLeastApart = 0.03;
constexpr double kWarmShare = 0.25;   // of what there is time for, at most
constexpr double kLeastCounted = 40;  // of a replication, that count
constexpr std::uint64_t kLeastRuns = 2;
constexpr double kSameRatio = 1e-9;  // of knees: what differs by less is the same
constexpr int kPlacings = 6;
constexpr double kFirstRound = 0.6;  // of the time; the rest where the knee lay elsewhere

class KneeCheck {
 public:
  KneeCheck(const Player& sim, const Surveyed& surveyed, const KneeOptions& how,
            const HttpCheck& http, const record::CapacityKnee& knee)
      : sim_(sim), surveyed_(surveyed), how_(how), http_(http), knee_(knee) {
    out_.axis = knee.axis;
    settle();
  }

  Result<record::CapacityCheck> run() {
    double at = knee_.load;
    for (const double share : {kFirstRound, 1 - kFirstRound}) {
      const double wall_s = http_.wall.count_s() * share;
      Result<LoadLevel> level = level_in(at, wall_s / 3);
      if (!level) {
        if (out_.probes > 0) {
          return std::move(out_);  // the first round is all that there is time for
        }
        return level.errors();
      }
      const Result<std::array<double, 3>> placed = loads_of_twins(at, *level);
      if (!placed) {
        return placed.errors();
      }
      const std::array<double, 3> loads = *placed;
      tell(loads, *level);
      Result<bool> again = play_round(loads, *level);
      if (!again) {
        return again.errors();
      }
      out_.wall_s += wall_s;
      if (!*again) {
        break;
      }
      at = out_.seen;
    }
    return std::move(out_);
  }

 private:
  bool users() const { return how_.axis == LoadAxis::Users; }
  double jobs_per_s(double load) const {
    const Unloaded& rest = surveyed_.unloaded;
    return users() ? load / std::max(rest.response_s + rest.think_s, 1e-9) : load;
  }

  // As many replications as there is time for: fewer and faster where many jobs are inside at once,
  // which a load has to wait for before and after it counts.
  void settle() {
    runs_ = http_.replications;
    for (;;) {
      out_.speed = http_.speed.value_or(fitting_speed());
      if (runs_ <= kLeastRuns || level_in(knee_.load, http_.wall.count_s() * kFirstRound / 3)) {
        return;
      }
      runs_ = std::max(runs_ / 2, kLeastRuns);
    }
  }

  // As fast as neither the wire nor this machine is felt.
  double fitting_speed() const {
    const Unloaded& rest = surveyed_.unloaded;
    const auto stages = std::max(1.0, static_cast<double>(surveyed_.system.scenario.stages.size()));
    const double by_wire = kWireShare * rest.response_s / (kWire * stages);
    const double calls = jobs_per_s(knee_.load) * stages * static_cast<double>(runs_);
    const double speed = std::clamp(std::min(by_wire, kMostCalls / calls), 0.01, 1000.0);
    const double step = std::pow(10, std::floor(std::log10(speed)));
    return std::floor(speed / step) * step;  // one digit
  }

  std::array<double, 3> around(double at) const {
    const double left = surveyed_.unloaded.hard_bound_per_s() / at - 1;
    double apart = kApart;
    if (!users() && std::isfinite(left)) {
      apart = std::clamp(0.5 * left, kLeastApart, kApart);
    }
    return loads_around(at, apart, how_.axis);
  }

  // The same stretch at another load, its limits as they are found there: so few jobs would not
  // make them so.
  LoadLevel at_load(double load, LoadLevel level) const {
    LoadLevel there = level_at(load, surveyed_.unloaded, how_, {runs_, how_.jobs, 0.05});
    const double sooner = users() ? level.ramp.count_s() / std::max(there.ramp.count_s(), 1e-9) : 1;
    for (LimitMood& mood : there.limits) {
      mood.ahead *= sooner;  // less comes back while fewer ask
    }
    level.load = load;
    level.limits = std::move(there.limits);
    return level;
  }

  // Around where so few jobs as there is time for have their knee in virtual time: their luck moves
  // it, and moves it alike over HTTP.
  Result<std::array<double, 3>> loads_of_twins(double at, const LoadLevel& level) const {
    std::array<double, 3> loads = around(at);
    for (int i = 0; i < kPlacings; ++i) {
      std::vector<Probe> twins;
      for (const double load : loads) {
        Result<Probe> twin = look(sim_, at_load(load, level), how_.threads);
        if (!twin) {
          return twin.errors();
        }
        twins.push_back(std::move(twin).value());
      }
      const KneeFit there = crossing_of(surveyed_.targets, {&twins[0], &twins[1], &twins[2]});
      if (there.load >= loads[0] && there.load <= loads[2] &&
          std::abs(there.load - loads[1]) < 0.6 * (loads[2] - loads[1])) {
        break;
      }
      loads = around(there.load);
    }
    return loads;
  }

  // As many jobs as there is time for, at most as many as a virtual probe takes.
  Result<LoadLevel> level_in(double load, double wall_s) const {
    LoadLevel out = level_at(load, surveyed_.unloaded, how_, {runs_, how_.jobs, 0.05});
    const double per_s = jobs_per_s(load);
    const double rest_s = 2 * surveyed_.unloaded.longest_s;  // until the last job has ended
    const double jobs = (wall_s * out_.speed - rest_s) * per_s;
    const double tail = users() ? 0 : static_cast<double>(out.tail_jobs);
    const double warm = users() ? out.warm.count_s() * per_s : static_cast<double>(out.warm_jobs);
    const double warm_now = std::min(warm, kWarmShare * (jobs - tail));
    const double counted = users() ? out.length.count_s() * per_s : static_cast<double>(out.jobs);
    const double counted_now = std::min(counted, jobs - tail - warm_now);
    if (!(counted_now >= kLeastCounted)) {
      const double least = (kLeastCounted / (1 - kWarmShare) + tail) / per_s + rest_s;
      return Error{"--wall", "is too short for " + axis_text(load) + " at speed " +
                                 number_text(out_.speed) + ": three loads take " +
                                 readable_duration(Duration::from_seconds(
                                     std::ceil(3 * least / out_.speed / kFirstRound))) +
                                 " at least"};
    }
    if (users()) {
      out.warm = Duration::from_seconds(warm_now / per_s);
      out.ramp = std::min(out.ramp, out.warm);  // all are there when it counts
      out.length = Duration::from_seconds(counted_now / per_s);
    } else {
      out.warm_jobs = static_cast<std::uint64_t>(warm_now);
      out.jobs = static_cast<std::uint64_t>(counted_now);
    }
    return out;
  }

  std::string axis_text(double load) const {
    return users() ? grouped(load) + " users" : fmt::format("{:.3g} jobs/s", load);
  }

  void tell(const std::array<double, 3>& loads, const LoadLevel& level) const {
    if (!http_.begins) {
      return;
    }
    double jobs = 0;
    for (const double load : loads) {
      jobs += users() ? (level.warm + level.length).count_s() * jobs_per_s(load)
                      : static_cast<double>(level.warm_jobs + level.jobs + level.tail_jobs);
    }
    http_.begins(out_.speed, out_.axis + " over HTTP",
                 static_cast<std::uint64_t>(jobs * static_cast<double>(runs_)));
  }

  Result<Probe> look(const Player& player, const LoadLevel& level, unsigned threads) const {
    ProbeOptions options;
    options.seed = how_.seed;
    options.replications = runs_;
    options.threads = threads;
    options.leave_one_out = true;
    return probe(player, surveyed_.system, level, surveyed_.targets, options);
  }

  // Whether another round around out_.load is worth its time.
  Result<bool> play_round(const std::array<double, 3>& loads, const LoadLevel& level) {
    std::vector<Probe> real;
    std::vector<Probe> twins;
    out_.over_http.clear();
    out_.in_virtual_time.clear();
    for (const double load : loads) {
      const LoadLevel there = at_load(load, level);
      Result<Probe> twin = look(sim_, there, how_.threads);
      Result<Probe> seen = look(*http_.player, there, static_cast<unsigned>(runs_));
      if (!twin || !seen) {
        return twin ? seen.errors() : twin.errors();
      }
      if (http_.stopped && http_.stopped()) {
        out_.note = "interrupted after " + std::to_string(real.size()) + " of 3 loads";
        out_.found = false;
        return false;
      }
      ++out_.probes;
      out_.jobs += seen->jobs;
      note_trouble(*seen);
      out_.over_http.push_back(point_of(*seen));
      out_.in_virtual_time.push_back(point_of(*twin));
      real.push_back(std::move(seen).value());
      twins.push_back(std::move(twin).value());
    }
    return conclude({&real[0], &real[1], &real[2]}, {&twins[0], &twins[1], &twins[2]});
  }

  // Where the harness itself was late, what was seen is not the pipeline's.
  void note_trouble(const Probe& seen) {
    for (const record::RunPoint& run : seen.runs) {
      if (!seen.stopped && run.end && !run.end->invalid_reasons.empty() && trouble_.empty()) {
        trouble_ = run.end->invalid_reasons.front();
      }
    }
  }

  // Half of the 95% interval of the difference, by the replications: each was played in both worlds
  // with the same luck, so that what differs is the wire and the machine.
  std::optional<double> unsure(std::array<const Probe*, 3> real,
                               std::array<const Probe*, 3> twins) const {
    const std::vector<double> seen = crossings_without(surveyed_.targets, real);
    const std::vector<double> twin = crossings_without(surveyed_.targets, twins);
    std::vector<double> ratios;
    for (std::size_t r = 0; r < std::min(seen.size(), twin.size()); ++r) {
      ratios.push_back(std::log(std::max(seen[r], 1e-9) / std::max(twin[r], 1e-9)));
    }
    const bool vary = std::any_of(ratios.begin(), ratios.end(), [&](double each) {
      return std::abs(each - ratios.front()) > kSameRatio;
    });
    if (!vary) {
      return std::nullopt;
    }
    return jackknife(std::log(out_.seen / out_.twin), ratios).half;
  }

  // The knee of many virtual jobs moved by what differed here: so few jobs have luck of their own,
  // but the same in both worlds (a control variate). Users are whole: the largest number inside, of
  // which the knee is anything up to the next one.
  void move_knee() {
    const double next = users() ? 1 : 0;
    const double middle = knee_.load + 0.5 * next;
    const double there = middle * (1 + out_.difference);
    // Chance of the many virtual jobs, and of the wire: apart from each other.
    const auto chance = [&](double end) {
      return std::hypot(std::log(std::max(end, 1e-12) / middle), out_.unsure.value_or(0));
    };
    out_.load = there;
    out_.low = there * std::exp(-chance(knee_.low));
    out_.high = there * std::exp(chance(knee_.high + next));
    if (users()) {
      out_.load = std::floor(out_.load);
      out_.low = std::floor(out_.low);
      out_.high = std::ceil(out_.high) - 1;
    }
  }

  bool conclude(std::array<const Probe*, 3> real, std::array<const Probe*, 3> twins) {
    const KneeFit seen = fit_knee(surveyed_.targets, real, waiting_bound(*real[1]));
    const KneeFit twin = fit_knee(surveyed_.targets, twins, waiting_bound(*twins[1]));
    out_.found = seen.inside && twin.inside;
    out_.seen = seen.load;
    out_.twin = twin.load;
    out_.difference = seen.load / twin.load - 1;
    out_.unsure = unsure(real, twins);
    out_.replications = runs_;
    move_knee();
    out_.objective = surveyed_.targets[seen.target].text;
    out_.note = trouble_;
    if (!seen.inside) {
      out_.note += std::string(out_.note.empty() ? "" : "; ") +
                   "the objective breaks outside the loads that were played";
    }
    return !seen.inside;
  }

  const Player& sim_;
  const Surveyed& surveyed_;
  const KneeOptions& how_;
  const HttpCheck& http_;
  const record::CapacityKnee& knee_;
  record::CapacityCheck out_;
  std::uint64_t runs_ = 0;
  std::string trouble_;
};

}  // namespace

Result<record::CapacityCheck> check_over_http(const Player& sim, const Surveyed& surveyed,
                                              const KneeOptions& how, const HttpCheck& http,
                                              const record::CapacityKnee& knee) {
  return KneeCheck(sim, surveyed, how, http, knee).run();
}

}  // namespace rehearse::study
