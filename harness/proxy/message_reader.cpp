#include "harness/proxy/message_reader.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

namespace rehearse::proxy {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;

namespace {

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

template <bool is_request>
class Parser final : public http::basic_parser<is_request> {
 public:
  Parser(MessageHead& head, const MessageReader::OnPayload& on_payload, bool head_only)
      : head_(head), on_payload_(on_payload) {
    this->header_limit(MessageReader::kMostHeader);
    this->body_limit(boost::none);
    if (!is_request) {
      this->skip(head_only);
    }
  }

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code&) override {
    head_.method = std::string(view(method));
    head_.target = std::string(view(target));
    head_.version = version;
  }
  void on_response_impl(int status, beast::string_view, int version, error_code&) override {
    head_.status = status;
    head_.version = version;
  }
  void on_field_impl(http::field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    if (!this->is_header_done()) {  // a trailer is passed on, and nothing here asks for it
      head_.headers.add(std::string(view(name)), std::string(view(value)));
    }
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override {
    on_payload_(view(body));
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    on_payload_(view(body));
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  MessageHead& head_;
  const MessageReader::OnPayload& on_payload_;
};

template <bool is_request>
class Reader final : public MessageReader {
 public:
  Reader(OnPayload on_payload, bool head_only)
      : on_payload_(std::move(on_payload)), head_only_(head_only) {
    restart();
  }

  std::size_t feed(std::string_view bytes) override {
    if (pending_.empty()) {
      const std::size_t used = parse(bytes);
      if (state_ == State::Done || at_head_end_) {
        at_head_end_ = false;
        return used;
      }
      pending_.assign(bytes.substr(used));
      return bytes.size();
    }
    const std::size_t before = pending_.size();
    pending_.append(bytes);
    const std::size_t used = parse(pending_);
    if (state_ == State::Done || at_head_end_) {
      at_head_end_ = false;
      pending_.clear();
      return used - before;  // a half header is never used up without the new bytes
    }
    pending_.erase(0, used);
    return bytes.size();
  }

  void closed() override {
    if (state_ == State::Done || state_ == State::Failed) {
      return;
    }
    error_code ec;
    parser_->put_eof(ec);
    if (!ec && parser_->is_done()) {
      finish();
      head_.keep_alive = false;
    } else {
      fail("the connection was closed before the end of the message");
    }
  }

 private:
  void restart() {
    head_ = {};
    parser_.emplace(head_, on_payload_, head_only_);
  }
  void fail(std::string problem) {
    state_ = State::Failed;
    problem_ = std::move(problem);
  }
  void finish() {
    state_ = State::Done;
    head_.keep_alive = parser_->keep_alive();
  }

  // How many bytes were used: all that could be understood.
  std::size_t parse(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && (state_ == State::Head || state_ == State::Body)) {
      error_code ec;
      const std::size_t count =
          parser_->put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), ec);
      used += count;
      if (ec && ec != http::error::need_more) {
        refusal_ = ec == http::error::header_limit  ? 431
                   : ec == http::error::bad_version ? 505
                                                    : 400;
        fail("no HTTP: " + ec.message());
        return bytes.size();
      }
      if (state_ == State::Head && parser_->is_header_done() && head_ended()) {
        return used;
      }
      if (parser_->is_done()) {
        finish();
        return used;
      }
      if (ec == http::error::need_more || count == 0) {
        if (bytes.size() - used > kMostHeader) {
          fail("no HTTP: a header is too long");
        }
        break;
      }
    }
    return used;
  }

  // Whether the reader stops here, behind the head.
  bool head_ended() {
    if (!is_request && head_.status / 100 == 1 && head_.status != 101) {
      restart();
      return false;
    }
    state_ = State::Body;
    at_head_end_ = true;
    parser_->eager(true);
    if (parser_->is_done()) {
      finish();
    }
    return true;
  }

  OnPayload on_payload_;
  bool head_only_;
  std::optional<Parser<is_request>> parser_;
  std::string pending_;
  bool at_head_end_ = false;
};

}  // namespace

std::unique_ptr<MessageReader> MessageReader::request(OnPayload on_payload) {
  return std::make_unique<Reader<true>>(std::move(on_payload), false);
}

std::unique_ptr<MessageReader> MessageReader::response(bool head_only, OnPayload on_payload) {
  return std::make_unique<Reader<false>>(std::move(on_payload), head_only);
}

}  // namespace rehearse::proxy
