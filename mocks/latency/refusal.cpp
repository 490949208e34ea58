#include "mocks/latency/refusal.hpp"

#include <cstdio>
#include <string>

namespace rehearse::latency {
namespace {

struct Filling {
  std::string_view model;
  std::string_view what;
  std::string limit;
  std::string used;
  std::string requested;
  std::string wait;
  std::string current = {};  // used and requested
};

std::string_view filling_of(const Filling& filling, std::string_view name) {
  return name == "model"       ? filling.model
         : name == "what"      ? filling.what
         : name == "limit"     ? std::string_view(filling.limit)
         : name == "used"      ? std::string_view(filling.used)
         : name == "requested" ? std::string_view(filling.requested)
         : name == "wait"      ? std::string_view(filling.wait)
         : name == "current"   ? std::string_view(filling.current)
                               : std::string_view();
}

std::unique_ptr<Refusal> worded(const Wording& wording, const Filling& filling) {
  auto out = std::make_unique<Refusal>();
  out->status = wording.status;
  out->code = wording.code;
  const std::string_view text = wording.message;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('{', at);
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) {
      out->message += text.substr(at);
      break;
    }
    out->message += text.substr(at, open - at);
    out->message += filling_of(filling, text.substr(open + 1, close - open - 1));
    at = close + 1;
  }
  return out;
}

Duration whole_milliseconds(Duration wait) {
  return Duration::nanoseconds((wait.count_ns() + 999'999) / 1'000'000 * 1'000'000);
}

}  // namespace

std::string wait_text(Duration wait) {
  const std::int64_t ms = whole_milliseconds(wait).count_ns() / 1'000'000;
  if (ms < 1000) {
    return std::to_string(ms) + "ms";
  }
  const std::int64_t minutes = ms / 60'000;
  const std::int64_t rest = ms % 60'000;
  std::string seconds = std::to_string(rest / 1000);
  if (rest % 1000 != 0) {
    char digits[8];
    std::snprintf(digits, sizeof digits, ".%03d", static_cast<int>(rest % 1000));
    seconds += digits;
    while (seconds.back() == '0') {
      seconds.pop_back();
    }
  }
  seconds += 's';
  if (minutes == 0) {
    return seconds;
  }
  const std::string hours = minutes >= 60 ? std::to_string(minutes / 60) + 'h' : std::string();
  return hours + std::to_string(minutes % 60) + 'm' + seconds;
}

std::unique_ptr<Refusal> refuse_limited(const Profile& profile, std::string_view model,
                                        Limits& limits, const Limits::Verdict& verdict,
                                        Instant now) {
  const bool never = verdict.wait == Duration::max();
  const bool too_large = never && verdict.requested > limits.limit(verdict.what);
  const std::int64_t used = limits.used(verdict.what, now);
  const Filling filling{model,
                        Limits::text(verdict.what),
                        std::to_string(limits.limit(verdict.what)),
                        std::to_string(used),
                        std::to_string(verdict.requested),
                        never ? "60s" : wait_text(verdict.wait),
                        std::to_string(used + verdict.requested)};
  std::unique_ptr<Refusal> out =
      worded(too_large                              ? profile.too_large
             : verdict.what == Limits::What::Images ? profile.images_limited
                                                    : profile.rate_limited,
             filling);
  if (verdict.what != Limits::What::InFlight && !too_large) {
    out->retry_after = never ? Duration::seconds(60) : whole_milliseconds(verdict.wait);
  }
  return out;
}

std::unique_ptr<Refusal> refuse_busy(const Profile& profile, std::string_view model) {
  return worded(profile.busy, {model, {}, {}, {}, {}, {}});
}

std::unique_ptr<Refusal> refuse_unknown(const Profile& profile, std::string_view model) {
  return worded(profile.not_found, {model, {}, {}, {}, {}, {}});
}

}  // namespace rehearse::latency
