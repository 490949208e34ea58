#include "tests/perf/server/schedule.hpp"

#include <cstdio>
#include <cstdlib>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/wire/call_header.hpp"
#include "mocks/latency/load_profile.hpp"

namespace rehearse::perf {
namespace {

class Steady final : public Schedule {
 public:
  explicit Steady(const Beat& beat) : beat_(beat) {}
  void plan(PlannedCall&, std::uint64_t) override {}
  std::int64_t due_ns(const PlannedCall&, std::uint32_t token) const override {
    return beat_.first_ns + beat_.gap_ns * token;
  }

 private:
  Beat beat_;
};

class Modelled final : public Schedule {
 public:
  Modelled(std::shared_ptr<const latency::Profile> profile, const Beat& beat)
      : model_(std::move(profile), {}) {
    features_.operation = "chat";
    features_.model = "gpt-4o-mini";
    features_.input_tokens = kInput;
    features_.output_tokens = beat.tokens;
    features_.max_tokens = beat.tokens;
    features_.stream = true;
  }
  void plan(PlannedCall& call, std::uint64_t number) override {
    wire::CallHeader header;
    header.job = number;
    header.stage = "stream";
    header.input_tokens = features_.input_tokens;
    header.output_tokens = features_.output_tokens;
    call.headers = std::string(wire::kCallHeaderName) + ": " + call_header_text(header) + "\r\n";
    const DrawKey key{header.seed, number, hash_name(header.stage), 0, 0, 0};
    model_.arrive(call.ticket, key, features_, 1, false, Instant());
    model_.leave(call.ticket, Instant());
  }
  std::int64_t due_ns(const PlannedCall& call, std::uint32_t token) const override {
    return model_.chunk_due(call.ticket, token).count_ns();
  }

 private:
  static constexpr std::int64_t kInput = 40;
  latency::ProviderModel model_;
  CallFeatures features_;
};

}  // namespace

std::unique_ptr<Schedule> steady(const Beat& beat) { return std::make_unique<Steady>(beat); }

std::unique_ptr<Schedule> modelled(const std::string& profile, const Beat& beat) {
  auto loaded = latency::load_profile(profile, ".");
  if (!loaded) {
    std::fprintf(stderr, "server_load: %s\n", loaded.error().text().c_str());
    std::exit(1);
  }
  return std::make_unique<Modelled>(*loaded, beat);
}

}  // namespace rehearse::perf
