#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "mocks/server/transport_loop.hpp"

namespace rehearse::server {

// One client's connection: reads requests, one at a time, and sends what answers them. While it
// waits it holds no buffer, so thousands may idle. Private to the transport.
class HttpConnection final : public Connection,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(TransportLoop& loop, Tcp socket);
  void start();

  void send(wire::Response response) override;
  void begin(wire::Response head) override;
  void upgrade(wire::Response head, RawReader& reader) override;
  void write(std::string_view piece) override;
  void end() override;
  void cut() override;
  void reset() override;

  // Gives up on clients that take too long to say what they want, or to hang up.
  void check_patience(WallClock::time_point now);
  void close_if_idle();
  void drop();

  std::size_t place = 0;  // in the loop's list

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using ErrorCode = boost::system::error_code;
  enum class State { Receiving, Answering, Lingering, Closed };

  void wait_readable();
  void readable();
  bool read_once();
  void received(std::string_view bytes);
  std::size_t parse(std::string_view bytes);
  void resume_parsing();
  void dispatch();
  void refuse(const ErrorCode& why);
  void client_finished();
  void client_left();

  void append_head(std::string& out, const wire::Response& response) const;
  void push(std::string_view bytes);
  void wait_writable();
  void flush();
  void answered();
  void linger();
  void shut();

  TransportLoop& loop_;
  Tcp socket_;
  State state_ = State::Receiving;
  std::optional<Parser> parser_;  // while a request comes in
  std::string input_;             // received, not parsed yet
  std::string output_;            // not taken by the client yet, from sent_ on
  std::size_t sent_ = 0;
  std::string stream_head_;  // waits for the first piece
  std::unique_ptr<Exchange> exchange_;
  RawReader* raw_ = nullptr;     // that exchange, where HTTP has ended
  WallClock::time_point since_;  // when this request began to come in, or the linger
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool old_client_ = false;  // HTTP/1.0
  bool streaming_ = false;
  bool head_sent_ = false;    // of the answer
  bool continued_ = false;    // 100 was sent
  bool client_done_ = false;  // sends nothing any more
  bool reading_ = false;      // a wait is under way
  bool writing_ = false;
  bool parsing_ = false;
};

}  // namespace rehearse::server
