#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/proxy/call_sink.hpp"
#include "harness/record/run_file.hpp"

namespace rehearse::proxy {

// Writes calls to a run file from a thread of its own, so that a slow disk never holds up a chunk;
// commits every 250 ms.
class RecordingWriter final : public CallSink {
 public:
  // `file` outlives it.
  explicit RecordingWriter(record::RunWriter& file);
  ~RecordingWriter() override;
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  void call_seen(record::RecordedCall call) override;
  // Writes what is left and ends the thread; the file can then be closed.
  void finish();

 private:
  void write_all();

  record::RunWriter& file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<record::RecordedCall> waiting_;
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace rehearse::proxy
