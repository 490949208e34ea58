#include "harness/study/knee.hpp"

#include <algorithm>
#include <cmath>

#include "harness/study/knee_fit.hpp"
#include "harness/study/knee_read.hpp"

namespace rehearse::study {
namespace {

constexpr std::uint64_t kPilotRuns = 8;       // replications of a probe that only brackets
constexpr std::uint64_t kPilotJobs = 16'000;  // of all of them
constexpr double kClose = 0.05;               // a bracket so narrow (relative) is left
constexpr double kNarrow = 0.015;             // … and the three loads are so far apart at least
constexpr double kNarrowest = 0.004;          // … where a limit that refuses has just become full
constexpr double kWide = 0.1;                 // … at most
constexpr double kBent = 0.25;                // of the error, that a curve may make of a chord
constexpr unsigned kLastProbes = 6;           // twice three, of the most there may be
constexpr double kSlotsFull = 0.9;            // past it a backlog may grow for long, and end
constexpr double kEdge = 0.01;                // a cliff's bracket so narrow (relative) is left
constexpr double kCrowdEvents = 2e5;          // of all users' jobs: more are not begun with
constexpr double kLoose = 2;                  // a margin so wide breaks within 1% of the bound
constexpr double kAlmost = 0.97;              // of the bound: where to look if all is so loose

// One end of a bracket; `assumed` where no probe has been there.
struct End {
  double load = 0;
  double margin = 0;
  bool assumed = true;
};

class Search {
 public:
  Search(const Player& player, const LoadedSystem& system, const std::vector<Target>& targets,
         const Unloaded& unloaded, const KneeOptions& options)
      : player_(player),
        system_(system),
        targets_(targets),
        unloaded_(unloaded),
        options_(options) {}

  Result<Knee> run() {
    out_.probes = 1;
    out_.jobs = unloaded_.jobs;
    begin();
    Status bracketed = bracket();
    if (!bracketed) {
      return bracketed.errors();
    }
    if ((high_.assumed && !hard_) || low_.load <= least()) {
      out_.end = high_.assumed ? Knee::End::Unbounded : Knee::End::None;
      out_.load = low_.load;
      finish(nullptr);
      return std::move(out_);
    }
    const Status estimated = cliff_ ? halve() : estimate();
    if (!estimated) {
      return estimated.errors();
    }
    return std::move(out_);
  }

 private:
  bool users() const { return options_.axis == LoadAxis::Users; }
  // Below it nothing is looked for.
  double least() const { return users() ? 0.5 : 0; }
  double rounded(double load) const { return users() ? std::max(std::round(load), 1.0) : load; }

  std::span<const Target> judged() const {
    return backlog_alone_ ? std::span<const Target>(targets_) : but_backlog(targets_);
  }
  double margin_of(const Probe& probe) const {
    const double found = tightest(judged(), probe.values).margin;
    // A backlog that grows is broken; by little where that alone is asked and slots are just full.
    const double broken = backlog_alone_ && probe.saturation > kSlotsFull ? -0.01 : -1;
    return probe.growing ? std::min(found, broken) : found;
  }

  // The load at which the constraints would be full, by the utilisation law.
  double full(double bound_per_s) const {
    if (!users()) {
      return bound_per_s;
    }
    return bound_per_s * (unloaded_.response_s + unloaded_.think_s);
  }

  void begin() {
    std::vector<std::optional<double>> rest;
    for (const Target& target : targets_) {
      rest.push_back(target.unloaded);
    }
    const Tightest loose = tightest(targets_, rest);
    low_ = {0, loose.margin, true};
    const double hard = full(unloaded_.hard_bound_per_s());
    const double any = full(unloaded_.bound_per_s());
    const double bound = std::isfinite(any) ? any : std::max(full(1.0), 1.0);
    // Users wait for each other beyond the bound; calls that are refused do not.
    hard_ = std::isfinite(hard) && !users();
    high_.load = hard_ ? hard * 1.01 : bound * (users() ? 3 : 1.5);
    hard_ = hard_ && high_.load <= options_.most_load;
    high_.load = std::min(high_.load, options_.most_load);
    high_.margin = -1;
    // A single queue: margin(load) is a straight line from the one at rest to -1 at the bound.
    const double straight = loose.margin > 0 ? loose.margin / (loose.margin + 1) : 0.5;
    const double first = hard_ && loose.margin > kLoose ? kAlmost : straight;
    next_ = options_.guess.value_or(bound * std::clamp(first, 0.3, kAlmost));
    const double most = users() && loose.margin > kLoose ? crowd(unloaded_) : 0;
    if (most > high_.load && most * unloaded_.events_a_job < kCrowdEvents) {
      high_.load = std::min(most * 1.1, options_.most_load);
      next_ = most * kAlmost;
    }
    next_ = std::min(next_, high_.load * 0.98);
  }

  LoadLevel level_of(double load, std::uint64_t runs, std::uint64_t jobs, double tail) const {
    return level_at(load, unloaded_, options_, {runs, jobs, tail, backlog_alone_});
  }

  Result<Probe> look(const LoadLevel& level, std::uint64_t runs) {
    ProbeOptions how;
    how.seed = options_.seed;
    how.replications = runs;
    how.threads = options_.threads;
    how.leave_one_out = true;
    Result<Probe> found = probe(player_, system_, level, targets_, how);
    ++out_.probes;
    if (found) {
      out_.jobs += found->jobs;
    }
    return found;
  }

  void keep(const Probe& found) { out_.curve.push_back(for_the_curve(found)); }

  bool narrow() const {
    const double width = high_.load - low_.load;
    return !low_.assumed && (!high_.assumed || hard_) &&
           (width <= kClose * high_.load || (users() && width <= 1));
  }

  // Users who do not think make a cliff: one too many is refused, asks again, and crowds out the
  // others. Nothing is to be estimated between its edge and its foot.
  Status halve() {
    while (out_.probes < options_.most_probes && high_.load - low_.load > kEdge * high_.load &&
           high_.load - low_.load > 1) {
      next_ = 0.5 * (low_.load + high_.load);
      const Status one = step_once();
      if (!one) {
        return one;
      }
    }
    out_.end = Knee::End::Found;
    out_.target = broken_;
    out_.load = low_.load;
    out_.interval = {low_.load, std::max(high_.load - 1, low_.load)};
    out_.note = "past it refused users ask again at once, and nobody gets through";
    const auto edge = std::find_if(out_.curve.begin(), out_.curve.end(),
                                   [&](const Probe& p) { return p.level.load == low_.load; });
    finish(edge != out_.curve.end() ? &*edge : nullptr);
    return Done{};
  }

  Status bracket() {
    const unsigned most = std::max(options_.most_probes, kLastProbes + 3) - kLastProbes;
    // An end where nobody has been is looked at before all else, if that takes the second three.
    while (out_.probes < most + (high_.assumed && !hard_ ? kLastProbes / 2 : 0) && !narrow()) {
      const Status one = step_once();
      if (!one) {
        return one;
      }
      if (low_.load <= 0 && !low_.assumed) {
        return Done{};  // not one user
      }
    }
    return Done{};
  }

  // One probe of the bracket.
  Status step_once() {
    const Result<Probe> found =
        look(level_of(rounded(next_), kPilotRuns, pilot_jobs(), 1), kPilotRuns);
    if (!found) {
      return found.errors();
    }
    keep(*found);
    const End here{found->level.load, margin_of(*found), false};
    const double before = high_.load - low_.load;
    End& side = here.margin >= 0 ? low_ : high_;
    // Illinois: an end that stays where it was counts half.
    if (!low_.assumed && !high_.assumed && last_side_ == &side) {
      (here.margin >= 0 ? high_ : low_).margin *= 0.5;
    }
    last_side_ = &side;
    side = here;
    if (here.margin < 0) {
      broken_ = broken_by(targets_, *found);
      cliff_ = users() && found->stopped;
    }
    remember(*found);
    if (high_.assumed && hard_ && here.margin >= 0) {
      backlog_alone_ = loosest_but_backlog(targets_, *found) > kLoose;
      if (backlog_alone_) {
        high_.margin = std::log(full(unloaded_.hard_bound_per_s()) / high_.load);
      }
    }
    if (users() && here.load <= 1 && here.margin < 0) {
      low_ = {0, 0, false};
      return Done{};  // not one user
    }
    next_ = step(before);
    return Done{};
  }

  std::uint64_t pilot_jobs() const {
    return std::clamp<std::uint64_t>(options_.jobs / 8, 500, kPilotJobs);
  }

  // Where to look next.
  double step(double before) {
    const double width = high_.load - low_.load;
    if (high_.assumed && low_.load >= 0.97 * high_.load) {
      // It carries more than was said.
      high_.load = std::min(std::max(low_.load * 2, low_.load + 1), options_.most_load);
      hard_ = false;
      return high_.load;
    }
    if (high_.assumed && !hard_) {
      // What refuses is no obstacle until it is full.
      const double bound = full(unloaded_.bound_per_s());
      const double full_at = std::isfinite(bound) && low_.load < kAlmost * bound ? bound : 0;
      return std::min(std::max(low_.load * 1.6 + 1e-12, full_at), high_.load);
    }
    if (low_.assumed && high_.load < 1e-9) {
      return high_.load;
    }
    const double secant = low_.load + width * low_.margin / (low_.margin - high_.margin);
    const double inside = std::clamp(secant, low_.load + 0.08 * width, high_.load - 0.08 * width);
    const bool slow = cliff_ || (width > 0.6 * before && out_.probes > 3);
    const double at = slow ? 0.5 * (low_.load + high_.load) : inside;
    return users() ? std::clamp(std::round(at), low_.load + 1, std::max(high_.load - 1, 1.0)) : at;
  }

  // How sure a probe of so many jobs is about the load: what the last ones need.
  void remember(const Probe& found) {
    if (found.growing) {
      return;
    }
    const double off = std::abs(margin_of(found));
    if (nearest_ < 0 || off < nearest_) {
      nearest_ = off;
      error_ = margin_error(judged(), found);
      counted_ = static_cast<double>(
          found.level.axis == LoadAxis::Rate ? found.level.jobs * kPilotRuns : pilot_jobs());
    }
  }

  // Jobs of a last probe so that the interval is as narrow as was asked.
  std::uint64_t jobs_needed(double load) const {
    const double slope = (low_.margin - high_.margin) / (high_.load - low_.load) * load;
    const double most = static_cast<double>(options_.jobs);
    if (!(slope > 0) || !(error_ > 0) || counted_ <= 0) {
      return options_.jobs;
    }
    const double now = error_ / slope * 2.1;  // half of an interval, relative
    const double ratio = now / options_.precision;
    return static_cast<std::uint64_t>(
        std::clamp(counted_ * ratio * ratio, std::min(20'000.0, most), most));
  }

  double apart_at(double at) const {
    const double slope = (low_.margin - high_.margin) / (high_.load - low_.load) * at;
    const double unsure = slope > 0 ? 2 * error_ / slope : 0;
    double apart = std::max(0.6 * (high_.load - low_.load) / at, unsure);
    const double left = full(unloaded_.hard_bound_per_s()) / at - 1;
    if (!users() && std::isfinite(left)) {
      apart = std::min(apart, std::max(0.5 * left, kNarrow));
    }
    return between_bends(at, std::max(apart, kNarrow));
  }

  // What a limit refuses begins where it is full, with a bend that no parabola follows.
  double between_bends(double at, double apart) const {
    const double most = std::min(kWide, apart_of_bends(unloaded_, at, options_.axis));
    return std::clamp(apart, kNarrowest, std::max(most, kNarrowest));
  }

  double guess() const {
    const double width = high_.load - low_.load;
    return low_.load + width * std::clamp(low_.margin / (low_.margin - high_.margin), 0.02, 0.98);
  }

  // Three loads around the guess; again around what they say, where that is not between them, or a
  // line through them says another thing: between three points a curve is followed only so far, but
  // at the middle one always.
  Status estimate() {
    double at = guess();
    double apart = apart_at(at);
    for (;;) {
      const std::uint64_t jobs = jobs_needed(at);
      const std::array<double, 3> loads = loads_around(at, apart, options_.axis);
      std::vector<Probe> found;
      // The same jobs of each, as many as the fullest needs: what differs is the load alone.
      const double tail = tail_share(targets_);
      LoadLevel level = level_of(loads[2], options_.replications, jobs, tail);
      for (const double load : loads) {
        const LoadLevel own = level_of(load, options_.replications, jobs, tail);
        level.warm_jobs = std::max(level.warm_jobs, own.warm_jobs);
        level.jobs = std::max(level.jobs, own.jobs);
      }
      for (const double load : loads) {
        level.load = load;
        level.limits = level_of(load, options_.replications, jobs, tail).limits;
        Result<Probe> one = look(level, options_.replications);
        if (!one) {
          return one.errors();
        }
        found.push_back(std::move(one).value());
      }
      const std::array<const Probe*, 3> three{&found[0], &found[1], &found[2]};
      const KneeFit fit = fit_knee(judged(), three, waiting_bound(found[1]));
      const bool bent = fit.off_chord > kBent * fit.interval.half_width();
      const bool again = (!fit.inside || bent) && out_.probes + 3 <= options_.most_probes;
      for (const Probe& one : found) {
        keep(one);
      }
      if (!again) {
        conclude(fit, three);
        return Done{};
      }
      at = crossing_of(judged(), three).load;
      apart = between_bends(at, fit.inside ? std::max(0.5 * apart, kNarrow) : 1.5 * apart);
    }
  }

  void conclude(const KneeFit& fit, const std::array<const Probe*, 3>& three) {
    out_.end = Knee::End::Found;
    out_.target = fit.inside ? fit.target : broken_;
    out_.load = users() ? std::floor(fit.load) : fit.load;
    out_.interval = fit.interval;
    if (users()) {
      out_.interval = {std::max(std::floor(fit.interval.low), 0.0), std::floor(fit.interval.high)};
    }
    if (!fit.inside) {
      out_.interval.low = std::min(out_.interval.low, low_.load);
      out_.interval.high = std::max(out_.interval.high, high_.load);
      out_.note =
          "the objective breaks outside the loads that were looked at last: the interval "
          "is less sure than it says";
    }
    // What is told of the knee is told of a load that is inside.
    const Probe* best = three[0];
    for (const Probe* each : three) {
      best = margin_of(*each) >= 0 && each->level.load <= fit.load * (1 + kNarrow) ? each : best;
    }
    finish(best);
  }

  void finish(const Probe* at) {
    if (at != nullptr) {
      out_.at = *at;
      out_.at->runs.clear();
      out_.at->without.clear();
    }
    std::sort(out_.curve.begin(), out_.curve.end(),
              [](const Probe& a, const Probe& b) { return a.level.load < b.level.load; });
    if (at == nullptr && !out_.curve.empty()) {
      out_.at = out_.curve.back();
    }
  }

  const Player& player_;
  const LoadedSystem& system_;
  const std::vector<Target>& targets_;
  const Unloaded& unloaded_;
  const KneeOptions& options_;
  Knee out_;
  End low_;
  End high_;
  const End* last_side_ = nullptr;
  double next_ = 1;
  bool cliff_ = false;          // the high end is a storm of users who ask again
  std::size_t broken_ = 0;      // what was outside at the last load that is too much
  bool backlog_alone_ = false;  // nothing else breaks before the backlog grows
  bool hard_ = false;    // high_ is where the backlog grows without end, by the utilisation law
  double nearest_ = -1;  // margin of the probe nearest to the knee
  double error_ = 0;     // its standard error
  double counted_ = 0;   // its jobs
};

}  // namespace

Result<Knee> find_knee(const Player& player, const LoadedSystem& system,
                       const std::vector<Target>& targets, const Unloaded& unloaded,
                       const KneeOptions& options) {
  return Search(player, system, targets, unloaded, options).run();
}

}  // namespace rehearse::study
