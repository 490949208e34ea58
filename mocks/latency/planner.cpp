#include "mocks/latency/planner.hpp"

#include <algorithm>

namespace rehearse::latency {
namespace {

double drawn(const Distribution& distribution, const DrawKey& key, Dimension dimension,
             std::uint32_t index = 0) {
  return distribution.is_constant() ? distribution.quantile(0.5)
                                    : distribution.quantile(key.uniform(dimension, index));
}

constexpr double kMostChunks = 1e6;

// How many pieces a stream comes in; 1 where the answer comes whole.
std::uint32_t draw_chunks(const Entry& entry, const Work& work, const Ticket& ticket) {
  if (!ticket.features->stream || (entry.kind != Kind::Chat && entry.kind != Kind::Speech)) {
    return 1;
  }
  const double units =
      static_cast<double>(entry.kind == Kind::Chat ? work.output_tokens : work.characters);
  const double each = drawn(entry.units_per_chunk, ticket.key, Dimension::ChunkCount);
  const double most = std::clamp(units, 1.0, kMostChunks);
  const double chunks = std::clamp(units / std::max(each, 1e-3), 1.0, most);
  const auto whole = static_cast<std::uint32_t>(chunks);
  return static_cast<double>(whole) < chunks ? whole + 1 : whole;
}

bool concerns(const FaultSpec& fault, const Entry& entry) {
  return (fault.operation.empty() || fault.operation == entry.operation) &&
         (fault.model.empty() || fault.model == entry.model);
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
        const auto more = Duration::from_seconds(drawn(*spec.lasts, key, Dimension::Fault, 2));
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
      plan.fault_after = plan.total;
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

Planner::Planner(const Profile& profile, const std::vector<StageTime>& times,
                 std::uint64_t provider)
    : profile_(profile), entries_(profile), provider_(provider) {
  std::size_t size = 4;
  while (size < times.size() * 2) {
    size *= 2;
  }
  table_.resize(size);
  times_.reserve(times.size());
  for (const StageTime& time : times) {
    times_.push_back(time.time);
    std::size_t at = mix64(time.stage) & (size - 1);
    while (table_[at].time != nullptr && table_[at].stage != time.stage) {
      at = (at + 1) & (size - 1);
    }
    table_[at] = {time.stage, &times_.back()};
  }
  for (const FaultSpec& fault : profile.faults) {
    faults_ = faults_ || fault.probability > 0;
  }
}

const Distribution* Planner::stage_time(std::uint64_t stage) const {
  for (std::size_t at = mix64(stage) & (table_.size() - 1);; at = (at + 1) & (table_.size() - 1)) {
    if (table_[at].time == nullptr || table_[at].stage == stage) {
      return table_[at].time;
    }
  }
}

double Planner::weather(std::uint64_t seed, Instant now) const {
  const SlowSpec& slow = profile_.slow;
  if (slow.share <= 0) {
    return 1;
  }
  const auto slot = static_cast<std::uint64_t>(now.count_ns() / slow.slot.count_ns());
  const DrawKey key{seed, slot, provider_, 0, 0};
  if (key.uniform(Dimension::SlowRegime) >= slow.share) {
    return 1;
  }
  return drawn(slow.factor, key, Dimension::SlowRegime, 1);
}

double Planner::connect_s(const DrawKey& key) const {
  return drawn(profile_.dns, key, Dimension::ConnectTime, 0) +
         drawn(profile_.tcp, key, Dimension::ConnectTime, 1) +
         drawn(profile_.tls, key, Dimension::ConnectTime, 2);
}

void Planner::draw_times(Ticket& ticket, const Work& work, Instant now) {
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
    const double pace = drawn(entry.pace, key, Dimension::ServiceTime);
    first = first_seconds(work, first_drawn) * ticket.time_ratio;
    total = total_seconds(work, first_drawn, pace) * ticket.time_ratio;
  }
  const double slow = weather(key.seed, now);
  Plan& plan = ticket.plan;
  plan.connect = ticket.new_connection ? Duration::from_seconds(connect_s(key)) : Duration::zero();
  plan.first_token = Duration::from_seconds(first * slow) + plan.connect;
  plan.total = std::max(Duration::from_seconds(total * slow) + plan.connect, plan.first_token);
}

void Planner::draw_fault(Ticket& ticket) const {
  const double u = ticket.key.uniform(Dimension::Fault);
  double until = 0;
  for (const FaultSpec& fault : profile_.faults) {
    if (fault.probability > 0 && concerns(fault, *ticket.entry)) {
      until += fault.probability;
      if (u < until) {
        apply_fault(fault, ticket.key, ticket.plan.first_token, ticket.plan);
        return;
      }
    }
  }
}

void Planner::draw(Ticket& ticket, Instant now) {
  const Work work = make_work(*ticket.entry, *ticket.features, &ticket.key);
  Plan& plan = ticket.plan;
  plan = {};
  draw_times(ticket, work, now);
  plan.truncated = work.truncated;
  plan.chunks = draw_chunks(*ticket.entry, work, ticket);
  plan.usage = usage_of(work);
  plan.cost = ticket.entry->rates.cost(plan.usage, work.size, work.quality);
  if (faults_) {
    draw_fault(ticket);
  }
  if (plan.chunks == 1 && plan.fault == Fault::None) {
    plan.first_token = plan.total;
  }
}

}  // namespace rehearse::latency
