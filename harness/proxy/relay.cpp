#include "harness/proxy/relay.hpp"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "harness/net/use_task.hpp"
#include "harness/proxy/refusal.hpp"
#include "harness/proxy/request_head.hpp"
#include "harness/runtime/deadline.hpp"
#include "harness/runtime/task_group.hpp"

namespace rehearse::proxy {

using net::IoResult;
using net::IoStatus;
using record::CallEnd;
using runtime::StopSource;
using runtime::StopToken;
using runtime::Task;

namespace {

constexpr Duration kLinger = Duration::seconds(2);

}  // namespace

Relay::Relay(RelayContext& context, const Upstream& upstream, net::TcpSocket client)
    : context_(context),
      upstream_(upstream),
      client_(std::move(client)),
      connection_(++context.connections) {
  boost::system::error_code ignored;
  client_.set_option(net::Tcp::no_delay(true), ignored);
}

Task<void> Relay::run(StopToken stop) {
  bool more = true;
  while (more) {
    more = co_await serve_one(stop);
  }
  end_call(CallEnd::Open, "");
  boost::system::error_code ignored;
  client_.close(ignored);
}

Task<bool> Relay::serve_one(StopToken stop) {
  const bool asked = co_await read_head(stop);
  if (!asked) {
    co_return false;
  }
  const bool connected = co_await connect(stop);
  if (!connected) {
    co_return false;
  }
  answer_ = MessageReader::response(request_->head().method == "HEAD",
                                    [this](auto bytes) { tap_->response_payload(bytes); });
  answer_began_ = false;
  {
    StopSource sending(stop);
    StopSource receiving(stop);
    client_gone_ = &receiving;
    runtime::TaskGroup group(context_.runtime);
    group.spawn(send_request(sending.token()));
    co_await receive_answer(receiving.token());
    sending.request_stop();
    co_await group.join();
    client_gone_ = nullptr;
  }
  const bool upgraded =
      open_ && answer_->state() == MessageReader::State::Done && answer_->head().status == 101;
  if (upgraded) {
    co_await tunnel(stop);
    co_return false;
  }
  const bool whole = answer_->state() == MessageReader::State::Done &&
                     request_->state() == MessageReader::State::Done;
  const bool keep = whole && answer_->head().keep_alive && request_->head().keep_alive;
  if (!keep) {
    provider_.reset();
    if (open_) {
      co_await linger(stop);
    }
    co_return false;
  }
  co_return open_ && !(client_done_ && input_.empty());
}

// The next request's head; false where there is none.
Task<bool> Relay::read_head(StopToken stop) {
  request_ = MessageReader::request([this](auto bytes) { tap_->request_payload(bytes); });
  tap_.reset();
  while (request_->state() == MessageReader::State::Head) {
    if (input_.empty()) {
      const IoResult got = co_await read_client(stop);
      if (got.status != IoStatus::Ok) {
        tap_.reset();
        co_return false;
      }
      input_.assign(up_.data(), got.bytes);
    }
    if (!tap_) {
      tap_.emplace(++context_.calls, connection_, upstream_.name, context_.bodies,
                   context_.runtime.now());
    }
    const std::size_t used = request_->feed(input_);
    tap_->request_bytes(used);
    input_.erase(0, used);
  }
  const bool good = request_->state() != MessageReader::State::Failed;
  const bool reverse =
      good && !request_->head().target.empty() && request_->head().target.front() == '/';
  if (!good || !reverse) {
    tap_.reset();
    const std::string problem =
        good ? "expected a path, found another kind of target" : request_->problem();
    const int status = good ? 400 : request_->refusal();
    co_await refuse(status, problem, stop);
    co_return false;
  }
  tap_->request_head(request_->head());
  co_return true;
}

Task<bool> Relay::connect(StopToken stop) {
  if (provider_ && provider_->usable()) {
    co_return true;
  }
  provider_.reset();
  net::Connected connected = co_await context_.connector.connect(upstream_.url.origin, stop);
  if (connected.stream) {
    tap_->connected(connected.phases.dns + connected.phases.connect + connected.phases.tls);
    provider_ = std::move(connected.stream);
    co_return true;
  }
  end_call(CallEnd::NoConnection, connected.detail);
  co_await refuse(502, connected.detail, stop);
  co_return false;
}

Task<void> Relay::send_request(StopToken stop) {
  const std::string head = head_for(upstream_.url.origin, request_->head());
  IoResult sent = co_await provider_->write_all(head, stop);
  while (sent.status == IoStatus::Ok && request_->state() == MessageReader::State::Body) {
    if (input_.empty()) {
      const IoResult got = co_await read_client(stop);
      if (got.status == IoStatus::Stopped) {
        co_return;
      }
      if (got.status != IoStatus::Ok) {
        client_left();
        co_return;
      }
      input_.assign(up_.data(), got.bytes);
    }
    const std::size_t used = request_->feed(input_);
    if (request_->state() == MessageReader::State::Failed) {
      client_left();
      co_return;
    }
    tap_->request_bytes(used);
    const std::string_view bytes = std::string_view(input_).substr(0, used);
    sent = co_await provider_->write_all(bytes, stop);
    input_.erase(0, used);
  }
  if (sent.status != IoStatus::Ok) {
    co_return;  // what the provider says or does now, the other direction sees
  }
  tap_->request_sent(context_.runtime.now());
  co_await watch_client(stop);
}

// While the answer comes: reads ahead, so as to see a client that leaves.
Task<void> Relay::watch_client(StopToken stop) {
  while (input_.size() < kMostAhead && !client_done_) {
    const IoResult got = co_await read_client(stop);
    if (got.status == IoStatus::Stopped) {
      co_return;
    }
    if (got.status == IoStatus::Broken) {
      client_left();
      co_return;
    }
    if (got.status == IoStatus::End) {
      client_done_ = true;
    } else {
      input_.append(up_.data(), got.bytes);
    }
  }
  if (client_done_) {
    probe_client();
    const auto what = boost::asio::socket_base::wait_error;
    const boost::system::error_code ec =
        co_await client_.async_wait(what, net::use_task(context_.runtime, stop));
    if (!ec) {
      client_left();
    }
  }
}

// A client that sends no more may still listen: who has left replies to an interim answer (RFC
// 9110, 15.2) with a reset. Once the answer has begun its own bytes show it.
void Relay::probe_client() {
  if (!answer_began_ && !writing_ && request_->head().version >= 11) {
    constexpr std::string_view kProbe = "HTTP/1.1 102 Processing\r\n\r\n";
    (void)::send(client_.native_handle(), kProbe.data(), kProbe.size(),
                 MSG_DONTWAIT | MSG_NOSIGNAL);
  }
}

Task<void> Relay::receive_answer(StopToken stop) {
  while (answer_->state() != MessageReader::State::Done) {
    const std::span<char> room(down_.data(), down_.size());
    const IoResult got = co_await provider_->read_some(room, stop);
    if (got.status == IoStatus::Stopped) {
      end_call(client_left_ ? CallEnd::ClientLeft : CallEnd::Open,
               client_left_ ? "the client left before the answer's end" : "");
      provider_.reset();
      reset_client();
      co_return;
    }
    if (got.status == IoStatus::End) {
      const bool malformed = answer_->state() == MessageReader::State::Failed;
      answer_->closed();
      const bool whole = answer_->state() == MessageReader::State::Done;
      end_call(whole       ? CallEnd::Answered
               : malformed ? CallEnd::Malformed
                           : CallEnd::ConnectionLost,
               answer_->problem());
      co_return;
    }
    if (got.status == IoStatus::Broken) {
      end_call(CallEnd::ConnectionLost, "the provider broke the connection");
      reset_client();
      co_return;
    }
    const bool passed = co_await pass_on(got.bytes, stop);
    if (!passed) {
      end_call(CallEnd::ClientLeft, "the client left before the answer's end");
      provider_.reset();
      reset_client();
      co_return;
    }
  }
  if (answer_->head().status != 101) {
    end_call(CallEnd::Answered, "");
  }
}

// First on to the client, then looked at.
Task<bool> Relay::pass_on(std::size_t count, StopToken stop) {
  const Instant now = context_.runtime.now();
  const std::string_view bytes(down_.data(), count);
  answer_began_ = true;
  const IoResult written = co_await write_client(bytes, stop);
  if (written.status != IoStatus::Ok) {
    co_return false;
  }
  std::string_view rest = bytes;
  while (!rest.empty() && answer_->state() != MessageReader::State::Failed) {
    const bool before_head = answer_->state() == MessageReader::State::Head;
    const std::size_t used = answer_->feed(rest);
    rest.remove_prefix(used);
    if (before_head && answer_->state() != MessageReader::State::Head) {
      tap_->response_head(answer_->head());
    }
    if (answer_->state() == MessageReader::State::Done) {
      break;
    }
  }
  tap_->response_bytes(count, now);
  co_return true;
}

// After 101: two streams of bytes that end together.
Task<void> Relay::tunnel(StopToken stop) {
  StopSource both(stop);
  runtime::TaskGroup group(context_.runtime);
  group.spawn(tunnel_up(both));
  bool going = true;
  while (going) {
    const std::span<char> room(down_.data(), down_.size());
    const IoResult got = co_await provider_->read_some(room, both.token());
    going = got.status == IoStatus::Ok;
    if (going) {
      const Instant now = context_.runtime.now();
      const std::string_view bytes(down_.data(), got.bytes);
      const IoResult written = co_await write_client(bytes, both.token());
      going = written.status == IoStatus::Ok;
      tap_->response_payload(bytes);
      tap_->response_bytes(bytes.size(), now);
    }
  }
  both.request_stop();
  co_await group.join();
  end_call(CallEnd::Answered, "");
  provider_.reset();
}

Task<void> Relay::tunnel_up(StopSource& both) {
  bool going = true;
  while (going) {
    if (!input_.empty()) {
      tap_->request_bytes(input_.size());
      const IoResult sent = co_await provider_->write_all(input_, both.token());
      input_.clear();
      going = sent.status == IoStatus::Ok;
    } else {
      const IoResult got = co_await read_client(both.token());
      going = got.status == IoStatus::Ok;
      input_.assign(up_.data(), got.bytes);
    }
  }
  both.request_stop();
}

Task<void> Relay::refuse(int status, std::string problem, StopToken stop) {
  const std::string text = refusal_text(status, problem);
  co_await write_client(text, stop);
  co_await linger(stop);
}

// Closes so that what was written arrives: a close with unread bytes would reset the connection.
Task<void> Relay::linger(StopToken stop) {
  boost::system::error_code ignored;
  client_.shutdown(net::Tcp::socket::shutdown_send, ignored);
  StopSource enough(stop);
  const runtime::Deadline deadline(context_.runtime, context_.runtime.now() + kLinger, enough);
  IoResult got;
  while (got.status == IoStatus::Ok && !client_done_) {
    got = co_await read_client(enough.token());
  }
}

Task<IoResult> Relay::read_client(StopToken stop) {
  const auto buffer = boost::asio::buffer(up_);
  auto [ec, n] = co_await client_.async_read_some(buffer, net::use_task(context_.runtime, stop));
  IoResult result;
  result.status = net::status_of(ec);
  result.bytes = n;
  co_return result;
}

Task<IoResult> Relay::write_client(std::string_view bytes, StopToken stop) {
  const auto buffer = boost::asio::buffer(bytes.data(), bytes.size());
  writing_ = true;
  auto [ec, n] =
      co_await boost::asio::async_write(client_, buffer, net::use_task(context_.runtime, stop));
  writing_ = false;
  IoResult result;
  result.status = net::status_of(ec);
  result.bytes = n;
  co_return result;
}

void Relay::client_left() {
  client_left_ = true;
  client_gone_->request_stop();
}

void Relay::end_call(CallEnd end, std::string detail) {
  if (!tap_ || tap_->over()) {
    return;
  }
  const Instant now = context_.runtime.now();
  tap_->ended(end, std::move(detail), now);
  context_.sink.call_seen(tap_->seen(now));
}

void Relay::tell_open() const {
  if (tap_ && !tap_->over() && request_ && request_->state() != MessageReader::State::Head) {
    context_.sink.call_seen(tap_->seen(context_.runtime.now()));
  }
}

// As the provider broke the connection, so does this.
void Relay::reset_client() {
  boost::system::error_code ignored;
  client_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  client_.close(ignored);
  open_ = false;
}

}  // namespace rehearse::proxy
