#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/proxy/message_reader.hpp"
#include "harness/record/recorded_call.hpp"
#include "harness/wire/call_observer.hpp"

namespace rehearse::proxy {

// One call as it passes: bytes and instants in, a RecordedCall out. No socket and no clock.
class Tap {
 public:
  // A call begins; `id` and `connection` count from 1. `bodies`: keep what is said.
  Tap(std::uint64_t id, std::uint64_t connection, std::string provider, bool bodies,
      Instant started);

  void request_head(const MessageHead& head);
  void request_payload(std::string_view bytes);
  void request_bytes(std::size_t count) { call_.request_bytes += count; }
  void request_sent(Instant now);
  void connected(Duration took);
  void response_head(const MessageHead& head);
  void response_payload(std::string_view bytes);
  // Bytes of the answer as they came, framing included; after their payload was told.
  void response_bytes(std::size_t count, Instant now);
  void ended(record::CallEnd end, std::string detail, Instant now);

  bool over() const { return call_.end != record::CallEnd::Open; }
  // As far as it is known now; keys are replaced.
  record::RecordedCall seen(Instant now) const;

 private:
  Duration since(Instant now) const { return now - call_.started; }

  record::RecordedCall call_;
  wire::CallObserver observer_;
  std::vector<std::string> secrets_;
  bool bodies_;
  bool answered_ = false;      // the head of the answer has come
  std::uint64_t payload_ = 0;  // bytes that came since the last instant
  std::uint32_t contents_ = 0;
};

}  // namespace rehearse::proxy
