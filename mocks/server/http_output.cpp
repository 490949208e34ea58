#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "mocks/server/http_connection.hpp"
#include "mocks/server/status_text.hpp"

// What goes out: the other half of http_connection.cpp.
namespace rehearse::server {

namespace {

constexpr std::size_t kMostUnsent = 256u << 20;  // a client that reads nothing is let go
constexpr std::size_t kJoined = 64u << 10;       // smaller bodies leave with their head

}  // namespace

// --------------------------------------------------------------------------------

void HttpConnection::append_head(std::string& out, const wire::Response& response) const {
  out += old_client_ ? "HTTP/1.0 " : "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += status_text(response.status);
  out += "\r\n";
  for (const wire::Header& header : response.headers.all()) {
    out += header.name;
    out += ": ";
    out += header.value;
    out += "\r\n";
  }
  if (!keep_alive_) {
    out += "connection: close\r\n";
  } else if (old_client_) {
    out += "connection: keep-alive\r\n";
  }
}

void HttpConnection::send(wire::Response response) {
  if (state_ != State::Answering) {
    return;
  }
  std::string out;
  append_head(out, response);
  if (response.status != 204) {  // which has none (RFC 9110, 8.6)
    out += "content-length: " + std::to_string(response.body.size()) + "\r\n";
  }
  out += "\r\n";
  head_sent_ = true;
  if (head_only_ || response.body.size() < kJoined) {
    out += head_only_ ? std::string() : response.body;
    push(out);
  } else {
    push(out);
    push_whole(std::move(response.body));
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
  if (state_ == State::Closed || bytes.empty()) {
    return;
  }
  std::size_t sent = 0;
  if (output_.empty()) {
    sent = send_some(bytes);
    if (state_ == State::Closed || sent == bytes.size()) {
      return;
    }
    taken_ = WallClock::now();
  }
  ++loop_.held_back;
  output_.append(bytes.substr(sent));
  if (output_.size() - sent_ > kMostUnsent) {
    reset();
  }
}

// The same, for bytes so many that they are not worth a copy.
void HttpConnection::push_whole(std::string bytes) {
  if (!output_.empty()) {
    push(bytes);
    return;
  }
  const std::size_t sent = state_ == State::Closed ? 0 : send_some(bytes);
  if (state_ != State::Closed && sent < bytes.size()) {
    ++loop_.held_back;
    output_ = std::move(bytes);
    sent_ = sent;
    taken_ = WallClock::now();
  }
}

void HttpConnection::flush() {
  const std::size_t sent = send_some(std::string_view(output_).substr(sent_));
  if (state_ == State::Closed || sent == 0) {
    return;
  }
  sent_ += sent;
  taken_ = WallClock::now();
  if (sent_ < output_.size()) {
    return;
  }
  sent_ = 0;
  std::string().swap(output_);
  if (state_ == State::Lingering) {
    end_sending();
  } else if (state_ == State::Receiving) {
    go_on();
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
    if (output_.empty()) {
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
