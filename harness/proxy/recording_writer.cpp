#include "harness/proxy/recording_writer.hpp"

#include <chrono>

namespace rehearse::proxy {

namespace {
constexpr std::chrono::milliseconds kCommitEvery{250};
}

RecordingWriter::RecordingWriter(record::RunWriter& file)
    : file_(file), thread_([this] { write_all(); }) {}

RecordingWriter::~RecordingWriter() { finish(); }

void RecordingWriter::call_seen(record::RecordedCall call) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(call));
}

void RecordingWriter::finish() {
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void RecordingWriter::write_all() {
  std::vector<record::RecordedCall> taken;
  bool last = false;
  while (!last) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kCommitEvery, [this] { return finished_; });
      last = finished_;
      taken.swap(waiting_);
    }
    for (const record::RecordedCall& call : taken) {
      file_.save_call(call);
    }
    if (!taken.empty()) {
      file_.commit();
      taken.clear();
    }
  }
}

}  // namespace rehearse::proxy
