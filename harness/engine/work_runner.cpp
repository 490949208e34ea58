#include <algorithm>

#include "harness/engine/call_runner.hpp"
#include "harness/engine/item_runner.hpp"
#include "harness/engine/span.hpp"

namespace rehearse::engine {
namespace {

using record::StageEnd;
using runtime::StopToken;
using runtime::Task;
using runtime::Wake;
using scenarios::Stage;
using scenarios::StageKind;

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
  const Duration wall = begin_local(job, stage, key, span);
  Wake wake = Wake::Fired;
  ProcessorSharing* sharing = sharing_of(job, stage);
  if (sharing != nullptr) {
    const double cpu_s = amount(stage.local.cpu, job, key, Dimension::CpuTime) * stage.time_scale;
    wake = co_await sharing->serve(cpu_s, stop);
    const double io_s = amount(stage.local.io, job, key, Dimension::IoTime) * stage.time_scale;
    const Duration io = Duration::from_seconds(io_s);
    if (wake == Wake::Fired && io > Duration::zero()) {
      wake = co_await rt.sleep(io, stop);
    }
  } else {
    // Local work holds its resource and sleeps: it never burns CPU.
    wake = co_await rt.sleep(wall, stop);
  }
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

// A call whose bytes go over a link of the scenario, or whose provider runs on a shared machine.
Task<StageEnd> run_machine_call(Job& job, const Stage& stage, DrawKey key, std::uint32_t span,
                                bool new_connection) {
  if (stage.link) {
    const StageEnd moved = co_await run_transfer(job, stage, key);
    if (moved != StageEnd::Done) {
      co_return moved;
    }
  }
  ProcessorSharing* machine = machine_of(job, stage);
  if (machine == nullptr) {
    co_return co_await run_call(job, stage, key, span, new_connection);
  }
  runtime::Runtime& rt = job.shared.runtime;
  const Instant began = rt.now();
  ProcessorSharing::Stay stay(*machine);
  const StageEnd end = co_await run_call(job, stage, key, span, new_connection);
  const double alone_s = (rt.now() - began).count_s();
  const StopToken stop = job.stop.token();
  co_await stay.finish(alone_s, stop);
  co_return end;
}

// What follows chooses a coroutine and is none: each one fewer is a frame fewer for every stage.
Task<StageEnd> run_provider_call(Job& job, const Stage& stage, DrawKey key, std::uint32_t span,
                                 bool new_connection) {
  return stage.link || machine_of(job, stage) != nullptr
             ? run_machine_call(job, stage, key, span, new_connection)
             : run_call(job, stage, key, span, new_connection);
}

// Gets the stage's connection, then calls; the connection goes back whatever happens.
Task<StageEnd> run_connected_call(Job& job, const Stage& stage, DrawKey key, std::uint32_t span) {
  runtime::Runtime& rt = job.shared.runtime;
  const StopToken stop = job.stop.token();
  ConnectionPool* pool =
      stage.connection->pool ? &job.shared.pools[*stage.connection->pool] : nullptr;
  bool open_one = true;
  if (pool != nullptr) {
    const Wake wake = co_await pool->places().acquire(1, 0, stop);
    if (wake == Wake::Stopped) {
      co_return StageEnd::Cancelled;
    }
    open_one = pool->take();
    job.trail.spans[span].started = rt.now();
  }
  StageEnd end = StageEnd::Done;
  if (open_one) {
    const scenarios::Amount& connect =
        pool != nullptr ? pool->spec().connect : stage.connection->connect;
    const Duration wait = connect_of(job, stage, connect, key);
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

Task<StageEnd> run_wait(Job& job, const Stage& stage, DrawKey key) {
  const Duration wait = wait_of(job, stage, key);
  const StopToken stop = job.stop.token();
  const Wake wake = co_await job.shared.runtime.sleep(wait, stop);
  co_return wake == Wake::Stopped ? StageEnd::Cancelled : StageEnd::Done;
}

Task<StageEnd> run_group(Job& job, std::size_t index, Place inside, std::uint32_t span) {
  const bool ok = co_await run_level(job, job.shared.plan.groups[index], inside, span);
  co_return ok ? StageEnd::Done : StageEnd::Failed;
}

}  // namespace

Duration begin_local(Job& job, const Stage& stage, const DrawKey& key, std::uint32_t span) {
  const double cpu_s = amount(stage.local.cpu, job, key, Dimension::CpuTime) * stage.time_scale;
  const double io_s = amount(stage.local.io, job, key, Dimension::IoTime) * stage.time_scale;
  job.trail.note_local(span, Duration::from_seconds(cpu_s), Duration::from_seconds(io_s));
  return Duration::from_seconds(cpu_s + io_s);
}

Duration connect_of(const Job& job, const Stage& stage, const scenarios::Amount& connect,
                    const DrawKey& key) {
  return Duration::from_seconds(amount(connect, job, key, Dimension::ConnectTime) *
                                stage.time_scale);
}

Duration wait_of(const Job& job, const Stage& stage, const DrawKey& key) {
  return Duration::from_seconds(amount(stage.wait, job, key, Dimension::WaitTime) *
                                stage.time_scale);
}

// The work itself, once all that it uses is held.
Task<StageEnd> run_work(Job& job, const Stage& stage, DrawKey key, Place place,
                        std::uint32_t span) {
  switch (stage.kind) {
    case StageKind::Call:
      return stage.connection ? run_connected_call(job, stage, key, span)
                              : run_provider_call(job, stage, key, span, false);
    case StageKind::Local:
      return run_local(job, stage, key, span);
    case StageKind::Wait:
      return run_wait(job, stage, key);
    case StageKind::Group:
      break;
  }
  const Place inside = inside_of(place, key.item, span);
  const auto index = static_cast<std::size_t>(&stage - job.shared.scenario.stages.data());
  return run_group(job, index, inside, span);
}

}  // namespace rehearse::engine
