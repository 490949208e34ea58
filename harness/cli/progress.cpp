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

namespace {

// As much of valid UTF-8 as surely fits, never half a character; those that are not ASCII may be
// two columns wide.
std::string first_columns(const std::string& text, std::size_t columns) {
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool begins = (byte & 0xC0) != 0x80;
    used += !begins ? 0 : byte < 0x80 ? 1 : 2;
    if (used > columns) {
      return text.substr(0, at);
    }
  }
  return text;
}

}  // namespace

std::string ProgressLine::line(const engine::Progress& progress, std::optional<Duration> length,
                               Duration elapsed) const {
  const std::optional<double> share = share_done(progress, length);
  std::string text = fmt::format("{}: {} of {} jobs", label_, progress.ended,
                                 progress.expected ? std::to_string(*progress.expected) : "?");
  if (progress.failed > 0) {
    text += fmt::format(", {} not done", progress.failed);
  }
  if (progress.ended > 0 && elapsed > Duration::zero()) {
    text += fmt::format(", {:.3g}/s", static_cast<double>(progress.ended) / elapsed.count_s());
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
    // One column stays free: a full row would wrap, and only its last part be erased.
    std::fprintf(stderr, "\r\033[K%s", first_columns(text, Console::err_width() - 1).c_str());
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
