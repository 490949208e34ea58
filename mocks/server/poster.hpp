#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace rehearse::server {

// Sends requests on a thread of its own and throws the answers away: webhooks. Private to the
// transport. What is under way when it goes away is dropped.
class Poster {
 public:
  Poster();
  ~Poster();
  Poster(const Poster&) = delete;
  Poster& operator=(const Poster&) = delete;
  // A whole HTTP request, to an IP address; one that is none is ignored.
  void post(const std::string& address, std::uint16_t port, std::string request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rehearse::server
