#include "tests/server/support.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>

#include "harness/json/read.hpp"
#include "mocks/latency/load_profile.hpp"

namespace rehearse::server::testing {

Mount mount(const std::string& name, const std::string& profile, const std::string& change) {
  json::Value patch;
  if (!change.empty()) {
    auto read = json::parse(change);
    if (!read) {
      throw std::runtime_error(read.error().text());
    }
    patch = *read;
  }
  auto loaded = latency::load_profile(profile, ".", patch);
  if (!loaded) {
    throw std::runtime_error(loaded.error().text());
  }
  return {name, *loaded, {}, {}, {}};
}

MockServer::Options options(double speed) {
  MockServer::Options out;
  out.mounts = {mount("openai", "openai"), mount("ollama", "ollama"),
                mount("backend", "postgres-rest")};
  out.speed = speed;
  return out;
}

std::unique_ptr<MockServer> start(MockServer::Options options) {
  auto started = MockServer::start(std::move(options));
  if (!started) {
    throw std::runtime_error(started.error().text());
  }
  return std::move(*started);
}

RawClient::RawClient(const MockServer& server) : RawClient(server.url()) {}

RawClient::RawClient(const std::string& url) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  timeval patience{20, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
}

RawClient::~RawClient() { close(); }

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) {
      return;  // the server may have hung up: the answer tells
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void RawClient::finish_sending() { ::shutdown(fd_, SHUT_WR); }

void RawClient::close() {
  if (fd_ >= 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

std::string RawClient::some() {
  char bytes[65'536];
  const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
  reset_ = reset_ || (count < 0 && errno == ECONNRESET);
  return count <= 0 ? std::string() : std::string(bytes, static_cast<std::size_t>(count));
}

std::string RawClient::until(std::string_view text) {
  while (buffer_.find(text) == std::string::npos) {
    const std::string more = some();
    if (more.empty()) {
      return take(buffer_.size());
    }
    buffer_ += more;
  }
  return take(buffer_.find(text) + text.size());
}

std::string RawClient::to_end() {
  for (std::string more = some(); !more.empty(); more = some()) {
    buffer_ += more;
  }
  return take(buffer_.size());
}

std::string RawClient::take(std::size_t count) {
  std::string out = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return out;
}

RawClient::Answer RawClient::answer(bool head_only) {
  Answer out;
  do {
    out.head = until("\r\n\r\n");
    if (out.head.size() < 12) {
      return {};
    }
    out.status = std::atoi(out.head.c_str() + 9);
  } while (out.status < 200);
  for (std::size_t at = out.head.find("\r\n") + 2; at + 2 < out.head.size();) {
    const std::size_t end = out.head.find("\r\n", at);
    const std::size_t colon = out.head.find(':', at);
    out.headers[out.head.substr(at, colon - at)] = out.head.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  if (head_only) {
    return out;
  }
  if (out.headers.count("content-length") != 0) {
    const auto length = static_cast<std::size_t>(std::stoul(out.headers["content-length"]));
    while (buffer_.size() < length) {
      const std::string more = some();
      if (more.empty()) {
        break;
      }
      buffer_ += more;
    }
    out.body = take(length);
    return out;
  }
  if (out.headers["transfer-encoding"] != "chunked") {
    out.body = to_end();
    return out;
  }
  while (true) {
    const std::string size = until("\r\n");
    const auto length = size.empty() ? 0 : std::stoul(size, nullptr, 16);
    while (buffer_.size() < length + 2) {
      const std::string more = some();
      if (more.empty()) {
        return out;
      }
      buffer_ += more;
    }
    out.body += take(length);
    take(2);
    if (length == 0) {
      return out;
    }
  }
}

std::string request(std::string_view method, std::string_view target, std::string_view body,
                    std::string_view headers) {
  std::string out = std::string(method) + " " + std::string(target) +
                    " HTTP/1.1\r\nhost: localhost\r\n" + std::string(headers);
  if (!body.empty()) {
    out += "content-type: application/json\r\n";
  }
  if (!body.empty() || method == "POST") {
    out += "content-length: " + std::to_string(body.size()) + "\r\n";
  }
  return out + "\r\n" + std::string(body);
}

RawClient::Answer call(const MockServer& server, std::string_view method, std::string_view target,
                       std::string_view body, std::string_view headers) {
  RawClient client(server);
  client.send(request(method, target, body, headers));
  return client.answer();
}

}  // namespace rehearse::server::testing
