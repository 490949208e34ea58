#pragma once

#include <memory>

#include "mocks/server/backlog.hpp"
#include "mocks/server/request_reader.hpp"
#include "mocks/server/transport_loop.hpp"

namespace rehearse::server {

// One client's connection: reads requests, one at a time, and sends what answers them. While it
// waits it holds no buffer, so thousands may idle. Private to the transport.
class HttpConnection final : public Connection,
                             public EventLoop::Watcher,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  // A socket that was accepted, non-blocking; it is closed here.
  HttpConnection(TransportLoop& loop, int socket) : loop_(loop), socket_(socket) {}
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  void start();
  void ready(bool hung_up) override;
  // The bytes that send() left with the loop, to be sent now.
  void uncork(std::string_view bytes);
  // An answer has gone, or room for one has come: what was sent meanwhile gets its turn.
  void go_on();

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
  using ErrorCode = RequestReader::ErrorCode;
  // Read ahead of the answer under way; and of answers that the client does not take.
  static constexpr std::size_t kMostPipelined = 64u << 10;
  enum class State { Receiving, Answering, Lingering, Closed };

  bool has_error() const;
  void readable();
  bool read_once();
  void received(std::string_view bytes);
  std::size_t parse(std::string_view bytes);
  void resume_parsing();
  bool is_choked() const { return backlog_.size() > kMostPipelined; }
  bool has_output() const { return corked_ || !backlog_.empty(); }
  void dispatch();
  void refuse(const ErrorCode& why);
  void client_finished();
  void client_left();

  void append_head(std::string& out, const wire::Response& response) const;
  void take_head(std::string& out);
  void push(std::string_view bytes);
  void push_large(std::string_view head, wire::Response response);
  std::size_t send_some(std::string_view bytes);
  void flush();
  void drained();
  void answered();
  void end_sending();
  void shut();

  TransportLoop& loop_;
  int socket_;
  State state_ = State::Receiving;
  std::unique_ptr<RequestReader> reader_;  // while a request comes in
  std::size_t head_bytes_ = 0;             // of its head, as long as that is not complete
  std::string input_;                      // received, not parsed yet
  Backlog backlog_;                        // not taken by the client yet
  std::string stream_head_;                // waits for the first piece
  std::unique_ptr<Exchange> exchange_;
  RawReader* raw_ = nullptr;     // that exchange, where HTTP has ended
  WallClock::time_point since_;  // when this request began to come in, or the linger
  WallClock::time_point taken_;  // when the client last took some of backlog_
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool old_client_ = false;  // HTTP/1.0
  bool streaming_ = false;
  bool head_sent_ = false;    // of the answer
  bool continued_ = false;    // 100 was sent
  bool client_done_ = false;  // sends nothing any more
  bool hung_up_ = false;      // reads end in an end or an error
  bool unread_ = false;       // there was more than was read
  bool parsing_ = false;
  bool corked_ = false;  // an answer waits in the loop for the end of the turn
};

}  // namespace rehearse::server
