#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mocks/server/mock_server.hpp"

namespace rehearse::server::testing {

// A mount of a shipped profile, changed by a merge patch in JSON.
Mount mount(const std::string& name, const std::string& profile, const std::string& change = "");

// openai, ollama and postgres-rest (as "backend"), fast, on a free port.
MockServer::Options options(double speed = 1000);
std::unique_ptr<MockServer> start(MockServer::Options options);

// A raw TCP client: what it sends and reads is exactly what the test says. Reads block at most 20
// s.
class RawClient {
 public:
  explicit RawClient(const MockServer& server);
  explicit RawClient(const std::string& url);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient(RawClient&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }

  void send(std::string_view bytes);
  void finish_sending();  // FIN
  void close();           // FIN, deaf from now on
  // At least one byte, or empty at the end; "RESET" in `reset`.
  std::string some();
  std::string until(std::string_view text);  // all up to and including it, or to the end
  std::string to_end();
  bool was_reset() const { return reset_; }

  struct Answer {
    int status = 0;
    std::string head;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;                            // chunks joined
  };
  // One whole answer, 1xx skipped; status 0 where none came.
  Answer answer(bool head_only = false);

 private:
  std::string take(std::size_t count);
  int fd_ = -1;
  bool reset_ = false;
  std::string buffer_;
};

// "METHOD target" with a host, these headers ("name: value\r\n"…) and a body with its length.
std::string request(std::string_view method, std::string_view target, std::string_view body = "",
                    std::string_view headers = "");
RawClient::Answer call(const MockServer& server, std::string_view method, std::string_view target,
                       std::string_view body = "", std::string_view headers = "");

}  // namespace rehearse::server::testing
