#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "harness/proxy/recording_proxy.hpp"

namespace rehearse::test {

// A proxy before one upstream, on a thread of its own, and what it told.
class ProxyUnderTest final : public proxy::CallSink {
 public:
  explicit ProxyUnderTest(const std::string& upstream, bool bodies = false);
  ~ProxyUnderTest() override;
  std::uint16_t port() const { return port_; }
  void call_seen(record::RecordedCall call) override;
  // Waits until `count` calls have ended.
  std::vector<record::RecordedCall> ended(std::size_t count);
  // Every call that was told, ended or not.
  std::vector<record::RecordedCall> told();
  void stop();

 private:
  net::AsioRuntime runtime_;
  std::unique_ptr<proxy::RecordingProxy> proxy_;
  std::uint16_t port_ = 0;
  runtime::StopSource stop_;
  std::mutex mutex_;
  std::vector<record::RecordedCall> calls_;
  std::thread thread_;
};

// A blocking client that sends and reads bytes as they are.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient();
  void send(std::string_view bytes) const;
  // Reads until `end` has come, or the peer closes.
  std::string until(std::string_view end);
  // Reads until the peer closes; whether it did so in order (false: reset).
  bool rest(std::string& text);
  void half_close() const;
  void close();
  void reset();

 private:
  int fd_;
  std::string ahead_;
};

}  // namespace rehearse::test
