#pragma once

#include <memory>
#include <string>

#include "harness/runtime/event_queue.hpp"
#include "mocks/latency/provider_model.hpp"
#include "mocks/server/ask.hpp"
#include "mocks/server/connection.hpp"
#include "mocks/server/ledger.hpp"
#include "mocks/server/protocol.hpp"
#include "mocks/server/transport.hpp"
#include "mocks/server/worker.hpp"

namespace rehearse::server {

// A provider as the server plays it.
struct Provider {
  std::string name;
  latency::ProviderModel model;
  Instant latest;  // that the model was told

  // Lateness must not make its time go back.
  Instant in_order(Instant now) { return latest = now > latest ? now : latest; }
};

// What calls share.
struct House {
  Transport& transport;
  Worker& worker;
  Ledger& ledger;
  std::uint64_t seed = 1;
};

// Who is calling.
struct Caller {
  DrawKey key;
  std::string stage;  // its path, empty where nobody knows
  std::string name;   // for the bill
  double time_ratio = 1;
  bool new_connection = false;
  bool scripted = false;  // it said which draw it is: rehearse itself is calling
};

// One call to a provider: waits for what its model planned, and answers when it is due. The plan is
// absolute (start of service + offset), so that lateness never adds up.
class Call final : public Exchange {
 public:
  struct Options {
    House& house;
    Provider& provider;
    Connection& connection;
    Protocol protocol = Protocol::OpenAi;
    std::uint64_t number = 0;  // of the request, for its id
  };
  Call(const Options& options, Caller caller, Ask ask);
  ~Call() override;

  // Arrives at the provider now. It may be refused, and so have ended, before this returns.
  void begin();
  bool ended() const { return ended_; }
  // Has its slot, or had it.
  bool in_service() const { return ended_ || ticket_.state == latency::Ticket::State::InService; }
  Duration took() const { return record_.done - record_.arrived; }  // once it has ended
  double done_share(Instant now) const;                             // 0 to 1, of the planned time

 private:
  struct Ticket : latency::Ticket {
    Call* call = nullptr;
  };
  struct Timer : runtime::TimerNode {
    Call* call = nullptr;
  };
  enum class Next { Answer, Chunk, Drip, Fault };

  void serve(Instant now);
  void wait(Next next, Duration after_start);
  void due();
  void refuse();
  void prepare();
  void answer();
  void send(wire::Response response);
  void stream_due();
  void write_until(Instant now);
  void note_pace(std::uint32_t first) const;
  // In wall time.
  Duration late_by(Instant due, Instant now) const {
    return (now - due) * (1 / house_.transport.speed());
  }
  std::uint32_t pieces() const;
  Duration piece_due(std::uint32_t piece) const;
  void suffer();
  void begin_half();
  void begin_slowly(wire::Response response);
  void drip();
  Hint hint() const;
  void add_headers(wire::Headers& headers);
  void end(CallEnd how, int status);

  House& house_;
  Provider& provider_;
  Connection& connection_;
  Protocol protocol_;
  std::uint64_t number_;
  bool scripted_;                   // by rehearse itself
  std::shared_ptr<Script> script_;  // a worker may hold it longer than the call
  std::string asked_;               // model, size and quality, one behind the other
  CallFeatures features_;           // views of that and of record_
  Ticket ticket_;
  Timer timer_;
  Next next_ = Next::Answer;
  Instant due_at_;
  std::unique_ptr<latency::LimitState> limits_;  // until they were told
  CallRecord record_;
  std::uint32_t chunk_ = 0;  // the next one of a stream
  std::int64_t units_ = 0;   // written so far
  bool stream_begun_ = false;
  bool stalled_ = false;
  bool prepared_ = false;  // answer_ is there
  bool answer_due_ = false;
  bool making_ = false;  // by the worker
  bool ended_ = false;
  std::unique_ptr<wire::Response> answer_;  // made by the worker, or dripping out
  std::size_t dripped_ = 0;                 // bytes of it that have left
  std::shared_ptr<Call*> self_;             // the worker's; nulled when this goes away
};

}  // namespace rehearse::server
