#include "harness/record/critical_path.hpp"

#include <algorithm>

namespace rehearse::record {
namespace {

class Walk {
 public:
  Walk(std::span<const StageSpan> spans, std::vector<CriticalPart>& path)
      : spans_(spans), path_(path), steps_left_(8 * spans.size() + 8) {
    for (const StageSpan& span : spans_) {
      grouped_ = grouped_ || span.parent != kNoStage;
    }
    if (grouped_ && spans_.size() > kFew) {
      index_last();
    }
  }

  void run() {
    std::uint32_t at = last_of(kNoStage);
    if (at == kNoStage) {
      return;
    }
    cursor_ = spans_[at].done;
    while (at != kNoStage && steps_left_-- > 0) {
      cursor_ = std::min(cursor_, spans_[at].done);
      at = enter(at);
      account(at, spans_[at].ready);
      at = before(at);
    }
  }

 private:
  bool counts(const StageSpan& span) const {
    return !span.background && span.end != StageEnd::Skipped;
  }

  // last_of() of every group in one pass: a job may have a million items, and each asks.
  void index_last() {
    last_.assign(spans_.size() + 1, kNoStage);
    for (std::uint32_t i = 0; i < spans_.size(); ++i) {
      const std::uint32_t group = spans_[i].parent;
      if (!counts(spans_[i]) || (group != kNoStage && group >= spans_.size())) {
        continue;
      }
      std::uint32_t& last = last_[group == kNoStage ? spans_.size() : group];
      if (last == kNoStage || spans_[i].done >= spans_[last].done) {
        last = i;
      }
    }
  }

  // The foreground span of this group (kNoStage: of the job) that ended last; the later one of
  // equals.
  std::uint32_t last_of(std::uint32_t group) const {
    if (!last_.empty()) {
      return last_[group == kNoStage ? spans_.size() : group];
    }
    std::uint32_t last = kNoStage;
    for (std::uint32_t i = 0; i < spans_.size(); ++i) {
      if (spans_[i].parent == group && counts(spans_[i]) &&
          (last == kNoStage || spans_[i].done >= spans_[last].done)) {
        last = i;
      }
    }
    return last;
  }

  // The innermost span that `at` ended with; its groups account for what comes after it.
  std::uint32_t enter(std::uint32_t at) {
    while (grouped_ && steps_left_-- > 0) {
      const std::uint32_t inner = last_of(at);
      if (inner == kNoStage || inner == at) {
        break;
      }
      account(at, spans_[inner].done);
      at = inner;
    }
    return at;
  }

  // The span that made `at` ready; groups that began with it account for what came before it.
  std::uint32_t before(std::uint32_t at) {
    std::uint32_t named_inside = kNoStage;  // by an inner span, of something outside its group
    while (steps_left_-- > 0) {
      const std::uint32_t group = spans_[at].parent;
      const std::uint32_t released = spans_[at].released_by;
      const bool known = released < spans_.size() && released != group && released != at;
      if (group >= spans_.size()) {
        return known ? released : named_inside;
      }
      if (known && spans_[released].parent == group) {
        return released;
      }
      named_inside = known ? released : named_inside;
      account(group, spans_[group].ready);
      at = group;
    }
    return kNoStage;
  }

  // `span` accounts for the time from `from` to where the path stands.
  void account(std::uint32_t span, Instant from) {
    if (from < cursor_) {
      path_.push_back({span, cursor_ - from});
      cursor_ = from;
    }
  }

  static constexpr std::size_t kFew = 32;  // spans that are looked through faster than indexed

  std::span<const StageSpan> spans_;
  std::vector<CriticalPart>& path_;
  std::vector<std::uint32_t> last_;  // by group, that of the job behind them; empty: not indexed
  std::size_t steps_left_;
  bool grouped_ = false;
  Instant cursor_;
};

// Whether each span began when the one before it ended, and because of it: most jobs are so, and
// then every span is critical from its first to its last instant.
bool is_chain(std::span<const StageSpan> spans) {
  std::uint32_t before = kNoStage;
  for (const StageSpan& span : spans) {
    if (span.released_by != before || span.parent != kNoStage || span.background ||
        span.end == StageEnd::Skipped || span.done < span.ready ||
        (before != kNoStage && span.ready != spans[before].done)) {
      return false;
    }
    ++before;  // from kNoStage to 0
  }
  return true;
}

}  // namespace

void critical_path(std::span<const StageSpan> spans, std::vector<CriticalPart>& path) {
  path.clear();
  if (!is_chain(spans)) {
    Walk(spans, path).run();
    return;
  }
  for (std::size_t i = spans.size(); i-- > 0;) {
    if (spans[i].ready < spans[i].done) {
      path.push_back({static_cast<std::uint32_t>(i), spans[i].done - spans[i].ready});
    }
  }
}

}  // namespace rehearse::record
