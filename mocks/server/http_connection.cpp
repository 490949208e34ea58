#include "mocks/server/http_connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "mocks/server/status_text.hpp"

namespace rehearse::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr int kReadsInARow = 4;
constexpr auto kLinger = std::chrono::seconds(2);

}  // namespace

HttpConnection::~HttpConnection() {
  if (state_ != State::Closed) {
    ::close(socket_);
  }
}

void HttpConnection::start() { loop_.events.watch(socket_, *this); }

// ---- what comes in
// --------------------------------------------------------------------------------

void HttpConnection::ready(bool hung_up) {
  loop_.fire_due();  // hundreds of sockets that have a byte each make nobody's chunk late
  if (state_ == State::Closed) {
    return;
  }
  hung_up_ = hung_up_ || hung_up;
  if (!backlog_.empty()) {
    flush();
  }
  if (state_ == State::Closed) {
    return;
  }
  if (client_done_) {
    // A client that has finished sending has nothing to read: more of it means that it has left.
    if (hung_up && has_error()) {
      client_left();
    }
  } else {
    readable();
  }
}

bool HttpConnection::has_error() const {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0;
}

void HttpConnection::readable() {
  unread_ = false;
  for (int i = 0; state_ != State::Closed; ++i) {
    if ((state_ == State::Answering || is_choked()) && input_.size() >= kMostPipelined) {
      unread_ = true;  // go_on() reads on
      return;
    }
    if (i == kReadsInARow) {
      unread_ = true;
      loop_.again(shared_from_this());
      return;
    }
    if (!read_once()) {
      return;
    }
    loop_.fire_due();  // an upload makes nobody's chunk late
  }
}

// False where there is no more to read now: a read that fills less than its buffer was the last.
bool HttpConnection::read_once() {
  if (state_ == State::Closed || client_done_) {
    return false;
  }
  const ssize_t count = ::recv(socket_, loop_.input.data(), loop_.input.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    return false;
  }
  if (count == 0) {
    client_finished();
    return false;
  }
  if (count < 0) {
    client_left();
    return false;
  }
  received({loop_.input.data(), static_cast<std::size_t>(count)});
  return hung_up_ || static_cast<std::size_t>(count) == loop_.input.size();
}

void HttpConnection::received(std::string_view bytes) {
  if (state_ == State::Lingering) {
    return;  // what comes after a refusal is not read
  }
  if (raw_ != nullptr) {
    raw_->received(bytes);
    return;
  }
  if (!input_.empty() || state_ == State::Answering) {
    input_.append(bytes);
    if (state_ == State::Receiving) {
      resume_parsing();
    }
    return;
  }
  parsing_ = true;
  const std::size_t used = parse(bytes);
  parsing_ = false;
  if (raw_ != nullptr && used < bytes.size()) {
    raw_->received(bytes.substr(used));
  } else if (state_ == State::Receiving || state_ == State::Answering) {
    input_.append(bytes.substr(used));
  }
}

void HttpConnection::resume_parsing() {
  if (parsing_ || state_ != State::Receiving || input_.empty()) {
    return;
  }
  parsing_ = true;
  std::string bytes = std::move(input_);
  input_.clear();
  const std::size_t used = parse(bytes);
  parsing_ = false;
  if (state_ == State::Receiving || state_ == State::Answering) {
    bytes.erase(0, used);
    input_ = std::move(bytes);
  }
}

void HttpConnection::go_on() {
  resume_parsing();
  if (state_ == State::Receiving && client_done_ && !has_output()) {
    shut();
  } else if (unread_) {
    readable();
  }
}

// Parses requests and starts their answers until one is under way, bytes are missing, or the client
// does not take the answers that it has. Returns how many bytes were used.
std::size_t HttpConnection::parse(std::string_view bytes) {
  std::size_t used = 0;
  while (state_ == State::Receiving && used < bytes.size() && !is_choked()) {
    if (!reader_) {
      reader_ = std::make_unique<RequestReader>(loop_.options.max_header, loop_.options.max_body);
      since_ = WallClock::now();
      continued_ = false;
      head_bytes_ = 0;
    }
    ErrorCode ec;
    const std::size_t count =
        reader_->put(asio::buffer(bytes.data() + used, bytes.size() - used), ec);
    used += count;
    if (ec && ec != http::error::need_more) {
      refuse(ec);
      return used;
    }
    if (reader_->is_done()) {
      dispatch();
      continue;
    }
    // Beast bounds a head only as far as it comes at once.
    head_bytes_ += reader_->is_header_done() ? 0 : count;
    if (head_bytes_ > loop_.options.max_header) {
      refuse(http::error::header_limit);
      return used;
    }
    if (reader_->is_header_done() && !continued_ && reader_->expects_continue()) {
      continued_ = true;
      push("HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (ec == http::error::need_more || count == 0) {
      break;
    }
  }
  return used;
}

void HttpConnection::dispatch() {
  keep_alive_ = reader_->keep_alive() && !loop_.stopping;
  old_client_ = reader_->is_old();
  wire::Request request = std::move(reader_->request());
  head_only_ = request.method == "HEAD";
  reader_.reset();
  loop_.fire_due();  // whatever is due came before this request
  state_ = State::Answering;
  streaming_ = head_sent_ = false;
  auto exchange = loop_.handler->start(*this, std::move(request));
  if (state_ == State::Answering) {
    exchange_ = std::move(exchange);
  } else if (exchange) {
    loop_.retire(std::move(exchange));
  }
}

void HttpConnection::refuse(const ErrorCode& why) {
  const int status = why == http::error::body_limit     ? 413
                     : why == http::error::header_limit ? 431
                     : why == http::error::bad_version  ? 505
                                                        : 400;
  keep_alive_ = false;
  head_only_ = streaming_ = head_sent_ = false;
  state_ = State::Answering;
  reader_.reset();
  send(wire::json_response(
      status, R"({"error":{"message":")" + std::string(status_text(status)) + ": " + why.message() +
                  R"(","type":"invalid_request_error","param":null,"code":null}})"));
}

// The client sends no more; whether it still listens shows only when something is sent to it. An
// interim answer (RFC 9110, 15.2) does that: who has left replies with a reset.
void HttpConnection::client_finished() {
  client_done_ = true;
  if (raw_ != nullptr) {
    shut();
    return;
  }
  if (state_ == State::Answering) {
    keep_alive_ = keep_alive_ && !input_.empty();  // more requests may have come before
    if (!head_sent_ && !old_client_) {
      push("HTTP/1.1 102 Processing\r\n\r\n");
    }
    return;
  }
  if (state_ == State::Lingering || !has_output()) {
    shut();
  }
}

void HttpConnection::client_left() { shut(); }

void HttpConnection::drop() { shut(); }

void HttpConnection::close_if_idle() {
  if (state_ == State::Receiving && !reader_ && !has_output()) {
    shut();
  }
}

void HttpConnection::check_patience(WallClock::time_point now) {
  const std::chrono::nanoseconds patience(loop_.options.slow_sender.count_ns());
  if (state_ == State::Lingering && !has_output() && now - since_ > kLinger) {
    shut();
  } else if (!backlog_.empty() && now - taken_ > patience) {
    reset();  // it has read nothing for so long
  } else if (state_ == State::Receiving && reader_ && now - since_ > patience) {
    keep_alive_ = false;
    head_only_ = streaming_ = head_sent_ = false;
    state_ = State::Answering;
    reader_.reset();
    send(wire::json_response(408, R"({"error":{"message":"The request took too long to arrive.",)"
                                  R"("type":"timeout","param":null,"code":null}})"));
  }
}

}  // namespace rehearse::server
