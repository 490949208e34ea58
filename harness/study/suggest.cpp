#include "harness/study/suggest.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "harness/base/parallel.hpp"
#include "harness/study/candidate.hpp"
#include "harness/study/coalition.hpp"
#include "harness/study/replicate.hpp"
#include "harness/study/select.hpp"
#include "mocks/latency/load_profile.hpp"
#include "scenarios/loader.hpp"

namespace rehearse::study {
namespace {

using json::Value;
using record::Quality;
using record::Suggestion;
using record::Worth;
using scenarios::ScenarioFile;

constexpr double kWorthIt = 0.005;  // of what there was: a further member of a set saves as much

double worth(const record::Worths& worths, Worth which) {
  return worths[static_cast<std::size_t>(which)];
}

Value variant_of(const Candidate& candidate) {
  Value out = Value::object();
  out.set("trade_off", candidate.trade_off);
  out.set("change", candidate.change);
  return out;
}

// The file with further variants. Errors: one that does not fit, which would be our own fault.
Result<ScenarioFile> with_variants(const ScenarioFile& file,
                                   const std::vector<Candidate>& candidates) {
  Value json = file.json();
  Value* variants = json.find("variants");
  if (variants == nullptr || !variants->is_object()) {
    variants = &json.set("variants", Value::object());
  }
  for (const Candidate& candidate : candidates) {
    variants->set(candidate.name, variant_of(candidate));
  }
  return scenarios::Loader::load(std::move(json), file.label(), file.folder());
}

Result<record::RunPoint> run_base(const Player& player, const scenarios::Scenario& scenario,
                                  const SuggestOptions& options) {
  ReplicateOptions how;
  how.jobs = options.jobs;
  how.seed = options.seed;
  Result<std::vector<Batch>> batches = replicate(player, scenario, how);
  if (!batches) {
    return batches.errors();
  }
  return pooled(*batches).point;
}

class Trials {
 public:
  Trials(const ScenarioFile& file, const Player& player, const SuggestOptions& options)
      : player_(player), options_(options), file_(file) {}

  Result<record::Suggestions> run() {
    Status status = make_candidates();
    if (status) {
      status = try_each();
    }
    for (const bool same_quality : {true, false}) {
      if (status) {
        status = combine(same_quality);
      }
    }
    if (!status) {
      return status.errors();
    }
    if (out_.found.size() > options_.most) {
      out_.notes.push_back(std::to_string(out_.found.size() - options_.most) +
                           " further suggestions that save less are not shown");
      out_.found.resize(options_.most);
    }
    out_.plays = played_.size();
    return std::move(out_);
  }

 private:
  using Names = std::vector<std::string>;

  Status make_candidates() {
    scenarios::Selection selection;
    selection.workload = options_.workload;
    const Result<scenarios::Scenario> scenario = scenarios::instantiate(file_, selection);
    if (!scenario) {
      return scenario.errors();
    }
    const Result<record::RunPoint> base = run_base(player_, *scenario, options_);
    if (!base) {
      return base.errors();
    }
    Ground ground{file_, *scenario, *base, {}};
    for (const scenarios::Provider& provider : scenario->providers) {
      auto profile = latency::load_profile(provider.profile, file_.folder(), provider.change);
      if (!profile) {
        return profile.errors();
      }
      ground.profiles.push_back(std::move(profile).value());
    }
    candidates_ = propose(ground);
    for (const scenarios::Variant& variant : file_.variants()) {
      if (variant.of.empty()) {
        known_.push_back(variant.name);
      }
    }
    note_workload(*scenario);
    Result<ScenarioFile> all = with_variants(file_, candidates_);
    if (!all) {
      return all.errors();
    }
    file_ = std::move(all).value();
    out_.scenario = file_.name();
    out_.workload = scenario->workload.name;
    out_.seed = options_.seed;
    out_.jobs = options_.jobs;
    out_.tried = candidates_.size();
    return Done{};
  }

  void note_workload(const scenarios::Scenario& scenario) {
    const bool caches =
        std::any_of(candidates_.begin(), candidates_.end(),
                    [](const Candidate& candidate) { return candidate.kind == "cache"; });
    if (caches && scenario.workload.kind == scenarios::LoadKind::Batch &&
        scenario.workload.jobs == std::uint64_t{1}) {
      out_.notes.push_back("workload " + scenario.workload.name +
                           " is one job from a cold start: caches cannot help it; take a longer "
                           "one (--workload) to see what they bring");
    }
  }

  // Plays the sets that were not played before, on all cores. Sets whose members conflict have
  // none.
  void play(const std::set<Names>& wanted) {
    std::vector<Names> open;
    for (const Names& names : wanted) {
      if (!played_.contains(names)) {
        open.push_back(names);
      }
    }
    std::vector<std::optional<Coalition>> results(open.size());
    const CoalitionOptions how{options_.workload, options_.jobs, options_.seed};
    for_each_parallel(open.size(), [&](std::size_t i) {
      Result<Coalition> played = play_coalition(file_, player_, open[i], how);
      if (played) {
        results[i] = std::move(played).value();
      }
    });
    for (std::size_t i = 0; i < open.size(); ++i) {
      played_.emplace(open[i], std::move(results[i]));
    }
  }

  // Null where it cannot be played.
  const Coalition* at(Names names) const {
    std::sort(names.begin(), names.end());
    const auto found = played_.find(names);
    return found == played_.end() || !found->second ? nullptr : &*found->second;
  }

  Status try_each() {
    std::set<Names> wanted{{}};
    for (const Candidate& candidate : candidates_) {
      wanted.insert({candidate.name});
    }
    for (const std::string& name : known_) {
      wanted.insert({name});
    }
    play(wanted);
    const Coalition* const base = at({});
    if (base == nullptr || base->has_failed) {
      return Error{file_.label(), "no job of the base was done: there is nothing to improve"};
    }
    out_.before = base->all;
    out_.shares = base->shares;
    std::vector<Trial> trials;
    for (const Candidate& candidate : candidates_) {
      const Coalition* const played = at({candidate.name});
      if (played != nullptr && played->hash != base->hash && !played->has_failed) {
        trials.push_back(make_trial(candidate, *base, *played));
        trials.back().already = same_as(*played);
      }
    }
    for (const Trial& trial : select(std::move(trials), out_.before)) {
      out_.found.push_back(suggestion_of(trial));
    }
    return Done{};
  }

  // The variant of the scenario that does exactly the same to every job.
  std::string same_as(const Coalition& played) const {
    for (const std::string& name : known_) {
      const Coalition* const other = at({name});
      if (other != nullptr && other->hash == played.hash) {
        return name;
      }
    }
    return "";
  }

  static Suggestion suggestion_of(const Trial& trial) {
    Suggestion out;
    out.name = trial.candidate->name;
    out.kind = trial.candidate->kind;
    out.what = trial.candidate->what;
    out.trade_off = trial.candidate->trade_off;
    out.quality = trial.candidate->quality;
    out.variant = variant_of(*trial.candidate);
    out.saved = trial.saved;
    out.shares = trial.shares;
    out.already = trial.already;
    return out;
  }

  // What a set is chosen by: time first, then money, then jobs that are done.
  double score(const Coalition& now, const Coalition& next) const {
    const double time = (worth(now.all, Worth::P50) - worth(next.all, Worth::P50)) /
                        std::max(worth(out_.before, Worth::P50), 1e-9);
    const double money = (worth(now.all, Worth::Cost) - worth(next.all, Worth::Cost)) /
                         std::max(worth(out_.before, Worth::Cost), 1e-12);
    const double done = now.shares.not_done - next.shares.not_done;
    const double first =
        (worth(now.all, Worth::FirstResult) - worth(next.all, Worth::FirstResult)) /
        std::max(worth(out_.before, Worth::FirstResult), 1e-9);
    const double lost = -1;
    if (done < -kWorthIt || time < -kWorthIt) {
      return lost;
    }
    if (time >= kWorthIt) {
      return 1000 + time;
    }
    if (done >= kWorthIt) {
      return 500 + done;
    }
    if (first >= kWorthIt) {
      return 200 + first;
    }
    return money >= kWorthIt ? 100 + money : lost;
  }

  // Adds the suggestion that brings most to those before it, until none brings enough.
  Status combine(bool same_quality) {
    constexpr std::size_t kMost = 16;  // that are looked at
    Names open;
    for (const Suggestion& suggestion : out_.found) {
      if (open.size() < kMost && (!same_quality || suggestion.quality == Quality::Same)) {
        open.push_back(suggestion.name);
      }
    }
    record::SuggestedSet set;
    set.same_quality = same_quality;
    const Coalition* now = at({});
    while (set.names.size() < options_.members) {
      std::set<Names> wanted;
      for (const std::string& name : open) {
        wanted.insert(with(set.names, name));
      }
      play(wanted);
      std::string best;
      double most = 0;
      for (const std::string& name : open) {
        const Coalition* const next = at(with(set.names, name));
        const double gained = next == nullptr || next->has_failed ? -1 : score(*now, *next);
        if (gained > most) {
          most = gained;
          best = name;
        }
      }
      if (best.empty()) {
        break;
      }
      set.names.push_back(best);
      open.erase(std::find(open.begin(), open.end(), best));
      now = at(set.names);
      set.p50_s.push_back(worth(now->all, Worth::P50));
      set.cost_usd.push_back(worth(now->all, Worth::Cost));
    }
    set.after = now->all;
    set.shares = now->shares;
    set.p50_saved = saving_of(*at({}), *now, Worth::P50);
    const bool fresh =
        out_.sets.empty() ||
        std::set<std::string>(set.names.begin(), set.names.end()) !=
            std::set<std::string>(out_.sets.front().names.begin(), out_.sets.front().names.end());
    if (!set.names.empty() && fresh) {
      out_.sets.push_back(std::move(set));
    }
    return Done{};
  }

  static Names with(Names names, const std::string& name) {
    names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
  }

  const Player& player_;
  SuggestOptions options_;
  ScenarioFile file_;  // from make_candidates() on with the candidates as variants
  std::vector<Candidate> candidates_;
  Names known_;  // variants of the scenario itself
  std::map<Names, std::optional<Coalition>> played_;
  record::Suggestions out_;
};

}  // namespace

Result<record::Suggestions> suggest(const ScenarioFile& file, const Player& player,
                                    const SuggestOptions& options) {
  return Trials(file, player, options).run();
}

}  // namespace rehearse::study
