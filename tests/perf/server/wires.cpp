#include "tests/perf/server/wires.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace rehearse::perf {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "server_load: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

}  // namespace

Address address_of(const std::string& url) {
  const std::size_t colon = url.rfind(':');
  return {static_cast<std::uint16_t>(std::strtoul(url.c_str() + colon + 1, nullptr, 10)),
          url.substr(url.find("//") + 2)};
}

Wire::Wire(const Address& address) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(address.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0 || ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    give_up("cannot connect");
  }
  const int on = 1;
  ::setsockopt(fd_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Wire::~Wire() { close(); }

void Wire::set_non_blocking() { ::fcntl(fd_, F_SETFL, O_NONBLOCK); }

bool Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd writable{fd_, POLLOUT, 0};
      ::poll(&writable, 1, 1000);
    } else {
      return false;
    }
  }
  return true;
}

void Wire::finish_sending() { ::shutdown(fd_, SHUT_WR); }

void Wire::close() {
  if (fd_ >= 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

long Wire::receive(char* into, std::size_t size, std::int64_t& stamp) {
  iovec part{into, size};
  alignas(cmsghdr) char control[128];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t count = ::recvmsg(fd_, &message, 0);
  stamp = 0;
  for (cmsghdr* c = count > 0 ? CMSG_FIRSTHDR(&message) : nullptr; c != nullptr;
       c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      timespec at{};
      std::memcpy(&at, CMSG_DATA(c), sizeof at);
      stamp = static_cast<std::int64_t>(at.tv_sec) * 1'000'000'000 + at.tv_nsec;
    }
  }
  return count;
}

std::string Wire::until(std::string_view text) {
  std::string out;
  char bytes[16'384];
  std::int64_t stamp = 0;
  while (out.find(text) == std::string::npos) {
    const long count = receive(bytes, sizeof bytes, stamp);
    if (count <= 0) {
      break;
    }
    out.append(bytes, static_cast<std::size_t>(count));
  }
  return out;
}

Poll::Poll() : fd_(::epoll_create1(0)) {}
Poll::~Poll() { ::close(fd_); }

void Poll::add(const Wire& wire, void* tag) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = tag;
  ::epoll_ctl(fd_, EPOLL_CTL_ADD, wire.fd(), &event);
}

const std::vector<void*>& Poll::wait(int milliseconds) {
  epoll_event events[512];
  const int count = ::epoll_wait(fd_, events, 512, milliseconds);
  ready_.clear();
  for (int i = 0; i < count; ++i) {
    ready_.push_back(events[i].data.ptr);
  }
  return ready_;
}

bool AnswerReader::feed(std::string_view bytes) {
  if (!in_body_) {
    const std::size_t before = head_.size();
    head_ += bytes;
    const std::size_t end = head_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
    if (end == std::string::npos) {
      return false;
    }
    in_body_ = true;
    status_ = std::atoi(head_.c_str() + 9);
    for (char& c : head_) {
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    const std::size_t field = head_.find("\r\ncontent-length: ");
    length_ = field < end ? std::strtoul(head_.c_str() + field + 18, nullptr, 10) : 0;
    bytes = bytes.substr(end + 4 - before);
    head_.clear();
  }
  got_ += bytes.size();
  return got_ >= length_;
}

}  // namespace rehearse::perf
