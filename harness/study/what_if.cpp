#include "harness/study/what_if.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "harness/base/parallel.hpp"
#include "harness/stats/batch_means.hpp"
#include "harness/study/coalition.hpp"
#include "harness/study/players.hpp"
#include "harness/study/shapley.hpp"
#include "harness/study/speed_up.hpp"

namespace rehearse::study {
namespace {

using record::PlayerWorth;
using record::Saving;
using record::Worth;
using record::Worths;

constexpr auto kMain = static_cast<std::size_t>(Worth::P50);

Worths saved(const Worths& before, const Worths& after) {
  Worths out(before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    out[i] = before[i] - after[i];
  }
  return out;
}

const scenarios::Variant& variant_named(const scenarios::ScenarioFile& file,
                                        const std::string& name) {
  return *std::find_if(file.variants().begin(), file.variants().end(),
                       [&](const scenarios::Variant& variant) { return variant.name == name; });
}

class Study {
 public:
  Study(const scenarios::ScenarioFile& file, const Player& player, const WhatIfOptions& options)
      : file_(file), player_(player), options_(options) {}

  Result<record::WhatIf> run() {
    out_.scenario = file_.name();
    out_.workload = options_.workload.empty() ? file_.workloads().front() : options_.workload;
    out_.seed = options_.seed;
    out_.jobs = options_.jobs;
    Status status = choose_players();
    if (status) {
      status = weigh_ends();
    }
    if (status) {
      status = weigh_shares();
    }
    if (status && options_.speed_ups) {
      status = weigh_speed_ups();
    }
    if (!status) {
      return status.errors();
    }
    out_.coalitions = played_.size();
    const auto share = [](const PlayerWorth& player) {
      return player.shapley.empty() ? 0 : player.shapley[kMain].value;
    };
    std::stable_sort(
        out_.players.begin(), out_.players.end(),
        [&](const PlayerWorth& a, const PlayerWorth& b) { return share(a) > share(b); });
    return std::move(out_);
  }

 private:
  using Names = std::vector<std::string>;

  // Plays the sets that were not played before, on all cores.
  Status play(const std::set<Names>& wanted) {
    std::vector<Names> open;
    for (const Names& names : wanted) {
      if (!played_.contains(names)) {
        open.push_back(names);
      }
    }
    std::vector<std::optional<Result<Coalition>>> results(open.size());
    const CoalitionOptions how{options_.workload, options_.jobs, options_.seed};
    for_each_parallel(open.size(), [&](std::size_t i) {
      results[i] = play_coalition(file_, player_, open[i], how);
    });
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (!results[i]->ok()) {
        return results[i]->errors();
      }
      played_.emplace(open[i], std::move(results[i]->value()));
    }
    return Done{};
  }

  const Coalition& at(Names names) const {
    std::sort(names.begin(), names.end());
    return played_.at(names);
  }

  // A group plays with the member that saves most alone: of the p50, or of the money where no
  // member saves time.
  Status choose_players() {
    const std::vector<Alternatives> all = find_players(file_);
    std::set<Names> wanted{{}};
    for (const Alternatives& one : all) {
      for (const std::string& member : one.members) {
        wanted.insert({member});
      }
    }
    const Status status = play(wanted);
    if (!status) {
      return status;
    }
    if (at({}).has_failed) {
      return Error{file_.label(), "no job of the base was done: there is nothing to improve"};
    }
    for (const Alternatives& one : all) {
      PlayerWorth player;
      player.group = one.group;
      player.name = *std::min_element(one.members.begin(), one.members.end(),
                                      [&](const auto& a, const auto& b) {
                                        const Worths& wa = at({a}).all;
                                        const Worths& wb = at({b}).all;
                                        return std::isnan(wb[kMain]) || wa[kMain] < wb[kMain];
                                      });
      for (const std::string& member : one.members) {
        if (member != player.name) {
          player.alternatives.push_back(member);
        }
      }
      const scenarios::Variant& variant = variant_named(file_, player.name);
      player.trade_off = variant.trade_off;
      player.monthly_usd = variant.monthly.count_usd();
      player.once_usd = variant.once.count_usd();
      out_.players.push_back(std::move(player));
    }
    return Done{};
  }

  Names everyone(const std::string& except = "") const {
    Names out;
    for (const PlayerWorth& player : out_.players) {
      if (player.name != except) {
        out.push_back(player.name);
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  Status weigh_ends() {
    std::set<Names> wanted{everyone()};
    for (const PlayerWorth& player : out_.players) {
      wanted.insert(everyone(player.name));
    }
    const Status status = play(wanted);
    if (!status) {
      return status;
    }
    out_.before = at({}).all;
    out_.after = at(everyone()).all;
    for (PlayerWorth& player : out_.players) {
      const Coalition& alone = at({player.name});
      const Coalition& without = at(everyone(player.name));
      player.alone = saved(out_.before, alone.all);
      player.last = saved(without.all, out_.after);
      player.without_effect = alone.hash == at({}).hash && without.hash == at(everyone()).hash;
    }
    return Done{};
  }

  // The names behind a bit set of the players that count.
  Names names_of(std::uint64_t set) const {
    Names out;
    for (std::size_t i = 0; i < counting_.size(); ++i) {
      if (((set >> i) & 1) != 0) {
        out.push_back(out_.players[counting_[i]].name);
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  Status weigh_shares() {
    for (std::size_t i = 0; i < out_.players.size(); ++i) {
      if (!out_.players[i].without_effect) {
        counting_.push_back(i);
      }
      out_.players[i].shapley.assign(record::kWorths, {});
    }
    out_.sampled = counting_.size() > options_.exact_players;
    if (counting_.empty()) {
      return Done{};
    }
    return out_.sampled ? sample_shares() : exact_shares();
  }

  Status exact_shares() {
    const std::size_t sets = std::size_t{1} << counting_.size();
    std::set<Names> wanted;
    std::vector<Names> names;
    for (std::size_t set = 0; set < sets; ++set) {
      names.push_back(names_of(set));
      wanted.insert(names.back());
    }
    const Status status = play(wanted);
    if (!status) {
      return status;
    }
    std::vector<const Coalition*> coalitions;
    for (const Names& each : names) {
      coalitions.push_back(&at(each));
    }
    for (std::size_t worth = 0; worth < record::kWorths; ++worth) {
      share_exactly(worth, coalitions);
    }
    for (std::size_t i = 0; i < counting_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const auto value = [&](std::size_t set) { return coalitions[set]->all[kMain]; };
        const std::size_t a = std::size_t{1} << i;
        const std::size_t b = std::size_t{1} << j;
        const double together = value(0) - value(a | b);
        const double apart = value(0) - value(a) + value(0) - value(b);
        out_.interactions.push_back(
            {out_.players[counting_[j]].name, out_.players[counting_[i]].name, together - apart});
      }
    }
    std::stable_sort(
        out_.interactions.begin(), out_.interactions.end(),
        [](const auto& x, const auto& y) { return std::abs(x.saved) > std::abs(y.saved); });
    return Done{};
  }

  // The share of the whole, and by batches how sure it is.
  void share_exactly(std::size_t worth, const std::vector<const Coalition*>& coalitions) {
    std::vector<std::vector<double>> by_batch;  // [batch][player]
    const std::size_t batches = coalitions.front()->batches.size();
    std::vector<double> value(coalitions.size());
    for (std::size_t batch = 0; batch <= batches; ++batch) {
      for (std::size_t set = 0; set < coalitions.size(); ++set) {
        const Coalition& one = *coalitions[set];
        value[set] = -(batch < batches ? one.batches[batch] : one.all)[worth];
      }
      by_batch.push_back(shapley(counting_.size(), value));
    }
    for (std::size_t i = 0; i < counting_.size(); ++i) {
      std::vector<double> shares;
      for (std::size_t batch = 0; batch < batches; ++batch) {
        shares.push_back(by_batch[batch][i]);
      }
      const double whole = by_batch.back()[i];
      Saving& saving = out_.players[counting_[i]].shapley[worth];
      saving.value = whole;
      saving.half_width = std::isnan(whole) ? 0 : half_width(shares, whole);
    }
  }

  static double half_width(const std::vector<double>& batches, double whole) {
    stats::Batches all;
    all.values = batches;
    all.whole = whole;
    return stats::batch_interval(all, 0.95).half_width();
  }

  Status sample_shares() {
    const auto orders = sampled_orders(counting_.size(), options_.orders, options_.seed);
    std::set<Names> wanted{{}};
    for (const auto& order : orders) {
      std::uint64_t set = 0;
      for (const std::uint8_t player : order) {
        set |= std::uint64_t{1} << player;
        wanted.insert(names_of(set));
      }
    }
    const Status status = play(wanted);
    if (!status) {
      return status;
    }
    for (std::size_t worth = 0; worth < record::kWorths; ++worth) {
      const auto shares = sampled_shapley(counting_.size(), orders, [&](std::uint64_t set) {
        return -at(names_of(set)).all[worth];
      });
      for (std::size_t i = 0; i < counting_.size(); ++i) {
        out_.players[counting_[i]].shapley[worth] = {shares[i].value,
                                                     1.96 * shares[i].standard_error};
      }
    }
    return Done{};
  }

  Status weigh_speed_ups() {
    Result<std::vector<record::SpeedUp>> found =
        speed_ups(file_, player_, {options_.workload, options_.jobs, options_.seed});
    if (!found) {
      return found.errors();
    }
    out_.speed_ups = std::move(found).value();
    return Done{};
  }

  const scenarios::ScenarioFile& file_;
  const Player& player_;
  WhatIfOptions options_;
  record::WhatIf out_;
  std::map<Names, Coalition> played_;
  std::vector<std::size_t> counting_;  // players that change anything
};

}  // namespace

Result<record::WhatIf> what_if(const scenarios::ScenarioFile& file, const Player& player,
                               const WhatIfOptions& options) {
  return Study(file, player, options).run();
}

}  // namespace rehearse::study
