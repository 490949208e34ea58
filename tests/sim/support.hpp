#pragma once

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/pricing/price_table.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "harness/runtime/task_group.hpp"
#include "mocks/latency/load_profile.hpp"
#include "mocks/sim/virtual_provider.hpp"

namespace rehearse::sim {

inline std::shared_ptr<const latency::Profile> profile_of(std::string_view operations,
                                                          std::string_view more = "") {
  const auto value =
      json::parse("{ \"dated\": \"2026-11-21\", \"prices\": \"free\", \"operations\": " +
                  std::string(operations) + std::string(more) + " }");
  REQUIRE(value.ok());
  const auto made = latency::make_profile(*value, "test.json", pricing::shipped_prices());
  INFO((made ? std::string() : made.error().text()));
  REQUIRE(made.ok());
  return *made;
}

inline provider::Call call_of(std::string_view operation, std::uint64_t job) {
  provider::Call call;
  call.features.operation = operation;
  call.key.job = job;
  call.key.stage = hash_name("stage");
  call.stage = "stage";
  return call;
}

// Calls once and keeps what came of it.
inline runtime::Task<void> call_into(provider::Provider& provider, provider::Call call,
                                     runtime::StopToken stop, provider::Outcome& out) {
  out = co_await provider.call(call, stop);
}

}  // namespace rehearse::sim
