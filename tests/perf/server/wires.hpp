#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::perf {

// Where a server listens on this machine.
struct Address {
  std::uint16_t port = 0;
  std::string host;  // as the Host header says it
};
Address address_of(const std::string& url);  // "http://127.0.0.1:8080"

// A TCP connection to it; the program ends where there is none.
class Wire {
 public:
  explicit Wire(const Address& address);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  Wire(Wire&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }

  int fd() const { return fd_; }
  void set_non_blocking();
  // All of it, or false where the other side has gone. Waits where the window is full.
  bool send(std::string_view bytes);
  void finish_sending();  // FIN
  void close();
  // At most `size` bytes; 0: the end, < 0: nothing now, or an error. `stamp`: when the kernel got
  // the last of them, 0 where it does not say.
  long receive(char* into, std::size_t size, std::int64_t& stamp);
  // Blocking: what comes until `text` has come, or the end.
  std::string until(std::string_view text);

 private:
  int fd_ = -1;
};

// Which of many wires have something to read.
class Poll {
 public:
  Poll();
  ~Poll();
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;
  void add(const Wire& wire, void* tag);
  // The tags of those that do; waits at most so long.
  const std::vector<void*>& wait(int milliseconds);

 private:
  int fd_ = -1;
  std::vector<void*> ready_;
};

// Reads an HTTP answer that has a length, as it comes.
class AnswerReader {
 public:
  // True once the answer is complete.
  bool feed(std::string_view bytes);
  int status() const { return status_; }
  std::size_t body_bytes() const { return length_; }
  void reset() { *this = AnswerReader(); }

 private:
  std::string head_;
  int status_ = 0;
  std::size_t length_ = 0;
  std::size_t got_ = 0;
  bool in_body_ = false;
};

}  // namespace rehearse::perf
