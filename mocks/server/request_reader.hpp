#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/wire/http_message.hpp"

namespace rehearse::server {

// Reads one request: Beast's parser, which puts what it reads straight into our own message. What
// it says of limits, ends and errors holds. Private to the transport.
class RequestReader final : public boost::beast::http::basic_parser<true> {
 public:
  using ErrorCode = boost::system::error_code;

  RequestReader(std::size_t max_header, std::size_t max_body) {
    header_limit(static_cast<std::uint32_t>(max_header));
    body_limit(max_body);
    eager(true);
  }

  wire::Request& request() { return request_; }
  bool is_old() const { return version_ < 11; }  // HTTP/1.0
  bool expects_continue() const;

 private:
  using Text = boost::beast::string_view;
  static std::string_view view(Text text) { return {text.data(), text.size()}; }

  void on_request_impl(boost::beast::http::verb, Text method, Text target, int version,
                       ErrorCode&) override;
  void on_response_impl(int, Text, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field, Text name, Text value, ErrorCode&) override;
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) override;
  std::size_t on_body_impl(Text body, ErrorCode&) override;
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(ErrorCode&) override {}

  wire::Request request_;
  std::size_t length_ = 0;  // of the body, where it was said
  int version_ = 11;
};

}  // namespace rehearse::server
