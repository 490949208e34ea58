#pragma once

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/pricing/price_table.hpp"
#include "mocks/latency/load_profile.hpp"
#include "mocks/latency/provider_model.hpp"

namespace rehearse::latency {

inline Result<std::shared_ptr<const Profile>> try_profile(std::string_view text) {
  const auto value = json::parse(text, "test.json");
  INFO((value ? std::string() : value.error().text()));
  REQUIRE(value.ok());
  return make_profile(*value, "test.json", pricing::shipped_prices());
}

// A profile with these operations and nothing else said.
inline std::shared_ptr<const Profile> profile_of(std::string_view operations,
                                                 std::string_view more = "") {
  const auto made =
      try_profile("{ \"dated\": \"2026-11-21\", \"prices\": \"free\", \"operations\": " +
                  std::string(operations) + std::string(more) + " }");
  INFO((made ? std::string() : made.error().text()));
  REQUIRE(made.ok());
  return *made;
}

inline CallFeatures chat(std::int64_t input, std::int64_t output, std::int64_t most = 0) {
  CallFeatures features;
  features.operation = "chat";
  features.input_tokens = input;
  features.output_tokens = output;
  features.max_tokens = most;
  return features;
}

inline DrawKey key_of(std::uint64_t job, std::string_view stage = "stage") {
  DrawKey key;
  key.job = job;
  key.stage = hash_name(stage);
  return key;
}

// What the engine multiplies a stage's own time by.
inline double ratio(const ProviderModel& model, const CallFeatures& now, const CallFeatures& base) {
  return static_cast<double>(model.typical(now).count_ns()) /
         static_cast<double>(model.typical(base).count_ns());
}

// Draws the plan of one call on an idle model.
inline Plan plan_of(ProviderModel& model, const DrawKey& key, const CallFeatures& features,
                    double time_ratio = 1, Instant now = {}) {
  Ticket ticket;
  model.arrive(ticket, key, features, time_ratio, false, now);
  REQUIRE(ticket.state == Ticket::State::InService);
  model.leave(ticket, now);
  return ticket.plan;
}

}  // namespace rehearse::latency
