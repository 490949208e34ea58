#include "harness/study/select.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::study {
namespace {

using record::Quality;
using record::Worth;

constexpr double kTold = 0.001;     // of what there was: less is not worth a line
constexpr double kLike = 0.95;      // a milder change that saves so much of it saves as much
constexpr std::size_t kOfSlot = 2;  // alternatives that are told

double saved(const Trial& trial, Worth worth) {
  const double value = trial.saved[static_cast<std::size_t>(worth)].value;
  return std::isnan(value) ? 0 : value;
}

// Whether it saves of this beyond chance.
bool saves(const Trial& trial, Worth worth, const record::Worths& before) {
  const auto at = static_cast<std::size_t>(worth);
  const record::Saving& saving = trial.saved[at];
  return saving.value > kTold * before[at] && saving.value > saving.half_width;
}

bool helps(const Trial& trial, const record::Worths& before) {
  if (trial.fewer_failures < -kTold) {
    return false;
  }
  return saves(trial, Worth::P50, before) || saves(trial, Worth::P95, before) ||
         saves(trial, Worth::FirstResult, before) || saves(trial, Worth::Cost, before) ||
         trial.fewer_failures > kTold;
}

std::size_t leaves(const json::Value& value) {
  if (!value.is_object()) {
    return 1;
  }
  std::size_t count = 0;
  for (const json::Member& member : value.members()) {
    count += leaves(member.value);
  }
  return count;
}

// Whether all that the smaller patch sets is set alike by the larger one.
bool is_part(const json::Value& small, const json::Value& large) {
  if (!small.is_object()) {
    return small == large;
  }
  return std::all_of(small.members().begin(), small.members().end(),
                     [&](const json::Member& member) {
                       const json::Value* const other = large.find(member.key);
                       return other != nullptr && is_part(member.value, *other);
                     });
}

bool saves_as_much(const Trial& one, const Trial& other, double share) {
  const auto enough = [&](Worth worth) {
    const double most = saved(other, worth);
    return saved(one, worth) >= (most > 0 ? share * most : most);
  };
  return enough(Worth::P50) && enough(Worth::P95) && enough(Worth::Cost) &&
         enough(Worth::FirstResult) && one.fewer_failures >= share * other.fewer_failures;
}

// Whether nobody would take `one` who can have `other`.
bool is_beaten(const Trial& one, const Trial& other) {
  const Candidate& mine = *one.candidate;
  const Candidate& better = *other.candidate;
  if (mine.kind == "order" && better.kind == "order") {
    return leaves(better.change) < leaves(mine.change) && is_part(better.change, mine.change) &&
           saves_as_much(other, one, 0.99);
  }
  if (mine.slot.empty() || mine.slot != better.slot || better.harm > mine.harm) {
    return false;
  }
  const bool milder = better.harm < mine.harm;
  return saves_as_much(other, one, milder ? kLike : 1) &&
         (milder || !saves_as_much(one, other, 1) || better.name < mine.name);
}

bool comes_first(const Trial& a, const Trial& b) {
  const bool same_a = a.candidate->quality == Quality::Same;
  const bool same_b = b.candidate->quality == Quality::Same;
  if (same_a != same_b) {
    return same_a;
  }
  if (saved(a, Worth::P50) != saved(b, Worth::P50)) {
    return saved(a, Worth::P50) > saved(b, Worth::P50);
  }
  return saved(a, Worth::Cost) > saved(b, Worth::Cost);
}

}  // namespace

Trial make_trial(const Candidate& candidate, const Coalition& base, const Coalition& played) {
  Trial out;
  out.candidate = &candidate;
  for (std::size_t i = 0; i < record::kWorths; ++i) {
    out.saved.push_back(saving_of(base, played, static_cast<Worth>(i)));
  }
  out.shares = played.shares;
  out.fewer_failures = base.shares.not_done - played.shares.not_done;
  return out;
}

std::vector<Trial> select(std::vector<Trial> trials, const record::Worths& before) {
  std::erase_if(trials, [&](const Trial& trial) { return !helps(trial, before); });
  std::vector<Trial> out;
  for (const Trial& trial : trials) {
    if (!trial.already.empty() ||
        std::none_of(trials.begin(), trials.end(),
                     [&](const Trial& other) { return is_beaten(trial, other); })) {
      out.push_back(trial);
    }
  }
  std::stable_sort(out.begin(), out.end(), comes_first);
  // Of alternatives the best few.
  std::vector<Trial> few;
  for (const Trial& trial : out) {
    const auto same = std::count_if(few.begin(), few.end(), [&](const Trial& other) {
      return !trial.candidate->slot.empty() && other.candidate->slot == trial.candidate->slot;
    });
    const std::size_t most = trial.candidate->kind == "fan_out" ? 1 : kOfSlot;
    if (!trial.already.empty() || static_cast<std::size_t>(same) < most) {
      few.push_back(trial);
    }
  }
  return few;
}

}  // namespace rehearse::study
