#include "tests/proxy/support.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

namespace rehearse::test {

ProxyUnderTest::ProxyUnderTest(const std::string& upstream, bool bodies) {
  proxy::ProxyOptions options;
  options.upstreams.push_back({"openai", *net::parse_url(upstream), 0});
  options.bodies = bodies;
  auto opened = proxy::RecordingProxy::open(runtime_, std::move(options), *this);
  if (!opened) {
    throw std::runtime_error(opened.error().text());
  }
  proxy_ = std::move(opened).value();
  const std::string url = proxy_->url(0);
  port_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  thread_ = std::thread([this] { runtime_.run(proxy_->serve(stop_.token())); });
}

ProxyUnderTest::~ProxyUnderTest() { stop(); }

void ProxyUnderTest::stop() {
  if (thread_.joinable()) {
    runtime_.inject([this] { stop_.request_stop(); });
    thread_.join();
  }
}

void ProxyUnderTest::call_seen(record::RecordedCall call) {
  const std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
}

std::vector<record::RecordedCall> ProxyUnderTest::told() {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::vector<record::RecordedCall> ProxyUnderTest::ended(std::size_t count) {
  for (int i = 0; i < 2000; ++i) {
    std::vector<record::RecordedCall> out;
    for (const record::RecordedCall& call : told()) {
      if (call.end != record::CallEnd::Open) {
        out.push_back(call);
      }
    }
    if (out.size() >= count) {
      return out;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  throw std::runtime_error("the calls did not end within 10 s");
}

RawClient::RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval patience{20, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to the proxy");
  }
}

RawClient::~RawClient() { close(); }

void RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string RawClient::until(std::string_view end) {
  char buffer[65536];
  std::size_t at = ahead_.find(end);
  while (at == std::string::npos) {
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) {
      return std::exchange(ahead_, std::string());
    }
    ahead_.append(buffer, static_cast<std::size_t>(n));
    at = ahead_.find(end);
  }
  std::string out = ahead_.substr(0, at + end.size());
  ahead_.erase(0, at + end.size());
  return out;
}

bool RawClient::rest(std::string& text) {
  char buffer[65536];
  text = std::exchange(ahead_, std::string());
  ssize_t n = 1;
  while (n > 0) {
    n = ::recv(fd_, buffer, sizeof buffer, 0);
    text.append(buffer, n > 0 ? static_cast<std::size_t>(n) : 0);
  }
  return n == 0;
}

void RawClient::half_close() const { ::shutdown(fd_, SHUT_WR); }

void RawClient::close() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
  fd_ = -1;
}

void RawClient::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

}  // namespace rehearse::test
