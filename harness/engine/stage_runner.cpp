#include "harness/engine/stage_runner.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/engine/call_runner.hpp"

namespace rehearse::engine {
namespace {

using record::StageEnd;
using runtime::StopToken;
using runtime::Task;
using runtime::Wake;
using scenarios::Stage;
using scenarios::StageKind;

// Items of nested fan-outs share one number: enough for 4,096 inner items of 4,096 outer ones.
constexpr std::uint32_t kInnerItems = 4096;

std::uint32_t open_span(Job& job, std::uint32_t stage, std::uint32_t item, const Place& place,
                        std::uint32_t released_by) {
  const Instant now = job.shared.runtime.now();
  job.spans.push_back({.stage = stage,
                       .item = item,
                       .parent = place.parent,
                       .released_by = released_by,
                       .background = place.background,
                       .ready = now,
                       .started = now,
                       .first_chunk = now,
                       .done = now});
  return static_cast<std::uint32_t>(job.spans.size() - 1);
}

void close_span(Job& job, std::uint32_t span, StageEnd end) {
  record::StageSpan& s = job.spans[span];
  s.done = job.shared.runtime.now();
  s.end = end;
  if (s.first_chunk < s.started) {
    s.first_chunk = s.done;
  }
}

StageEnd end_of(provider::Failure failure) {
  switch (failure) {
    case provider::Failure::None:
      return StageEnd::Done;
    case provider::Failure::Timeout:
      return StageEnd::TimedOut;
    case provider::Failure::Cancelled:
      return StageEnd::Cancelled;
    default:
      return StageEnd::Failed;
  }
}

bool is_success(StageEnd end) {
  return end == StageEnd::Done || end == StageEnd::CacheHit || end == StageEnd::Skipped;
}

// The first processor-sharing resource of a stage, if any.
ProcessorSharing* sharing_of(const Job& job, const Stage& stage) {
  for (const scenarios::ResourceUse& use : stage.uses) {
    if (job.shared.resources[use.resource].sharing) {
      return job.shared.resources[use.resource].sharing.get();
    }
  }
  return nullptr;
}

Task<StageEnd> run_local(Job& job, const Stage& stage, DrawKey key, std::uint32_t span) {
  runtime::Runtime& rt = job.shared.runtime;
  const StopToken stop = job.stop.token();
  const double cpu_s = amount(stage.local.cpu, job, key, Dimension::CpuTime);
  const double io_s = amount(stage.local.io, job, key, Dimension::IoTime);
  job.spans[span].cpu = Duration::from_seconds(cpu_s);
  Wake wake = Wake::Fired;
  ProcessorSharing* sharing = sharing_of(job, stage);
  if (sharing != nullptr) {
    wake = co_await sharing->serve(cpu_s, stop);
    if (wake == Wake::Fired && io_s > 0) {
      const Duration io = Duration::from_seconds(io_s);
      wake = co_await rt.sleep(io, stop);
    }
  } else {
    // Local work holds its resource and sleeps: it never burns CPU.
    const Duration wall = Duration::from_seconds(cpu_s + io_s);
    wake = co_await rt.sleep(wall, stop);
  }
  job.spans[span].io_wait = Duration::from_seconds(io_s);
  co_return wake == Wake::Stopped ? StageEnd::Cancelled : StageEnd::Done;
}

// Moves the stage's bytes over its link, shared with all others on it.
Task<StageEnd> run_transfer(Job& job, const Stage& stage, DrawKey key) {
  const scenarios::Resource& spec = job.shared.scenario.resources[*stage.link];
  ProcessorSharing* link = job.shared.resources[*stage.link].sharing.get();
  if (link == nullptr || !(spec.bytes_per_s > 0) || !stage.call.spec.bytes) {
    co_return StageEnd::Done;
  }
  const double bytes = amount(*stage.call.spec.bytes, job, key, Dimension::Bytes);
  const double work_s = bytes / spec.bytes_per_s;
  const StopToken stop = job.stop.token();
  const Wake wake = co_await link->serve(work_s, stop);
  co_return wake == Wake::Stopped ? StageEnd::Cancelled : StageEnd::Done;
}

// The processor-sharing machine that a call's provider runs on, if any.
ProcessorSharing* machine_of(const Job& job, const Stage& stage) {
  const std::optional<std::uint32_t>& machine =
      job.shared.scenario.providers[stage.call.spec.provider].runs_on;
  return machine ? job.shared.resources[*machine].sharing.get() : nullptr;
}

Task<StageEnd> run_provider_call(Job& job, const Stage& stage, DrawKey key, std::uint32_t span,
                                 bool new_connection) {
  if (stage.link) {
    const StageEnd moved = co_await run_transfer(job, stage, key);
    if (moved != StageEnd::Done) {
      co_return moved;
    }
  }
  ProcessorSharing* machine = machine_of(job, stage);
  CallResult result;
  if (machine == nullptr) {
    result = co_await run_call(job, stage, key, span, new_connection);
  } else {
    runtime::Runtime& rt = job.shared.runtime;
    const Instant began = rt.now();
    ProcessorSharing::Stay stay(*machine);
    result = co_await run_call(job, stage, key, span, new_connection);
    const double alone_s = (rt.now() - began).count_s();
    const StopToken stop = job.stop.token();
    co_await stay.finish(alone_s, stop);
  }
  record::StageSpan& s = job.spans[span];
  s.first_chunk = result.first_chunk;
  s.usage = result.usage;
  s.cost = result.cost;
  s.attempts = static_cast<std::uint16_t>(std::min<std::uint32_t>(result.attempts, 0xFFFF));
  s.failure = static_cast<std::uint8_t>(result.failure);
  s.truncated = result.truncated;
  co_return end_of(result.failure);
}

// Gets the stage's connection, then calls; the connection goes back whatever happens.
Task<StageEnd> run_connected_call(Job& job, const Stage& stage, DrawKey key, std::uint32_t span) {
  if (!stage.connection) {
    co_return co_await run_provider_call(job, stage, key, span, false);
  }
  runtime::Runtime& rt = job.shared.runtime;
  const StopToken stop = job.stop.token();
  ConnectionPool* pool = stage.connection->pool ? &job.shared.pools[*stage.connection->pool] : nullptr;
  bool open_one = true;
  if (pool != nullptr) {
    const Wake wake = co_await pool->places().acquire(1, 0, stop);
    if (wake == Wake::Stopped) {
      co_return StageEnd::Cancelled;
    }
    open_one = pool->take();
    job.spans[span].started = rt.now();
  }
  StageEnd end = StageEnd::Done;
  if (open_one) {
    const scenarios::Amount& connect = pool != nullptr ? pool->spec().connect : stage.connection->connect;
    const Duration wait = Duration::from_seconds(amount(connect, job, key, Dimension::ConnectTime));
    if (wait > Duration::zero()) {
      const Wake wake = co_await rt.sleep(wait, stop);
      end = wake == Wake::Stopped ? StageEnd::Cancelled : end;
    }
  }
  if (end == StageEnd::Done) {
    end = co_await run_provider_call(job, stage, key, span, open_one);
  }
  if (pool != nullptr) {
    pool->give_back(is_success(end));
  }
  co_return end;
}

// The work itself, once all that it uses is held.
Task<StageEnd> run_work(Job& job, const Stage& stage, DrawKey key, Place place, std::uint32_t span) {
  runtime::Runtime& rt = job.shared.runtime;
  switch (stage.kind) {
    case StageKind::Call: {
      co_return co_await run_connected_call(job, stage, key, span);
    }
    case StageKind::Local: {
      co_return co_await run_local(job, stage, key, span);
    }
    case StageKind::Wait: {
      const Duration wait = Duration::from_seconds(amount(stage.wait, job, key, Dimension::WaitTime));
      const StopToken stop = job.stop.token();
      const Wake wake = co_await rt.sleep(wait, stop);
      co_return wake == Wake::Stopped ? StageEnd::Cancelled : StageEnd::Done;
    }
    case StageKind::Group: {
      const auto index = static_cast<std::size_t>(&stage - job.shared.scenario.stages.data());
      Place inside = place;
      inside.parent = span;
      inside.item = key.item * kInnerItems;
      const bool ok = co_await run_level(job, job.shared.plan.groups[index], inside, span);
      co_return ok ? StageEnd::Done : StageEnd::Failed;
    }
  }
  co_return StageEnd::Done;
}

std::uint64_t cache_key(const Job& job, const Stage& stage) {
  const scenarios::CacheSpec& cache = *stage.cache;
  std::uint64_t key = mix64(stage.key ^ hash_name(cache.key.value(job.inputs)));
  const bool own_process = cache.scope == scenarios::CacheScope::Process &&
                           job.shared.scenario.workload.process == scenarios::Process::PerJob;
  return own_process ? mix64(key ^ (job.id.value + 1)) : key;
}

// What the cache said.
struct Lookup {
  bool hit = false;
  bool stopped = false;
  bool leader = false;  // the others wait for this one
};

Task<Lookup> look_up(Job& job, const Stage& stage, DrawKey key, Cache* cache, std::uint64_t entry) {
  runtime::Runtime& rt = job.shared.runtime;
  Lookup lookup;
  if (stage.cache->hit_rate) {
    lookup.hit = key.uniform(Dimension::CacheHit) < *stage.cache->hit_rate;
    co_return lookup;
  }
  for (;;) {
    if (cache->hit(entry, rt.now())) {
      lookup.hit = true;
      co_return lookup;
    }
    const std::shared_ptr<runtime::Event> event =
        stage.cache->coalesce ? cache->under_way(entry) : nullptr;
    if (!event) {
      break;
    }
    const StopToken stop = job.stop.token();
    const Wake wake = co_await event->wait(stop);
    if (wake == Wake::Stopped) {
      lookup.stopped = true;
      co_return lookup;
    }
  }
  if (stage.cache->coalesce) {
    cache->begin(entry, std::make_shared<runtime::Event>(rt));
    lookup.leader = true;
  }
  co_return lookup;
}

// Queues for resources, passes the breaker, works.
Task<StageEnd> run_uncached(Job& job, const Stage& stage, std::uint32_t index, DrawKey key, Place place,
                            std::uint32_t span) {
  runtime::Runtime& rt = job.shared.runtime;
  load::CircuitBreaker* breaker = job.shared.breakers[index].get();
  if (breaker != nullptr && !breaker->allow(rt.now())) {
    job.spans[span].started = rt.now();
    co_return StageEnd::Rejected;
  }
  StageEnd end = StageEnd::Done;
  const std::vector<scenarios::ResourceUse>& uses = job.shared.uses[index];
  if (uses.empty() && stage.holds.empty()) {
    end = co_await run_work(job, stage, key, place, span);
  } else {
    Grants grants;
    end = co_await acquire(job, stage.holds, key, grants);
    if (end == StageEnd::Done) {
      end = co_await acquire(job, uses, key, grants);
    }
    job.spans[span].started = rt.now();
    if (end == StageEnd::Done) {
      end = co_await run_work(job, stage, key, place, span);
    }
  }
  if (breaker != nullptr) {
    if (end == StageEnd::Cancelled) {
      breaker->forget();
    } else if (is_success(end)) {
      breaker->succeeded(rt.now());
    } else {
      breaker->failed(rt.now());
    }
  }
  co_return end;
}

// One item of a stage, from its cache look-up to its end. Yields its span.
Task<StageResult> run_item(Job& job, std::uint32_t index, Place place, std::uint32_t item,
                           std::uint32_t released_by) {
  const Stage& stage = job.shared.scenario.stages[index];
  runtime::Runtime& rt = job.shared.runtime;
  DrawKey key = job.key(stage.key, item);
  key.share = stage.vary;
  const std::uint32_t span = open_span(job, index, item, place, released_by);
  StageEnd end = StageEnd::Done;
  if (!stage.cache) {
    end = co_await run_uncached(job, stage, index, key, place, span);
  } else {
    Cache* cache = job.shared.caches[index].get();
    const std::uint64_t entry = cache_key(job, stage);
    const Lookup lookup = co_await look_up(job, stage, key, cache, entry);
    job.spans[span].started = rt.now();
    if (lookup.stopped) {
      end = StageEnd::Cancelled;
    } else if (lookup.hit) {
      end = StageEnd::CacheHit;
      const Duration wait =
          Duration::from_seconds(amount(stage.cache->hit_time, job, key, Dimension::HitTime));
      if (wait > Duration::zero()) {
        const StopToken stop = job.stop.token();
        const Wake wake = co_await rt.sleep(wait, stop);
        end = wake == Wake::Stopped ? StageEnd::Cancelled : end;
      }
    } else {
      end = co_await run_uncached(job, stage, index, key, place, span);
      if (cache != nullptr && end == StageEnd::Done) {
        cache->put(entry, rt.now());
      }
      if (lookup.leader) {
        cache->end(entry);
      }
    }
  }
  close_span(job, span, end);
  const StageResult result{.ok = is_success(end), .span = span};
  co_return result;
}

// The state of a fan-out whose items run side by side.
struct FanOut {
  std::uint32_t next = 0;
  std::uint32_t count = 0;
  bool ok = true;
};

Task<void> fan_out_worker(Job& job, std::uint32_t index, Place place, std::uint32_t base_item,
                          std::uint32_t released_by, FanOut& fan) {
  while (fan.ok && fan.next < fan.count) {
    const std::uint32_t item = base_item + fan.next++;
    const StageResult result = co_await run_item(job, index, place, item, released_by);
    if (!result.ok) {
      fan.ok = false;
    }
    released_by = result.span;
  }
}

// All items of a `repeat` stage, under one span.
Task<StageResult> run_repeated(Job& job, std::uint32_t index, Place place, std::uint32_t released_by) {
  const Stage& stage = job.shared.scenario.stages[index];
  const DrawKey key = job.key(stage.key, place.item);
  const double drawn = amount(*stage.repeat, job, key, Dimension::Repeat);
  FanOut fan;
  fan.count = static_cast<std::uint32_t>(std::llround(std::min(drawn, 1e6)));
  const std::uint32_t whole = open_span(job, index, record::kWhole, place, released_by);
  Place inside = place;
  inside.parent = whole;
  const std::uint32_t width = stage.parallel == 0 ? fan.count : std::min(stage.parallel, fan.count);
  if (width <= 1) {
    co_await fan_out_worker(job, index, inside, place.item, record::kNoStage, fan);
  } else {
    runtime::TaskGroup group(job.shared.runtime);
    for (std::uint32_t worker = 0; worker < width; ++worker) {
      group.spawn(fan_out_worker(job, index, inside, place.item, record::kNoStage, fan));
    }
    co_await group.join();
  }
  // It started when its first item did, and ended as its worst item did.
  StageEnd end = fan.count == 0 ? StageEnd::Skipped : StageEnd::Done;
  Instant started = Instant::never();
  Instant first_chunk = Instant::never();
  for (std::size_t i = whole + 1; i < job.spans.size(); ++i) {
    const record::StageSpan& s = job.spans[i];
    if (s.parent == whole) {
      started = std::min(started, s.started);
      first_chunk = std::min(first_chunk, s.first_chunk);
      end = is_success(s.end) ? end : s.end;
    }
  }
  job.spans[whole].started = std::min(started, job.shared.runtime.now());
  job.spans[whole].first_chunk = std::min(first_chunk, job.shared.runtime.now());
  close_span(job, whole, end);
  const StageResult result{.ok = is_success(end), .span = whole};
  co_return result;
}

bool is_wanted(const Job& job, const Stage& stage, const Place& place) {
  if (stage.skip) {
    return false;
  }
  if (stage.condition) {
    return stage.condition->number(job.inputs) != 0;
  }
  return !stage.probability ||
         job.key(stage.key, place.item).uniform(Dimension::When) < *stage.probability;
}

void note_first_result(Job& job, const Stage& stage, std::uint32_t span) {
  const record::StageSpan& s = job.spans[span];
  if (stage.first_result != scenarios::FirstResult::None && is_success(s.end)) {
    const Instant shown =
        stage.first_result == scenarios::FirstResult::FirstChunk ? s.first_chunk : s.done;
    job.first_result = std::min(job.first_result, shown);
  }
}

// Whether a group around the stage decides what a failure means.
bool is_absorbed_above(const Job& job, const Stage& stage) {
  for (std::optional<StageIndex> up = stage.parent; up; up = job.shared.scenario.stages[up->value].parent) {
    const Stage& group = job.shared.scenario.stages[up->value];
    if (group.fallback || group.on_error == scenarios::OnError::Continue) {
      return true;
    }
  }
  return false;
}

Task<StageResult> run_once(Job& job, std::uint32_t index, Place place, std::uint32_t released_by) {
  const Stage& stage = job.shared.scenario.stages[index];
  StageResult result;
  if (stage.repeat) {
    result = co_await run_repeated(job, index, place, released_by);
  } else {
    result = co_await run_item(job, index, place, place.item, released_by);
  }
  note_first_result(job, stage, result.span);
  co_return result;
}

}  // namespace

Task<StageResult> run_stage(Job& job, std::uint32_t index, Place place, std::uint32_t released_by) {
  const Stage& stage = job.shared.scenario.stages[index];
  StageResult result;
  if (job.stop.stop_requested()) {
    result.ok = false;
    co_return result;
  }
  if (!is_wanted(job, stage, place)) {
    result.span = open_span(job, index, place.item, place, released_by);
    close_span(job, result.span, StageEnd::Skipped);
    co_return result;
  }
  result = co_await run_once(job, index, place, released_by);
  if (result.ok) {
    co_return result;
  }
  const StageEnd end = job.spans[result.span].end;
  if (end != StageEnd::Cancelled && stage.fallback) {
    const std::uint32_t instead = stage.fallback->value;
    const std::uint32_t failed = result.span;
    result = co_await run_once(job, instead, place, failed);
    if (result.ok) {
      co_return result;
    }
  } else if (end != StageEnd::Cancelled && stage.on_error == scenarios::OnError::Continue) {
    result.ok = true;
    co_return result;
  }
  if (is_absorbed_above(job, stage)) {
    co_return result;
  }
  const StageEnd last = job.spans[result.span].end;
  job.fail(result.span, last == StageEnd::TimedOut    ? record::JobEnd::TimedOut
                        : last == StageEnd::Cancelled ? record::JobEnd::Cancelled
                                                      : record::JobEnd::Failed);
  co_return result;
}

}  // namespace rehearse::engine
