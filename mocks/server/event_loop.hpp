#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "harness/base/result.hpp"

namespace rehearse::server {

using WallClock = std::chrono::steady_clock;

// Waits for sockets, for an instant and for other threads, by epoll. Sockets are registered once
// and edge-triggered: until something happens to one it costs no system call, and whoever is told
// of it reads or writes until there is no more.
class EventLoop {
 public:
  class Watcher {
   public:
    // What happened to the socket: it can be written where output waited, has something to read, or
    // has been hung up on (what was sent before may still be there to read).
    virtual void ready(bool hung_up) = 0;

   protected:
    ~Watcher() = default;
  };

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // From now on until the socket is closed. `watcher` outlives the wait() after that.
  void watch(int socket, Watcher& watcher);
  // Waits until there is news or the instant has come, tells the watchers and runs what was
  // injected. True where there was news.
  bool wait(WallClock::time_point until);
  // Any thread.
  void inject(std::function<void()> function);

 private:
  void run_injected();

  int epoll_ = -1;
  int bell_ = -1;  // an eventfd: something was injected
  std::mutex mutex_;
  std::vector<std::function<void()>> injected_;
};

}  // namespace rehearse::server
