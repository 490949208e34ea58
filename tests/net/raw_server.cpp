#include "tests/net/raw_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "harness/base/check.hpp"

namespace rehearse::test {

std::string RawConnection::request() {
  std::size_t wanted = std::string::npos;
  for (;;) {
    const std::size_t head = pending_.find("\r\n\r\n");
    if (head != std::string::npos) {
      const std::size_t length = pending_.find("Content-Length: ");
      wanted = head + 4;
      if (length < head) {
        wanted += std::strtoull(pending_.c_str() + length + 16, nullptr, 10);
      }
    }
    if (pending_.size() >= wanted && wanted != std::string::npos) {
      std::string out = pending_.substr(0, wanted);
      pending_.erase(0, wanted);
      return out;
    }
    char bytes[65536];
    const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
    if (n <= 0) {
      return "";
    }
    pending_.append(bytes, static_cast<std::size_t>(n));
  }
}

void RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void RawConnection::answer(std::string_view body, std::string_view head) {
  send("HTTP/1.1 200 OK\r\n" + std::string(head) +
       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
}

void RawConnection::half_close() { ::shutdown(fd_, SHUT_WR); }

void RawConnection::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void RawConnection::interrupt() {
  const std::lock_guard lock(mutex_);
  if (fd_ >= 0) {
    ::shutdown(fd_, SHUT_RDWR);
  }
}

void RawConnection::close() {
  const std::lock_guard lock(mutex_);
  if (fd_ >= 0) {
    ::close(std::exchange(fd_, -1));
  }
}

void RawConnection::drain() {
  char bytes[4096];
  while (::recv(fd_, bytes, sizeof bytes, 0) > 0) {
  }
}

RawServer::RawServer(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  REHEARSE_CHECK(::bind(listener_, generic, size) == 0 && ::listen(listener_, 64) == 0);
  REHEARSE_CHECK(::getsockname(listener_, generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

void RawServer::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      return;
    }
    const auto number = static_cast<std::size_t>(accepted_++);
    const Script& script = scripts_[std::min(number, scripts_.size() - 1)];
    const auto connection = std::make_shared<RawConnection>(fd);
    const std::lock_guard lock(mutex_);
    connections_.push_back(connection);
    threads_.emplace_back([connection, &script] {
      script(*connection);
      connection->close();
    });
  }
}

RawServer::~RawServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (const auto& connection : connections_) {
    connection->interrupt();
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

}  // namespace rehearse::test
