#include "mocks/server/request_reader.hpp"

#include <algorithm>

namespace rehearse::server {
namespace {

constexpr std::uint64_t kPromised = 64u << 10;  // room for all is made once so much has come

}  // namespace

bool RequestReader::expects_continue() const {
  return wire::equal_without_case(request_.headers.get("expect"), "100-continue");
}

void RequestReader::on_request_impl(boost::beast::http::verb, Text method, Text target, int version,
                                    ErrorCode&) {
  request_.method = view(method);
  request_.target = view(target);
  version_ = version;
}

void RequestReader::on_field_impl(boost::beast::http::field, Text name, Text value, ErrorCode&) {
  request_.headers.add(view(name), view(value));
}

void RequestReader::on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) {
  if (length) {
    length_ = static_cast<std::size_t>(*length);  // below the limit
    request_.body.reserve(static_cast<std::size_t>(std::min(*length, kPromised)));
  }
}

std::size_t RequestReader::on_body_impl(Text body, ErrorCode&) {
  if (request_.body.size() + body.size() > request_.body.capacity()) {
    request_.body.reserve(length_);  // megabytes would take milliseconds to move as it grows
  }
  request_.body.append(body.data(), body.size());
  return body.size();
}

}  // namespace rehearse::server
