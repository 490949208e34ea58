#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rehearse::test {

// One accepted connection, as bytes: a test says exactly what the server does wrong.
class RawConnection {
 public:
  explicit RawConnection(int fd) : fd_(fd) {}
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection() { close(); }

  // The next whole request (head and Content-Length body); empty where the peer closed.
  std::string request();
  void send(std::string_view bytes);
  // An answer with a Content-Length.
  void answer(std::string_view body, std::string_view head = "");
  void half_close();
  // Closes with a reset instead of an end.
  void reset();
  void close();
  // Waits until the peer closes.
  void drain();
  // Ends whatever waits on it; any thread may call.
  void interrupt();
  int fd() const { return fd_; }

 private:
  std::mutex mutex_;
  int fd_;
  std::string pending_;
};

// Listens on a free loopback port; connection i gets script i, later ones the last script. Each
// runs in a thread of its own; all are joined at the end.
class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;
  explicit RawServer(std::vector<Script> scripts);
  explicit RawServer(Script script) : RawServer(std::vector<Script>{std::move(script)}) {}
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer();

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  int accepted() const { return accepted_; }

 private:
  void accept_all();
  std::vector<Script> scripts_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_{0};
  std::mutex mutex_;
  std::vector<std::shared_ptr<RawConnection>> connections_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace rehearse::test
