#include "harness/engine/item_runner.hpp"

#include "harness/base/text.hpp"
#include "harness/engine/span.hpp"

namespace rehearse::engine {
namespace {

using record::StageEnd;
using runtime::StopToken;
using runtime::Task;
using runtime::Wake;
using scenarios::Stage;

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

// Queues for resources, passes the breaker, works; closes the span.
Task<StageResult> run_guarded(Job& job, const Stage& stage, std::uint32_t index, DrawKey key,
                              Place place, std::uint32_t span) {
  runtime::Runtime& rt = job.shared.runtime;
  load::CircuitBreaker* breaker = job.shared.breakers[index].get();
  StageEnd end = StageEnd::Done;
  if (breaker != nullptr && !breaker->allow(rt.now())) {
    breaker = nullptr;  // has nothing to learn
    end = StageEnd::Rejected;
  }
  {
    Grants grants;
    if (end == StageEnd::Done && !stage.holds.empty()) {
      end = co_await acquire(job, stage.holds, key, grants);
    }
    const std::vector<scenarios::ResourceUse>& uses = job.shared.plan.uses[index];
    if (end == StageEnd::Done && !uses.empty()) {
      end = co_await acquire(job, uses, key, grants);
    }
    job.trail.spans[span].started = rt.now();
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
  close_span(job, span, end);
  const StageResult result{.ok = is_success(end), .span = span};
  co_return result;
}

Task<StageResult> run_cached(Job& job, const Stage& stage, std::uint32_t index, DrawKey key,
                             Place place, std::uint32_t span) {
  runtime::Runtime& rt = job.shared.runtime;
  Cache* cache = job.shared.caches[index].get();
  const std::uint64_t entry = cache_key(job, stage);
  const Lookup lookup = co_await look_up(job, stage, key, cache, entry);
  job.trail.spans[span].started = rt.now();
  if (!lookup.stopped && !lookup.hit) {
    const StageResult result = co_await run_guarded(job, stage, index, key, place, span);
    if (cache != nullptr && result.ok) {
      cache->put(entry, rt.now());
    }
    if (lookup.leader) {
      cache->end(entry);
    }
    co_return result;
  }
  StageEnd end = lookup.stopped ? StageEnd::Cancelled : StageEnd::CacheHit;
  if (lookup.hit) {
    const Duration wait =
        Duration::from_seconds(amount(stage.cache->hit_time, job, key, Dimension::HitTime));
    if (wait > Duration::zero()) {
      const StopToken stop = job.stop.token();
      const Wake wake = co_await rt.sleep(wait, stop);
      end = wake == Wake::Stopped ? StageEnd::Cancelled : end;
    }
  }
  close_span(job, span, end);
  const StageResult result{.ok = is_success(end), .span = span};
  co_return result;
}

}  // namespace

// One item of a stage, from its cache look-up to its end. Yields its span. No coroutine of its own:
// each one fewer is a frame fewer for every stage.
Task<StageResult> run_item(Job& job, std::uint32_t index, Place place, std::uint32_t item,
                           std::uint32_t released_by) {
  const Stage& stage = job.shared.scenario.stages[index];
  DrawKey key = job.key(stage.key, item);
  key.share = stage.vary;
  const std::uint32_t span = open_span(job, index, item, place, released_by);
  return stage.cache ? run_cached(job, stage, index, key, place, span)
                     : run_guarded(job, stage, index, key, place, span);
}

}  // namespace rehearse::engine
