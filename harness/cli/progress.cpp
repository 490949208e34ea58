#include "harness/cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "harness/base/text.hpp"

namespace rehearse::cli {

using namespace literals;

std::optional<double> share_done(const engine::Progress& progress, std::optional<Duration> length) {
  std::optional<double> share;
  if (progress.expected && *progress.expected > 0) {
    share = static_cast<double>(progress.ended) / static_cast<double>(*progress.expected);
  }
  if (length && *length > Duration::zero()) {
    const double by_time = (progress.now - Instant()).count_s() / length->count_s();
    share = std::max(share.value_or(0), by_time);
  }
  if (share) {
    share = std::clamp(*share, 0.0, 1.0);
  }
  return share;
}

std::string ProgressLine::line(const engine::Progress& progress, std::optional<Duration> length,
                               Duration elapsed) const {
  const std::optional<double> share = share_done(progress, length);
  std::string text = fmt::format("{}: {} of {} jobs", label_, progress.ended,
                                 progress.expected ? std::to_string(*progress.expected) : "?");
  if (progress.failed > 0) {
    text += fmt::format(", {} not done", progress.failed);
  }
  text += fmt::format(", {} inside, at {}", progress.in_flight,
                      readable_duration(progress.now - Instant()));
  if (share && *share > 0.01) {
    const Duration left = elapsed * ((1 - *share) / *share);
    text += fmt::format(", {:.0f}%, about {} left", *share * 100, readable_duration(left));
  }
  return text;
}

void ProgressLine::update(const engine::Progress& progress, std::optional<Duration> length,
                          Instant wall_now) {
  const Duration pause = console_.err_is_terminal ? 200_ms : 10_s;
  const Duration elapsed = wall_now - started_;
  if (console_.quiet || wall_now - shown_ < pause || elapsed < 500_ms) {
    return;
  }
  shown_ = wall_now;
  const std::string text = terminal_safe(line(progress, length, elapsed));
  if (console_.err_is_terminal) {
    const std::string cut = text.substr(0, std::max<std::size_t>(console_.width, 2) - 1);
    std::fprintf(stderr, "\r\033[K%s", cut.c_str());
    std::fflush(stderr);
    on_screen_ = true;
  } else {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
}

void ProgressLine::clear() {
  if (on_screen_) {
    std::fprintf(stderr, "\r\033[K");
    std::fflush(stderr);
    on_screen_ = false;
  }
}

}  // namespace rehearse::cli
