#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "mocks/server/http_connection.hpp"
#include "mocks/server/status_text.hpp"

// What goes out: the other half of http_connection.cpp.
namespace rehearse::server {

namespace {

constexpr std::size_t kMostUnsent = 256u << 20;  // a client that reads nothing is let go
constexpr std::size_t kJoined = 64u << 10;       // smaller bodies leave with their head

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

}  // namespace

void HttpConnection::append_head(std::string& out, const wire::Response& response) const {
  out += old_client_ ? "HTTP/1.0 " : "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(response.status));
  out += ' ';
  out += status_text(response.status);
  out += "\r\n";
  out += response.headers.text();
  if (!keep_alive_) {
    out += "connection: close\r\n";
  } else if (old_client_) {
    out += "connection: keep-alive\r\n";
  }
}

// A small answer leaves at the end of the loop's turn, together with the others of that turn: its
// client is woken once it can go on, and not for each.
void HttpConnection::send(wire::Response response) {
  if (state_ != State::Answering) {
    return;
  }
  if (has_output()) {
    loop_.uncork();  // nothing may overtake what waits
  }
  std::string& out = loop_.corked_bytes;
  const std::size_t start = out.size();
  append_head(out, response);
  if (response.status != 204) {  // which has none (RFC 9110, 8.6)
    out += "content-length: ";
    append_number(out, response.body_size());
    out += "\r\n";
  }
  out += "\r\n";
  head_sent_ = true;
  if (head_only_) {
    response = {};
  }
  const bool small = response.body.size() < kJoined && response.more.empty();
  if (small && backlog_.empty()) {
    out += response.body;
    corked_ = true;
    loop_.cork(*this, start);
  } else {
    const std::string head = out.substr(start);
    out.resize(start);
    push_large(head, std::move(response));
  }
  answered();
}

void HttpConnection::begin(wire::Response head) {
  streaming_ = true;
  if (old_client_) {
    keep_alive_ = false;  // the end of the connection is the end of the body
  } else {
    head.headers.add("transfer-encoding", "chunked");
  }
  stream_head_.clear();
  append_head(stream_head_, head);
  stream_head_ += "\r\n";
}

void HttpConnection::upgrade(wire::Response head, RawReader& reader) {
  std::string out;
  append_head(out, head);
  head_sent_ = true;
  keep_alive_ = false;
  raw_ = &reader;
  push(out + "\r\n");
}

// The head of a stream leaves with its first piece, and its memory with it.
void HttpConnection::take_head(std::string& out) {
  out.assign(stream_head_);
  std::string().swap(stream_head_);
  head_sent_ = true;
}

void HttpConnection::write(std::string_view piece) {
  if (state_ != State::Answering || piece.empty()) {
    return;
  }
  if (raw_ != nullptr) {
    push(piece);
    return;
  }
  std::string& out = loop_.output;
  take_head(out);
  if (!head_only_) {
    char size[20];
    const auto end = std::to_chars(size, size + sizeof size, piece.size(), 16).ptr;
    if (!old_client_) {
      out.append(size, end).append("\r\n");
    }
    out += piece;
    out += old_client_ ? "" : "\r\n";
  }
  push(out);
}

void HttpConnection::end() {
  if (state_ != State::Answering) {
    return;
  }
  std::string& out = loop_.output;
  take_head(out);
  out += old_client_ || head_only_ || raw_ != nullptr ? "" : "0\r\n\r\n";
  push(out);
  answered();
}

void HttpConnection::cut() {
  if (state_ != State::Answering) {
    return;
  }
  keep_alive_ = false;
  answered();
}

void HttpConnection::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  shut();
}

// How many bytes the client takes now. Less than all: it takes no more for the moment, or has left.
std::size_t HttpConnection::send_some(std::string_view bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
      shut();
    }
    if (count < 0) {
      break;
    }
    sent += static_cast<std::size_t>(count);
  }
  return sent;
}

void HttpConnection::push(std::string_view bytes) {
  if (corked_) {
    loop_.uncork();
  }
  if (state_ == State::Closed || bytes.empty()) {
    return;
  }
  std::size_t sent = 0;
  if (backlog_.empty()) {
    sent = send_some(bytes);
    if (state_ == State::Closed || sent == bytes.size()) {
      return;
    }
    taken_ = WallClock::now();
  }
  ++loop_.held_back;
  backlog_.add(bytes.substr(sent));
  if (backlog_.size() > kMostUnsent) {
    reset();
  }
}

// The same, for bytes so many that they are not worth a copy.
void HttpConnection::push_large(std::string_view head, wire::Response response) {
  if (state_ == State::Closed) {
    return;
  }
  const bool first = backlog_.empty();
  backlog_.add(head);
  backlog_.add_whole(std::move(response.body));
  for (wire::SharedBytes& part : response.more) {
    backlog_.add_shared(std::move(part));
  }
  if (first) {
    taken_ = WallClock::now();
    flush();
  }
  if (state_ != State::Closed && !backlog_.empty()) {
    ++loop_.held_back;
    if (backlog_.size() > kMostUnsent) {
      reset();
    }
  }
}

void HttpConnection::uncork(std::string_view bytes) {
  corked_ = false;
  push(bytes);
  if (state_ != State::Closed && backlog_.empty()) {
    drained();
  }
}

void HttpConnection::flush() {
  std::array<iovec, 16> parts;
  std::size_t sent = 0;
  std::size_t asked = 0;
  do {
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = backlog_.front(parts);
    asked = 0;
    for (std::size_t i = 0; i < message.msg_iovlen; ++i) {
      asked += parts[i].iov_len;
    }
    const ssize_t count = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
      shut();
    }
    if (count <= 0) {
      break;
    }
    sent = static_cast<std::size_t>(count);
    backlog_.take(sent);
    taken_ = WallClock::now();
  } while (!backlog_.empty() && sent == asked);
  if (state_ != State::Closed && backlog_.empty()) {
    drained();
  }
}

// The client has taken all that there was.
void HttpConnection::drained() {
  if (state_ == State::Lingering) {
    end_sending();
  } else if (state_ == State::Receiving && (unread_ || client_done_ || !input_.empty())) {
    loop_.again(shared_from_this());
  }
}

// The answer is complete, though perhaps not all taken by the client.
void HttpConnection::answered() {
  raw_ = nullptr;
  if (exchange_) {
    loop_.retire(std::move(exchange_));
  }
  if (state_ == State::Closed) {
    return;
  }
  if (!keep_alive_ || loop_.stopping || (client_done_ && input_.empty())) {
    since_ = WallClock::now();
    state_ = State::Lingering;
    if (!has_output()) {
      end_sending();
    }
    return;
  }
  state_ = State::Receiving;
  if (!parsing_ && (!input_.empty() || unread_)) {
    loop_.again(shared_from_this());
  }
}

// All is sent. The client is told so, and given time to hang up: closing at once could destroy what
// it has not read yet.
void HttpConnection::end_sending() {
  since_ = WallClock::now();
  if (::shutdown(socket_, SHUT_WR) != 0 || client_done_) {
    shut();
  } else if (unread_) {
    loop_.again(shared_from_this());
  }
}

void HttpConnection::shut() {
  if (state_ == State::Closed) {
    return;
  }
  const auto self = shared_from_this();
  state_ = State::Closed;
  raw_ = nullptr;
  ::close(socket_);
  if (exchange_) {
    loop_.retire(std::move(exchange_));
  }
  loop_.remove(this);
}

}  // namespace rehearse::server
