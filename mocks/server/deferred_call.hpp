#pragma once

#include <memory>
#include <optional>
#include <string>

#include "mocks/server/call.hpp"
#include "mocks/server/connection.hpp"

namespace rehearse::server {

// A call whose client does not wait for it: it asks later how far the call has come. What it would
// have been sent is kept here. Goes away with its slot freed, whether or not it had ended.
class DeferredCall final : public Connection {
 public:
  enum class State { Queued, Running, Done, Failed };

  DeferredCall() = default;
  ~DeferredCall() = default;
  DeferredCall(const DeferredCall&) = delete;
  DeferredCall& operator=(const DeferredCall&) = delete;

  // Arrives at the provider now; a refusal is there at once, as the answer.
  void begin(std::unique_ptr<Call> call);
  State state() const;
  double done_share(Instant now) const;  // 0 to 1, of the time that it takes
  std::int64_t took_s() const;           // from arrival to its end, rounded up; once it is Done
  // The answer, once it is Done, or Failed with one.
  const std::optional<wire::Response>& answer() const { return answer_; }

  void send(wire::Response response) override;
  void begin(wire::Response head) override;
  void write(std::string_view piece) override;
  void upgrade(wire::Response, RawReader&) override {}  // a job stays HTTP
  void end() override;
  void cut() override;
  void reset() override;

 private:
  std::optional<wire::Response> answer_;
  bool broken_ = false;
  std::unique_ptr<Call> call_;  // last: it may still speak to this while it goes
};

}  // namespace rehearse::server
