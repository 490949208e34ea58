#include <boost/asio/post.hpp>
#include <charconv>

#include "mocks/server/http_connection.hpp"
#include "mocks/server/status_text.hpp"

// What goes out: the other half of http_connection.cpp.
namespace rehearse::server {

namespace asio = boost::asio;

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
    push(response.body);
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

void HttpConnection::write(std::string_view piece) {
  if (state_ != State::Answering || piece.empty()) {
    return;
  }
  if (raw_ != nullptr) {
    push(piece);
    return;
  }
  std::string out = std::move(stream_head_);
  stream_head_.clear();
  head_sent_ = true;
  if (!head_only_) {
    char size[20];
    const auto end = std::to_chars(size, size + sizeof size, piece.size(), 16).ptr;
    out.reserve(out.size() + piece.size() + 24);
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
  std::string out = std::move(stream_head_);
  stream_head_.clear();
  head_sent_ = true;
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
  ErrorCode ec;
  socket_.set_option(asio::socket_base::linger(true, 0), ec);
  shut();
}

void HttpConnection::push(std::string_view bytes) {
  if (state_ == State::Closed || bytes.empty()) {
    return;
  }
  std::size_t count = 0;
  if (output_.empty()) {
    ErrorCode ec;
    count = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), ec);
    if (ec && ec != asio::error::would_block) {
      shut();
      return;
    }
    if (count == bytes.size()) {
      return;
    }
  }
  output_.append(bytes.substr(count));
  if (output_.size() - sent_ > kMostUnsent) {
    reset();
    return;
  }
  wait_writable();
}

void HttpConnection::wait_writable() {
  if (writing_ || state_ == State::Closed) {
    return;
  }
  writing_ = true;
  socket_.async_wait(asio::socket_base::wait_write, [self = shared_from_this()](ErrorCode ec) {
    self->writing_ = false;
    if (!ec && self->state_ != State::Closed) {
      self->flush();
      self->loop_.bury();
    }
  });
}

void HttpConnection::flush() {
  while (sent_ < output_.size()) {
    ErrorCode ec;
    const std::size_t count =
        socket_.write_some(asio::buffer(output_.data() + sent_, output_.size() - sent_), ec);
    if (ec == asio::error::would_block) {
      wait_writable();
      return;
    }
    if (ec) {
      shut();
      return;
    }
    sent_ += count;
  }
  sent_ = 0;
  std::string().swap(output_);
  if (state_ == State::Lingering) {
    linger();
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
  if (!keep_alive_ || loop_.stopping) {
    since_ = WallClock::now();
    state_ = State::Lingering;
    if (output_.empty()) {
      linger();
    }
    return;
  }
  state_ = State::Receiving;
  if (!parsing_ && !input_.empty()) {
    asio::post(loop_.io, [self = shared_from_this()] {
      self->loop_.fire_due();
      self->resume_parsing();
      self->wait_readable();
      self->loop_.bury();
    });
  }
}

// All is sent. The client is told so, and given time to hang up: closing at once could destroy what
// it has not read yet.
void HttpConnection::linger() {
  since_ = WallClock::now();
  ErrorCode ec;
  socket_.shutdown(asio::socket_base::shutdown_send, ec);
  if (ec || client_done_) {
    shut();
  } else {
    wait_readable();
  }
}

void HttpConnection::shut() {
  if (state_ == State::Closed) {
    return;
  }
  const auto self = shared_from_this();
  state_ = State::Closed;
  raw_ = nullptr;
  ErrorCode ec;
  socket_.close(ec);
  if (exchange_) {
    loop_.retire(std::move(exchange_));
  }
  loop_.remove(this);
}

}  // namespace rehearse::server
