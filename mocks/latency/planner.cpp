#include "mocks/latency/planner.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::latency {
namespace {

double drawn_at(const Distribution& distribution, const DrawKey& key, Dimension dimension,
                std::uint32_t index) {
  return distribution.is_constant() ? distribution.quantile(0.5)
                                    : distribution.quantile(key.uniform(dimension, index));
}

// The pace of a call whose luck depends on that of its first content, as the profile says.
double pace_given_first(const Entry& entry, const DrawKey& key) {
  const std::vector<double>& shares = entry.pace_given_first;
  const auto sides = static_cast<std::size_t>(std::sqrt(static_cast<double>(shares.size())) + 0.5);
  const auto count = static_cast<double>(sides);
  const auto row = static_cast<std::size_t>(key.uniform(Dimension::FirstToken) * count);
  double rest = key.uniform(Dimension::ServiceTime);
  std::size_t column = 0;
  while (column + 1 < sides && rest >= shares[row * sides + column]) {
    rest -= shares[row * sides + column++];
  }
  const double share = std::max(shares[row * sides + column], 1e-12);
  const double within = std::clamp(rest / share, 1e-9, 1 - 1e-9);
  return entry.pace.quantile((static_cast<double>(column) + within) / count);
}

constexpr double kMostChunks = 1e6;

// How many pieces a stream comes in; 1 where the answer comes whole.
std::uint32_t draw_chunks(const Entry& entry, const Work& work, const Ticket& ticket) {
  if (!ticket.features->stream || (entry.kind != Kind::Chat && entry.kind != Kind::Speech)) {
    return 1;
  }
  const double units =
      static_cast<double>(entry.kind == Kind::Chat ? work.output_tokens : work.characters);
  const double each = drawn_at(entry.units_per_chunk, ticket.key, Dimension::ChunkCount, 0);
  const double most = std::clamp(units, 1.0, kMostChunks);
  const double chunks = std::clamp(units / std::max(each, 1e-3), 1.0, most);
  const auto whole = static_cast<std::uint32_t>(chunks);
  return static_cast<double>(whole) < chunks ? whole + 1 : whole;
}

std::uint32_t draw_burst(const Entry& entry, const DrawKey& key) {
  const double burst = drawn_at(entry.chunks_per_burst, key, Dimension::ChunkCount, 1);
  return static_cast<std::uint32_t>(std::clamp(burst + 0.5, 1.0, kMostChunks));
}

bool concerns(const FaultSpec& fault, const Entry& entry) {
  return (fault.operation.empty() || fault.operation == entry.operation) &&
         (fault.model.empty() || fault.model == entry.model);
}

bool among(const std::vector<std::int64_t>& list, std::int64_t value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

// Whether the schedule lets a fault strike this call, the n-th that it concerns.
bool is_time(const FaultSchedule& when, const DrawKey& key, std::int64_t nth, Instant now) {
  if (when.is_script() &&
      !(among(when.calls, nth) && among(when.jobs, static_cast<std::int64_t>(key.job)) &&
        among(when.attempts, key.attempt))) {
    return false;
  }
  return is_during(when, now);
}

// When a fault shows, and whether what was done is billed.
void apply_fault(const FaultSpec& spec, const DrawKey& key, Duration answer_starts, Plan& plan) {
  const double share = key.uniform(Dimension::Fault, 1);
  plan.fault = spec.fault;
  plan.fault_spec = &spec;
  bool billed = false;
  switch (spec.fault) {
    case Fault::None:
    case Fault::ConnectionRefused:
      break;
    case Fault::Status:
      plan.status = spec.status;
      plan.fault_after = answer_starts;
      break;
    case Fault::ConnectionReset:
      plan.fault_after = answer_starts * share;
      break;
    case Fault::StallBeforeAnswer:
      if (spec.lasts) {
        const auto more = Duration::from_seconds(drawn_at(*spec.lasts, key, Dimension::Fault, 2));
        plan.fault = Fault::None;
        plan.first_token += more;
        plan.total += more;
        billed = true;
      }
      break;
    case Fault::ResetInStream:
    case Fault::StallInStream:
    case Fault::TruncatedBody:
      plan.fault_after = answer_starts + (plan.total - answer_starts) * share;
      billed = true;
      break;
    case Fault::MalformedBody:
    case Fault::WrongContentType:
      plan.fault_after = plan.total;
      billed = true;
      break;
    case Fault::SlowBytes:
      plan.fault_after = plan.chunks > 1 ? answer_starts : plan.total;
      plan.total +=
          Duration::from_seconds(spec.lasts ? drawn_at(*spec.lasts, key, Dimension::Fault, 2) : 0);
      billed = true;
      break;
  }
  if (!billed) {
    plan.usage = {};
    plan.cost = {};
    plan.truncated = false;
  }
}

}  // namespace

bool is_during(const FaultSchedule& when, Instant now) {
  if (when.during.empty()) {
    return true;
  }
  Duration at = now - Instant();
  if (when.every > Duration::zero()) {
    at = Duration::nanoseconds(at.count_ns() % when.every.count_ns());
  }
  return std::any_of(when.during.begin(), when.during.end(),
                     [at](const auto& w) { return at >= w.first && at < w.second; });
}

Planner::Planner(const Profile& profile, const std::vector<StageTime>& times,
                 std::uint64_t provider)
    : profile_(profile), entries_(profile), weather_(profile.slow, provider) {
  std::size_t size = 4;
  while (size < times.size() * 2) {
    size *= 2;
  }
  table_.resize(size);
  times_.reserve(times.size());
  for (const StageTime& time : times) {
    times_.push_back(time.time);
    std::size_t at = time.stage & (size - 1);
    while (table_[at].time != nullptr && table_[at].stage != time.stage) {
      at = (at + 1) & (size - 1);
    }
    table_[at] = {time.stage, &times_.back()};
  }
  for (const FaultSpec& fault : profile.faults) {
    faults_ = faults_ || fault.probability > 0;
  }
  concerned_.resize(profile.faults.size());
}

const Distribution* Planner::stage_time(std::uint64_t stage) const {
  for (std::size_t at = stage & (table_.size() - 1);; at = (at + 1) & (table_.size() - 1)) {
    if (table_[at].time == nullptr || table_[at].stage == stage) {
      return table_[at].time;
    }
  }
}

double Planner::connect_s(const DrawKey& key) const {
  return drawn_at(profile_.dns, key, Dimension::ConnectTime, 0) +
         drawn_at(profile_.tcp, key, Dimension::ConnectTime, 1) +
         drawn_at(profile_.tls, key, Dimension::ConnectTime, 2);
}

void Planner::draw_times(Ticket& ticket, const Work& work, const Load& load, Instant now) {
  const Entry& entry = *ticket.entry;
  const DrawKey& key = ticket.key;
  double first = 0;
  double total = 0;
  if (const Distribution* own = stage_time(key.stage)) {
    total = drawn(*own, key, Dimension::ServiceTime) * ticket.time_ratio;
    if (ticket.features->stream) {
      const double share = typical_first_s(work) / typical_total_s(work);
      const double luck =
          entry.first_median_s > 0
              ? drawn(entry.first, key, Dimension::FirstToken) / entry.first_median_s
              : 1;
      first = total * std::min(share * luck, 1.0);
    } else {
      first = total;
    }
  } else {
    const double first_drawn = drawn(entry.first, key, Dimension::FirstToken);
    const bool alone = entry.pace_given_first.empty() || entry.pace.is_constant();
    const double pace =
        alone ? drawn(entry.pace, key, Dimension::ServiceTime) : pace_given_first(entry, key);
    first = first_seconds(work, first_drawn) * ticket.time_ratio;
    total = total_seconds(work, first_drawn, pace) * ticket.time_ratio;
  }
  const double slow = weather_.factor(key.seed, now) * load.slowdown;
  Plan& plan = ticket.plan;
  plan.load = load.wait;
  plan.connect = ticket.new_connection ? Duration::from_seconds(connect_s(key)) : Duration::zero();
  const Duration before = plan.connect + plan.load;
  plan.first_token = Duration::from_seconds(first * slow) + before;
  plan.total = std::max(Duration::from_seconds(total * slow) + before, plan.first_token);
}

// The first that strikes; every one counts the calls that it concerns.
void Planner::draw_fault(Ticket& ticket, Instant now) {
  const double u = ticket.key.uniform(Dimension::Fault);
  double until = 0;
  const FaultSpec* chosen = nullptr;
  for (std::size_t i = 0; i < profile_.faults.size(); ++i) {
    const FaultSpec& fault = profile_.faults[i];
    if (fault.probability <= 0 || !concerns(fault, *ticket.entry)) {
      continue;
    }
    const std::int64_t nth = ++concerned_[i];
    if (fault.when.any() && !is_time(fault.when, ticket.key, nth, now)) {
      continue;
    }
    until += fault.probability;
    chosen = chosen == nullptr && u < until ? &fault : chosen;
  }
  if (chosen != nullptr) {
    apply_fault(*chosen, ticket.key, ticket.plan.first_token, ticket.plan);
  }
}

void Planner::draw(Ticket& ticket, const Load& load, Instant now) {
  const Work work = make_work(*ticket.entry, *ticket.features, &ticket.key);
  Plan& plan = ticket.plan;
  plan = {};
  draw_times(ticket, work, load, now);
  plan.truncated = work.truncated;
  plan.chunks = draw_chunks(*ticket.entry, work, ticket);
  if (plan.chunks > 1) {
    plan.chunks_per_burst = draw_burst(*ticket.entry, ticket.key);
  }
  tell_usage(work, plan.usage);
  plan.cost = ticket.entry->rates.cost(plan.usage, work.size, work.quality);
  if (faults_) {
    draw_fault(ticket, now);
  }
  if (plan.chunks == 1 && only_slows(plan.fault)) {
    plan.first_token = plan.total;
  }
}

}  // namespace rehearse::latency
