#include "mocks/server/http_connection.hpp"

#include <boost/asio/ip/tcp.hpp>

#include "mocks/server/status_text.hpp"

namespace rehearse::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kMostPipelined = 64u << 10;  // read ahead of the answer under way
constexpr int kReadsInARow = 16;
constexpr auto kLinger = std::chrono::seconds(2);

std::string_view text(boost::beast::string_view s) { return {s.data(), s.size()}; }

}  // namespace

HttpConnection::HttpConnection(TransportLoop& loop, Tcp socket)
    : loop_(loop), socket_(std::move(socket)) {
  ErrorCode ec;
  socket_.non_blocking(true, ec);
  socket_.set_option(asio::ip::tcp::no_delay(true), ec);
}

void HttpConnection::start() { wait_readable(); }

// ---- what comes in
// --------------------------------------------------------------------------------

void HttpConnection::wait_readable() {
  if (reading_ || state_ == State::Closed) {
    return;
  }
  reading_ = true;
  // A client that has finished sending is always readable; then only errors are news.
  const auto what = client_done_ ? asio::socket_base::wait_error : asio::socket_base::wait_read;
  socket_.async_wait(what, [self = shared_from_this()](ErrorCode ec) {
    self->reading_ = false;
    if (ec || self->state_ == State::Closed) {
      return;
    }
    self->loop_.fire_due();
    if (self->client_done_) {
      self->client_left();
    } else {
      self->readable();
    }
    self->loop_.bury();
  });
}

void HttpConnection::readable() {
  for (int i = 0; i < kReadsInARow; ++i) {
    if (state_ == State::Answering && input_.size() >= kMostPipelined) {
      return;  // resume_parsing() reads on
    }
    if (!read_once()) {
      break;
    }
  }
  wait_readable();
}

// False where there is no more to read now.
bool HttpConnection::read_once() {
  if (state_ == State::Closed || client_done_) {
    return false;
  }
  ErrorCode ec;
  const std::size_t count = socket_.read_some(asio::buffer(loop_.input), ec);
  if (ec == asio::error::would_block) {
    return false;
  }
  if (ec == asio::error::eof) {
    client_finished();
    return false;
  }
  if (ec) {
    client_left();
    return false;
  }
  received({loop_.input.data(), count});
  return true;
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
  if (parsing_ || state_ != State::Receiving) {
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

// Parses requests and starts their answers until one is under way or bytes are missing. Returns how
// many bytes were used.
std::size_t HttpConnection::parse(std::string_view bytes) {
  std::size_t used = 0;
  while (state_ == State::Receiving && used < bytes.size()) {
    if (!parser_) {
      parser_.emplace();
      parser_->header_limit(static_cast<std::uint32_t>(loop_.options.max_header));
      parser_->body_limit(loop_.options.max_body);
      parser_->eager(true);
      since_ = WallClock::now();
      continued_ = false;
    }
    ErrorCode ec;
    const std::size_t count =
        parser_->put(asio::buffer(bytes.data() + used, bytes.size() - used), ec);
    used += count;
    if (ec && ec != http::error::need_more) {
      refuse(ec);
      return used;
    }
    if (parser_->is_done()) {
      dispatch();
      continue;
    }
    if (parser_->is_header_done() && !continued_ &&
        boost::beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
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
  auto message = parser_->release();
  keep_alive_ = message.keep_alive() && !loop_.stopping;
  old_client_ = message.version() < 11;
  head_only_ = message.method() == http::verb::head;
  parser_.reset();
  wire::Request request;
  request.method = std::string(text(message.method_string()));
  request.target = std::string(text(message.target()));
  for (const auto& field : message) {
    request.headers.add(std::string(text(field.name_string())), std::string(text(field.value())));
  }
  request.body = std::move(message.body());
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
  parser_.reset();
  send(wire::json_response(
      status, R"({"error":{"message":")" + std::string(status_text(status)) + ": " + why.message() +
                  R"(","type":"invalid_request_error","param":null,"code":null}})"));
}

// The client sends no more; whether it still listens shows only when something is sent to it. An
// interim answer (RFC 9110, 15.2) does that: who has left replies with a reset.
void HttpConnection::client_finished() {
  client_done_ = true;
  keep_alive_ = false;
  if (raw_ != nullptr) {
    shut();
    return;
  }
  if (state_ == State::Answering) {
    if (!head_sent_ && !old_client_) {
      push("HTTP/1.1 102 Processing\r\n\r\n");
    }
    return;
  }
  if (state_ == State::Lingering || output_.empty()) {
    shut();
  }
}

void HttpConnection::client_left() { shut(); }

void HttpConnection::drop() { shut(); }

void HttpConnection::close_if_idle() {
  if (state_ == State::Receiving && !parser_ && output_.empty()) {
    shut();
  }
}

void HttpConnection::check_patience(WallClock::time_point now) {
  if (state_ == State::Lingering && output_.empty() && now - since_ > kLinger) {
    shut();
  } else if (state_ == State::Receiving && parser_ &&
             now - since_ > std::chrono::nanoseconds(loop_.options.slow_sender.count_ns())) {
    keep_alive_ = false;
    head_only_ = streaming_ = head_sent_ = false;
    state_ = State::Answering;
    parser_.reset();
    send(wire::json_response(408, R"({"error":{"message":"The request took too long to arrive.",)"
                                  R"("type":"timeout","param":null,"code":null}})"));
  }
}

}  // namespace rehearse::server
