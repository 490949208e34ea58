#pragma once

#include <cstdint>

#include "harness/engine/stage_runner.hpp"

namespace rehearse::engine {

// What a stage does once all that it uses is held: its call over its connection, its local work,
// its wait, or the inside of its group. `span` is the item's place in job.spans.
runtime::Task<record::StageEnd> run_work(Job& job, const scenarios::Stage& stage, DrawKey key,
                                         Place place, std::uint32_t span);

// Draws local work and notes it in its span; how long it takes where it shares no processor.
Duration begin_local(Job& job, const scenarios::Stage& stage, const DrawKey& key,
                     std::uint32_t span);
// Items of nested fan-outs share one number: enough for 4,096 inner items of 4,096 outer ones.
inline constexpr std::uint32_t kInnerItems = 4096;
// Where the stages inside an item of a group stand.
inline Place inside_of(Place place, std::uint32_t item, std::uint32_t span) {
  place.parent = span;
  place.item = item * kInnerItems;
  return place;
}
// How long the set-up of a connection for this call takes.
Duration connect_of(const Job& job, const scenarios::Stage& stage, const scenarios::Amount& connect,
                    const DrawKey& key);
// How long a wait takes.
Duration wait_of(const Job& job, const scenarios::Stage& stage, const DrawKey& key);

// One item of a stage, from its cache look-up through queues and breaker to its end.
runtime::Task<StageResult> run_item(Job& job, std::uint32_t index, Place place, std::uint32_t item,
                                    std::uint32_t released_by);

}  // namespace rehearse::engine
