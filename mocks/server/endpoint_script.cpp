#include <algorithm>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/wire/endpoint.hpp"
#include "mocks/script/content.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

// A described reply, filled from its request, of the size that the call moves.
class EndpointScript final : public Script {
 public:
  EndpointScript(const Endpoint& endpoint, wire::EndpointCall call, std::int64_t bytes)
      : endpoint_(endpoint), call_(std::move(call)), bytes_(bytes) {}

  wire::Response whole(const latency::Plan& plan) override {
    call_.id = script::make_id("", content, 16);
    return wire::render(endpoint_, call_, static_cast<std::size_t>(size(plan)));
  }
  bool heavy(const latency::Plan& plan) const override { return size(plan) > (1 << 20); }

 private:
  // What came up is no measure of what goes down.
  std::int64_t size(const latency::Plan& plan) const {
    return bytes_ > 0 ? bytes_ : std::max<std::int64_t>(plan.usage.bytes, 0);
  }

  const Endpoint& endpoint_;  // the profile's
  wire::EndpointCall call_;
  std::int64_t bytes_;  // of the reply; 0: those of the plan
};

}  // namespace

bool is_described(const latency::Profile& profile) {
  return std::any_of(profile.entries.begin(), profile.entries.end(),
                     [](const latency::Entry& entry) { return entry.endpoint.has_value(); });
}

const latency::Entry* find_endpoint(const latency::Profile& profile, std::string_view method,
                                    std::string_view path, bool* method_only) {
  for (const latency::Entry& entry : profile.entries) {
    if (!entry.endpoint || !wire::match_path(*entry.endpoint, path, nullptr)) {
      continue;
    }
    if (wire::match_method(*entry.endpoint, method)) {
      return &entry;
    }
    if (method_only != nullptr) {
      *method_only = true;
    }
  }
  return nullptr;
}

Result<Ask> ask_endpoint(const wire::Request& request, std::string_view path,
                         const latency::Entry& entry, const Stagehand& hand) {
  Ask ask;
  ask.operation = entry.operation;
  wire::EndpointCall call;
  wire::match_path(*entry.endpoint, path, &call.path);
  call.target = request.target;
  if (wire::repeats_body(*entry.endpoint)) {
    call.body = request.body;
  }
  std::int64_t reply = 1;
  if (!entry.bytes.is_zero()) {
    // The same question gets the same answer, so its size is drawn from the question.
    const std::uint64_t bits =
        mix64(script::content_key(hand.seed, request.target) ^ script::body_key(request.body));
    const double drawn =
        std::min(entry.bytes.quantile(unit_interval(bits)), static_cast<double>(kMostReplyBytes));
    reply = std::max<std::int64_t>(static_cast<std::int64_t>(drawn), 1);
  }
  const auto sent = static_cast<std::int64_t>(request.body.size());
  ask.amounts.bytes = entry.bytes.is_zero() ? std::max<std::int64_t>(sent, 1) : reply;
  if (request.method == "HEAD" && !hand.scripted) {
    ask.amounts.bytes = 1;
  }
  ask.script = std::make_unique<EndpointScript>(
      *entry.endpoint, std::move(call), hand.scripted && !entry.bytes.is_zero() ? 0 : reply);
  return ask;
}

}  // namespace rehearse::server
