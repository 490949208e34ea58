#include "mocks/server/pace.hpp"

#include "harness/base/text.hpp"

namespace rehearse::server {
namespace {

double ms(double ns) { return ns / 1e6; }

std::string fixed_ms(double ns) {
  const auto micros = static_cast<std::int64_t>(ns / 1e3 + 0.5);
  std::string thousandths = std::to_string(micros % 1'000);
  thousandths.insert(0, 3 - thousandths.size(), '0');
  return std::to_string(micros / 1'000) + "." + thousandths + " ms";
}

std::string lateness_json(const stats::Histogram& late) {
  const auto at = [&late](double q) {
    const auto ns = late.quantile(q);
    return ns ? number_text(ms(*ns)) : std::string("null");
  };
  return "{\"count\":" + std::to_string(late.count()) + ",\"p50_ms\":" + at(0.5) +
         ",\"p99_ms\":" + at(0.99) +
         ",\"max_ms\":" + number_text(ms(static_cast<double>(late.max()))) + "}";
}

std::string lateness_text(const stats::Histogram& late, std::string_view what) {
  return std::to_string(late.count()) + " " + std::string(what) + " late by " +
         fixed_ms(late.quantile(0.5).value_or(0)) + " at p50, " +
         fixed_ms(late.quantile(0.99).value_or(0)) + " at p99, " +
         fixed_ms(static_cast<double>(late.max())) + " at most";
}

}  // namespace

bool Pace::valid() const {
  return chunks.count() < kLeast ||
         chunks.quantile(0.99).value_or(0) <= static_cast<double>(ceiling.count_ns());
}

std::string Pace::trouble() const {
  if (valid()) {
    return {};
  }
  return "the mock server fell behind its own pace: chunks were late by " +
         fixed_ms(chunks.quantile(0.99).value_or(0)) + " at p99, its ceiling is " +
         fixed_ms(static_cast<double>(ceiling.count_ns()));
}

std::string pace_json(const Pace& pace) {
  return "{\"valid\":" + std::string(pace.valid() ? "true" : "false") +
         ",\"ceiling_ms\":" + number_text(ms(static_cast<double>(pace.ceiling.count_ns()))) +
         ",\"chunks\":" + lateness_json(pace.chunks) +
         ",\"answers\":" + lateness_json(pace.answers) +
         ",\"held_back\":" + std::to_string(pace.held_back) + "}";
}

std::string pace_text(const Pace& pace) {
  std::string out;
  if (!pace.chunks.empty()) {
    out += lateness_text(pace.chunks, "chunks");
  }
  if (!pace.answers.empty()) {
    out += (out.empty() ? "" : "; ") + lateness_text(pace.answers, "answers");
  }
  if (pace.held_back > 0) {
    out += "; " + std::to_string(pace.held_back) + " writes waited for slow readers";
  }
  if (!pace.valid()) {
    out += "; INVALID: " + pace.trouble();
  }
  return out;
}

}  // namespace rehearse::server
