#include "mocks/latency/provider_model.hpp"

#include <algorithm>
#include <array>

#include "harness/base/check.hpp"
#include "mocks/latency/planner.hpp"
#include "mocks/latency/refusal.hpp"
#include "mocks/latency/warmth.hpp"

namespace rehearse::latency {
namespace {

// The slots of one capacity and who waits for them, in the order they came.
struct Line {
  CapacitySpec capacity;
  bool bounded = false;
  std::int64_t busy = 0;
  double busy_s = 0;  // call-seconds in service; of a bounded line
  std::uint64_t refused = 0;
  Instant settled;
  std::int64_t waiting = 0;
  Ticket* first = nullptr;
  Ticket* last = nullptr;

  bool has_slot() const { return capacity.slots == 0 || busy < capacity.slots; }
  void settle(Instant now) {
    if (bounded) {
      busy_s += static_cast<double>(busy) * (now - settled).count_s();
      settled = now;
    }
  }
  void append(Ticket& ticket) {
    ticket.previous = last;
    ticket.next = nullptr;
    (last == nullptr ? first : last->next) = &ticket;
    last = &ticket;
    ++waiting;
  }
  void remove(Ticket& ticket) {
    (ticket.previous == nullptr ? first : ticket.previous->next) = ticket.next;
    (ticket.next == nullptr ? last : ticket.next->previous) = ticket.previous;
    ticket.previous = ticket.next = nullptr;
    --waiting;
  }
};

Line make_line(const CapacitySpec& capacity) {
  Line out;
  out.capacity = capacity;
  out.bounded = capacity.slots > 0 || !capacity.speed_up.empty();
  return out;
}

// What others' calls on an entry ask for: its own typical call.
Demand typical_demand(const Entry& entry) {
  Demand out = demand_of(entry, CallFeatures());
  const Work work = make_work(entry, CallFeatures(), nullptr);
  out.reserved_output = work.output_tokens;
  return out;
}

}  // namespace

struct ProviderModel::State {
  State(std::shared_ptr<const Profile> p, const std::vector<StageTime>& times,
        const ModelOptions& options)
      : profile(std::move(p)), planner(*profile, times, options.provider), warmth(*profile) {
    const double others = options.other_load_per_s;
    const auto each = [others](const Entry& entry) {
      return others > 0 ? typical_demand(entry) : Demand();  // of nobody: a study makes many models
    };
    own.reserve(profile->entries.size());
    lines.reserve(profile->entries.size() + 1);
    line_of.reserve(profile->entries.size());
    for (const Entry& entry : profile->entries) {
      own.emplace_back(entry.limits, others, each(entry));
      line_of.push_back(entry.capacity ? lines.size() + 1 : 0);
      if (entry.capacity) {
        lines.push_back(make_line(*entry.capacity));
      }
    }
    lines.insert(lines.begin(), make_line(profile->capacity));
    for (const Line& line : lines) {
      unbounded = unbounded && line.capacity.slots == 0;
    }
    shared = Limits(profile->limits, others, each(profile->entries.front()));
    refusals.resize(own.size() + 1);
    for (const LimitStart& start : options.limits_used) {
      if (start.place.what) {
        (start.place.entry ? own[*start.place.entry] : shared)
            .use_share(*start.place.what, start.used);
      }
    }
  }

  std::size_t index(const Entry& entry) const {
    return static_cast<std::size_t>(&entry - profile->entries.data());
  }
  Line& line(const Ticket& ticket) { return lines[line_of[ticket.place]]; }

  void start(Ticket& ticket, Instant now) {
    const Line& at = line(ticket);
    planner.draw(ticket,
                 {at.capacity.slowdown(at.busy), warmth.enter(ticket.place, ticket.key, now)}, now);
    ticket.state = Ticket::State::InService;
    bill += ticket.plan.cost;
  }

  // Counts the call with all limits, or refuses it by the one that it would wait for longest.
  bool let_in(Ticket& ticket, Instant now) {
    Limits& mine = own[ticket.place];
    if (!mine.any() && !shared.any()) {
      return true;
    }
    const Demand demand = demand_of(*ticket.entry, *ticket.features);
    const Limits::Verdict by_own = mine.ask(demand, now);
    const Limits::Verdict by_shared = shared.ask(demand, now);
    if (by_own.wait > Duration::zero() || by_shared.wait > Duration::zero()) {
      const bool own_is_worse = by_own.wait >= by_shared.wait;
      auto& refused = refusals[own_is_worse ? ticket.place + 1 : 0];
      refused[static_cast<std::size_t>((own_is_worse ? by_own : by_shared).what)] += 1;
      ticket.refusal = refuse_limited(*profile, ticket.entry->model, own_is_worse ? mine : shared,
                                      own_is_worse ? by_own : by_shared, now);
      return false;
    }
    mine.count(demand);
    shared.count(demand);
    return true;
  }

  Duration typical(const CallFeatures& features, const DrawKey* key);
  void tell_limits(std::optional<std::size_t> entry, std::vector<LimitUse>& out) const;
  void tell_line(std::optional<std::size_t> entry, Line line, Instant now,
                 std::vector<LimitUse>& out) const;

  std::shared_ptr<const Profile> profile;
  Planner planner;
  Warmth warmth;
  std::vector<Limits> own;  // by entry
  Limits shared;
  std::vector<Line> lines;  // [0] is the provider's
  std::vector<std::size_t> line_of;
  bool unbounded = true;                               // no line has a last slot
  std::vector<std::array<std::uint64_t, 8>> refusals;  // [0] by `shared`, then by entry; by What
  Money bill;
};

ProviderModel::ProviderModel(std::shared_ptr<const Profile> profile,
                             std::vector<StageTime> stage_times, ModelOptions options)
    : state_(std::make_unique<State>(std::move(profile), stage_times, options)) {}

ProviderModel::~ProviderModel() = default;

void ProviderModel::arrive(Ticket& ticket, const DrawKey& key, const CallFeatures& features,
                           double time_ratio, bool new_connection, Instant now) {
  State& s = *state_;
  ticket.key = key;
  ticket.features = &features;
  ticket.time_ratio = time_ratio;
  ticket.new_connection = new_connection;
  ticket.refusal.reset();
  ticket.state = Ticket::State::Left;
  ticket.entry = s.planner.entries().find(features.operation, features.model);
  if (ticket.entry == nullptr) {
    ticket.refusal =
        refuse_unknown(*s.profile, features.model.empty() ? features.operation : features.model);
    return;
  }
  ticket.place = s.index(*ticket.entry);
  Line& line = s.line(ticket);
  line.settle(now);
  const bool slot = line.has_slot();
  if (!slot && line.waiting >= line.capacity.queue) {
    ++line.refused;
    ticket.refusal = refuse_busy(*s.profile, ticket.entry->model);
    return;
  }
  if (!s.let_in(ticket, now)) {
    return;
  }
  s.own[ticket.place].enter(now);
  s.shared.enter(now);
  if (slot) {
    ++line.busy;
    s.start(ticket, now);
  } else {
    ticket.state = Ticket::State::Queued;
    line.append(ticket);
  }
}

void ProviderModel::leave(Ticket& ticket, Instant now) {
  if (ticket.state != Ticket::State::Queued && ticket.state != Ticket::State::InService) {
    return;
  }
  State& s = *state_;
  Line& line = s.line(ticket);
  line.settle(now);
  s.own[ticket.place].leave(now);
  s.shared.leave(now);
  if (ticket.state == Ticket::State::Queued) {
    ticket.state = Ticket::State::Left;
    line.remove(ticket);
    return;
  }
  ticket.state = Ticket::State::Left;
  --line.busy;
  s.warmth.leave(ticket.place, now);
  if (line.first != nullptr && line.has_slot()) {
    Ticket& next = *line.first;
    line.remove(next);
    ++line.busy;
    s.start(next, now);
    if (next.on_start != nullptr) {
      next.on_start(next, now);
    }
  }
}

bool ProviderModel::has_slot(const CallFeatures& features) const {
  State& s = *state_;
  if (s.unbounded) {
    return true;
  }
  const Entry* entry = s.planner.entries().find(features.operation, features.model);
  return entry == nullptr || s.lines[s.line_of[s.index(*entry)]].has_slot();
}

Duration ProviderModel::typical(const CallFeatures& features) const {
  return state_->typical(features, nullptr);
}

Duration ProviderModel::typical_of(const CallFeatures& features, const DrawKey& key) const {
  return state_->typical(features, &key);
}

Duration ProviderModel::State::typical(const CallFeatures& features, const DrawKey* key) {
  const Entry* entry = planner.entries().find(features.operation, features.model);
  if (entry == nullptr) {
    entry = planner.entries().find(features.operation, "");
  }
  if (entry == nullptr) {
    return Duration::nanoseconds(1);
  }
  const Duration time = Duration::from_seconds(typical_total_s(make_work(*entry, features, key)));
  return std::max(time, Duration::nanoseconds(1));
}

Duration ProviderModel::chunk_due(const Ticket& ticket, std::uint32_t chunk) const {
  const Plan& plan = ticket.plan;
  if (chunk + 1 >= plan.chunks) {
    return plan.total;
  }
  if (chunk == 0) {
    return plan.first_token;
  }
  // Evenly spread, each inner one moved by up to half a gap either way: gaps of 0 to 2 means. So
  // are bursts, by half of what lies between two of them; their chunks follow at a pace of their
  // own.
  const std::uint32_t burst = plan.chunks_per_burst;
  const std::uint32_t inside = burst == 1 ? 0 : chunk % burst;
  chunk -= inside;
  const std::uint64_t bits =
      mix64(ticket.key.seed ^
            mix64(ticket.key.stage ^ mix64(ticket.key.job * 1'000'003 + ticket.key.item * 257ULL +
                                           ticket.key.attempt)) ^
            (static_cast<std::uint64_t>(chunk) << 32));
  const double pace = ticket.entry->burst_pace;
  const double between = burst == 1 ? 1 : burst - (burst - 1) * pace;
  const double moved = chunk == 0 ? 0 : (unit_interval(bits) - 0.5) * between;
  const double place = std::min(
      (static_cast<double>(chunk) + moved + inside * pace) / static_cast<double>(plan.chunks - 1),
      1.0);
  return plan.first_token + (plan.total - plan.first_token) * place;
}

std::int64_t ProviderModel::chunk_tokens(const Ticket& ticket, std::uint32_t chunk) const {
  const Plan& plan = ticket.plan;
  const std::int64_t all = ticket.entry->kind == Kind::Chat     ? plan.usage.output_tokens
                           : ticket.entry->kind == Kind::Speech ? plan.usage.characters
                                                                : plan.usage.bytes;
  const std::int64_t chunks = plan.chunks;
  return all * (chunk + 1) / chunks - all * chunk / chunks;
}

LimitState ProviderModel::limits(const Ticket& ticket, Instant now) const {
  LimitState out;
  if (ticket.entry != nullptr) {
    state_->own[ticket.place].describe(out, now);
    state_->shared.describe(out, now);
  }
  return out;
}

const Profile& ProviderModel::profile() const { return *state_->profile; }

std::uint64_t ProviderModel::in_service() const {
  std::uint64_t out = 0;
  for (const Line& line : state_->lines) {
    out += static_cast<std::uint64_t>(line.busy);
  }
  return out;
}

std::uint64_t ProviderModel::queued() const {
  std::uint64_t out = 0;
  for (const Line& line : state_->lines) {
    out += static_cast<std::uint64_t>(line.waiting);
  }
  return out;
}

Money ProviderModel::bill() const { return state_->bill; }

void ProviderModel::State::tell_limits(std::optional<std::size_t> entry,
                                       std::vector<LimitUse>& out) const {
  const Limits& limits = entry ? own[*entry] : shared;
  for (std::size_t i = 0; i < refusals.front().size(); ++i) {
    const auto what = static_cast<Limits::What>(i);
    if (limits.limit(what) == 0) {
      continue;
    }
    LimitUse use;
    use.place = {entry, what};
    use.name = std::string(Limits::text(what));
    use.per_time = what != Limits::What::InFlight;
    use.written = static_cast<double>(limits.limit(what));
    use.has = use.per_time ? limits.refill_per_s(what) : use.written;
    use.used = use.per_time ? limits.let_in(what) : limits.in_flight_s();
    use.refused = refusals[entry ? *entry + 1 : 0][i];
    out.push_back(std::move(use));
  }
}

void ProviderModel::State::tell_line(std::optional<std::size_t> entry, Line line, Instant now,
                                     std::vector<LimitUse>& out) const {
  line.settle(now);
  if (!line.bounded) {
    return;
  }
  LimitUse use;
  use.place = {entry, std::nullopt};
  use.name = "slots";
  use.per_time = false;
  const CapacitySpec& capacity = line.capacity;
  const std::int64_t most =
      capacity.slots > 0 ? capacity.slots
                         : static_cast<std::int64_t>(std::max(capacity.speed_up.back().first, 1.0));
  // Calls at once that are worth as much as calls alone: the rate at the last slot.
  use.written = static_cast<double>(most);
  use.has = static_cast<double>(most) / capacity.slowdown(most);
  use.used = line.busy_s;
  use.refused = line.refused;
  use.refuses = capacity.slots > 0;
  use.places = static_cast<double>(capacity.queue);
  out.push_back(std::move(use));
}

std::vector<LimitUse> ProviderModel::uses(Instant now) const {
  const State& s = *state_;
  std::vector<LimitUse> out;
  s.tell_limits(std::nullopt, out);
  s.tell_line(std::nullopt, s.lines.front(), now, out);
  for (std::size_t i = 0; i < s.own.size(); ++i) {
    const std::size_t before = out.size();
    s.tell_limits(i, out);
    if (s.line_of[i] != 0) {
      s.tell_line(i, s.lines[s.line_of[i]], now, out);
    }
    const Entry& entry = s.profile->entries[i];
    for (std::size_t at = before; at < out.size(); ++at) {
      const bool named = !entry.model.empty() && entry.model != "*";
      out[at].name = entry.operation + (named ? " " + entry.model : "") + ": " + out[at].name;
    }
  }
  return out;
}

}  // namespace rehearse::latency
