#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/runtime/event_queue.hpp"
#include "mocks/server/call.hpp"

namespace rehearse::server {

class Job;

// Hears of a job's changes: it started, it is over.
class JobListener {
 public:
  virtual void job_changed(Job& job) = 0;

 protected:
  ~JobListener() = default;
};

// A call that its client does not wait for: it runs at the provider on its own, is asked about, and
// may be cancelled. It holds its slot, and keeps its bill, as any call does.
class Job {
 public:
  // Queued: no slot yet. Starting: its model loads.
  enum class State : std::uint8_t { Queued, Starting, Running, Succeeded, Failed, Cancelled };

  Job(House& house, Provider& provider, Caller caller, Ask ask);
  ~Job();
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // Arrives at the provider. What keeps it from being created is one of the two below.
  void begin();
  const latency::Refusal* refusal() const { return ticket_.refusal.get(); }
  // A planned error or broken connection that meets the creation itself; nullptr: none.
  const latency::FaultSpec* fault() const { return fault_; }

  State state() const { return state_; }
  bool over() const { return state_ >= State::Succeeded; }
  double progress() const;  // 0 to 1
  Instant created() const { return record_.arrived; }
  Instant started() const { return running_; }  // once it is Running
  Instant done() const { return record_.done; }
  const latency::Plan& plan() const { return ticket_.plan; }
  const latency::LimitState& limits() const { return limits_; }
  std::string_view error() const;  // of a failed one
  // What was made, in the script's words. Made again where it was released.
  const std::string& output();
  void release_output();

  // Frees the slot; nothing where it is over.
  void cancel();

  // For a stream of what is being made: pieces and when they are due.
  Instant piece_due(std::uint32_t piece) const;
  std::string piece(std::uint32_t piece);

  // Heard until they go away; they outlive the job or forget it.
  void listen(JobListener* listener) { listeners_.push_back(listener); }
  void forget(JobListener* listener);

 private:
  struct Ticket : latency::Ticket {
    Job* job = nullptr;
  };
  struct Timer : runtime::TimerNode {
    Job* job = nullptr;
  };
  void serve(Instant now);
  void run();
  void due();
  void prepare();
  void finish(State state, CallEnd end);
  void tell();

  House& house_;
  Provider& provider_;
  Caller caller_;
  Ask ask_;
  std::shared_ptr<Script> script_;
  CallFeatures features_;
  Ticket ticket_;
  Timer timer_;
  latency::LimitState limits_;
  CallRecord record_;
  State state_ = State::Queued;
  Instant running_;
  const latency::FaultSpec* fault_ = nullptr;
  bool arriving_ = false;
  bool making_ = false;
  bool due_ = false;
  std::string output_;
  std::vector<JobListener*> listeners_;
  std::shared_ptr<Job*> self_;  // nulled when this goes away; for the worker
};

}  // namespace rehearse::server
