#include "mocks/latency/limits.hpp"

#include <algorithm>

namespace rehearse::latency {
namespace {

constexpr Duration kMinute = Duration::seconds(60);
constexpr Duration kDay = Duration::seconds(86'400);

void describe_one(Bucket& bucket, Instant now, std::int64_t& limit, std::int64_t& remaining,
                  Duration& reset) {
  if (!bucket.limited()) {
    return;
  }
  const std::int64_t left = bucket.remaining(now);
  if (limit < 0 || left < remaining) {
    limit = bucket.limit();
    remaining = left;
    reset = bucket.reset(now);
  }
}

}  // namespace

std::string_view Limits::text(What what) {
  switch (what) {
    case What::Requests:
      return "requests per min (RPM)";
    case What::Day:
      return "requests per day (RPD)";
    case What::Tokens:
      return "tokens per min (TPM)";
    case What::TokensDay:
      return "tokens per day (TPD)";
    case What::Input:
      return "input tokens per min (ITPM)";
    case What::Output:
      return "output tokens per min (OTPM)";
    case What::Images:
      return "images per min (IPM)";
    case What::InFlight:
      return "requests in flight";
  }
  return "";
}

std::int64_t Limits::amount(What what, const Demand& demand) {
  switch (what) {
    case What::Tokens:
    case What::TokensDay:
      return demand.input_tokens + demand.reserved_output;
    case What::Input:
      return demand.input_tokens - demand.cached_tokens;
    case What::Output:
      return demand.reserved_output;
    case What::Images:
      return demand.images;
    case What::Requests:
    case What::Day:
    case What::InFlight:
      break;
  }
  return 1;
}

Limits::Limits(const LimitSpec& spec, double others_per_s, const Demand& others)
    : in_flight_limit_(spec.in_flight), any_(spec.any()) {
  if (!any_) {
    return;  // a study makes many models, most of them without limits
  }
  const std::int64_t limits[kBuckets] = {spec.rpm,  spec.rpd,  spec.tpm, spec.tpd,
                                         spec.itpm, spec.otpm, spec.ipm};
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const auto what = static_cast<What>(i);
    const Duration window = what == What::Day || what == What::TokensDay ? kDay : kMinute;
    const auto each = static_cast<double>(amount(what, others));
    buckets_[i] = Bucket(limits[i], window, others_per_s * window.count_s() * each);
  }
}

Limits::Verdict Limits::ask(const Demand& demand, Instant now) {
  Verdict out;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (!buckets_[i].limited()) {
      continue;
    }
    const auto what = static_cast<What>(i);
    const std::int64_t asked = amount(what, demand);
    const Duration wait = buckets_[i].wait(asked, now);
    if (wait > out.wait) {
      out = {wait, what, asked};
    }
  }
  if (out.wait == Duration::zero() && in_flight_limit_ > 0 && in_flight_ >= in_flight_limit_) {
    out = {Duration::nanoseconds(1), What::InFlight, 1};
  }
  return out;
}

void Limits::count(const Demand& demand) {
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (buckets_[i].limited()) {
      const std::int64_t units = amount(static_cast<What>(i), demand);
      buckets_[i].take(units);
      let_in_[i] += static_cast<double>(units);
    }
  }
}

std::int64_t Limits::limit(What what) const {
  return what == What::InFlight ? in_flight_limit_
                                : buckets_[static_cast<std::size_t>(what)].limit();
}

std::int64_t Limits::used(What what, Instant now) {
  return what == What::InFlight ? in_flight_ : buckets_[static_cast<std::size_t>(what)].used(now);
}

double Limits::refill_per_s(What what) const {
  return what == What::InFlight ? 0 : buckets_[static_cast<std::size_t>(what)].refill_per_s();
}

void Limits::use_share(What what, double share) {
  if (what != What::InFlight) {
    Bucket& bucket = buckets_[static_cast<std::size_t>(what)];
    const double units = std::max(share, 0.0) * static_cast<double>(bucket.limit());
    bucket.take(static_cast<std::int64_t>(units));
  }
}

void Limits::describe(LimitState& state, Instant now) {
  describe_one(buckets_[static_cast<std::size_t>(What::Requests)], now, state.limit_requests,
               state.remaining_requests, state.reset_requests);
  describe_one(buckets_[static_cast<std::size_t>(What::Tokens)], now, state.limit_tokens,
               state.remaining_tokens, state.reset_tokens);
  describe_one(buckets_[static_cast<std::size_t>(What::Input)], now, state.limit_input,
               state.remaining_input, state.reset_input);
  describe_one(buckets_[static_cast<std::size_t>(What::Output)], now, state.limit_output,
               state.remaining_output, state.reset_output);
}

}  // namespace rehearse::latency
