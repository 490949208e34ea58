#include "harness/engine/busy_marks.hpp"

namespace rehearse::engine {

void BusyMarks::arrivals_ended() {
  while (notes_.size() < marks_.jobs.size()) {
    note();
  }
}

runtime::Task<void> BusyMarks::follow_the_clock(runtime::StopToken token) {
  for (const Instant at : marks_.instants) {
    const runtime::Wake wake = co_await shared_.runtime.sleep_until(at, token);
    if (wake == runtime::Wake::Stopped) {
      co_return;
    }
    note();
  }
}

void BusyMarks::note() {
  Note here{.at = shared_.runtime.now(), .busy_ns = {}};
  for (const SharedResource& resource : shared_.resources) {
    here.busy_ns.push_back(resource.busy_ns());
  }
  notes_.push_back(std::move(here));
}

std::vector<Stretch> BusyMarks::stretches() const {
  std::vector<Stretch> out;
  for (std::size_t i = 1; i < notes_.size(); ++i) {
    Stretch stretch{.length = notes_[i].at - notes_[i - 1].at};
    for (std::size_t r = 0; r < notes_[i].busy_ns.size(); ++r) {
      stretch.busy_ns.push_back(notes_[i].busy_ns[r] - notes_[i - 1].busy_ns[r]);
    }
    out.push_back(std::move(stretch));
  }
  return out;
}

}  // namespace rehearse::engine
