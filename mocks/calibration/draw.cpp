#include "mocks/calibration/draw.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "mocks/latency/provider_model.hpp"

namespace rehearse::calibration {

std::vector<TimedCall> draw_calls(std::shared_ptr<const latency::Profile> profile,
                                  const std::vector<TimedCall>& calls, std::size_t rounds,
                                  std::uint64_t seed) {
  latency::Profile calm = *profile;
  calm.limits = {};
  calm.capacity = {};
  calm.faults.clear();
  for (latency::Entry& entry : calm.entries) {
    entry.limits = {};
    entry.capacity.reset();
  }
  latency::ProviderModel model(std::make_shared<const latency::Profile>(std::move(calm)), {});
  double span = 0;
  for (const TimedCall& call : calls) {
    span = std::max(span, call.at_s + 1);
  }
  std::vector<TimedCall> out;
  out.reserve(calls.size() * rounds);
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const CallFeatures features = calls[i].features();
      const double at = static_cast<double>(round) * span +
                        (calls[i].at_s >= 0 ? calls[i].at_s : static_cast<double>(i));
      DrawKey key;
      key.seed = seed;
      key.job = round * calls.size() + i;
      key.stage = hash_name(calls[i].operation);
      latency::Ticket ticket;
      const Instant now = Instant::from_seconds(at);
      model.arrive(ticket, key, features, 1, false, now);
      TimedCall drawn = calls[i];
      drawn.at_s = calls[i].at_s >= 0 ? at : -1;
      drawn.total_s = ticket.plan.total.count_s();
      drawn.first_s = drawn.stream ? ticket.plan.first_token.count_s() : 0;
      drawn.chunks = ticket.plan.chunks;
      model.leave(ticket, now);
      out.push_back(std::move(drawn));
    }
  }
  return out;
}

}  // namespace rehearse::calibration
