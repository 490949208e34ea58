#include "harness/net/response_reader.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

namespace rehearse::net {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;
using provider::Failure;

namespace {

constexpr std::size_t kFirstRead = 8u << 10;
constexpr std::size_t kLargestRead = 64u << 10;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// Beast's parser, with the fields kept in our own type and the body handed on as it comes.
class Parser final : public http::basic_parser<false> {
 public:
  Parser(const ResponseLimits& limits, bool head, ResponseSink& sink) : sink_(sink) {
    header_limit(limits.header_bytes);
    body_limit(limits.body_bytes);
    eager(true);
    skip(head);
  }
  int status() const { return status_; }
  bool refused_by_sink() const { return refused_; }

 private:
  void on_request_impl(http::verb, beast::string_view, beast::string_view, int,
                       error_code&) override {}
  void on_response_impl(int code, beast::string_view, int, error_code&) override { status_ = code; }
  void on_field_impl(http::field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    headers_.add(std::string(view(name)), std::string(view(value)));
  }
  void on_header_impl(error_code&) override {
    if (status_ >= 200) {  // 100 Continue and 103 Early Hints are no answer yet
      sink_.on_head(status_, headers_);
    }
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code& ec) override {
    return hand_on(body, ec);
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code& ec) override {
    return hand_on(body, ec);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t hand_on(beast::string_view body, error_code& ec) {
    if (!body.empty() && !sink_.on_body(view(body))) {
      refused_ = true;
      ec = http::error::unexpected_body;
    }
    return body.size();
  }

  ResponseSink& sink_;
  wire::Headers headers_;
  int status_ = 0;
  bool refused_ = false;
};

}  // namespace

struct ResponseReader::Parts {
  explicit Parts(ResponseLimits the_limits) : limits(the_limits) { buffer.reserve(kFirstRead); }
  ResponseLimits limits;
  beast::flat_buffer buffer;
  std::optional<Parser> parser;
  ResponseSink* sink = nullptr;
  bool head = false;
  std::size_t read_size = kFirstRead;
  std::size_t offered = 0;
  bool began = false;
  bool keep_alive = false;
  Failure failure = Failure::None;
  std::string detail;

  State fail(Failure the_failure, std::string the_detail) {
    failure = the_failure;
    detail = std::move(the_detail);
    return State::Failed;
  }
  State fail(const error_code& ec) {
    if (ec == http::error::body_limit) {
      return fail(Failure::Malformed,
                  "the answer is larger than " + std::to_string(limits.body_bytes) + " bytes");
    }
    if (ec == http::error::header_limit) {
      return fail(Failure::Malformed, "the answer's header is larger than " +
                                          std::to_string(limits.header_bytes) + " bytes");
    }
    if (ec == http::error::partial_message || ec == http::error::end_of_stream) {
      return fail(Failure::Truncated, "the answer ended early");
    }
    return fail(Failure::Malformed, "no HTTP answer: " + ec.message());
  }
  State parse();
};

ResponseReader::ResponseReader(ResponseLimits limits) : parts_(std::make_unique<Parts>(limits)) {}
ResponseReader::~ResponseReader() = default;

void ResponseReader::start(bool head, ResponseSink& sink) {
  Parts& p = *parts_;
  p.parser.emplace(p.limits, head, sink);
  p.sink = &sink;
  p.head = head;
  p.read_size = kFirstRead;
  p.began = false;
  p.failure = Failure::None;
}

std::span<char> ResponseReader::room() {
  Parts& p = *parts_;
  const auto space = p.buffer.prepare(p.read_size);
  p.offered = space.size();
  return {static_cast<char*>(space.data()), space.size()};
}

ResponseReader::State ResponseReader::filled(std::size_t bytes) {
  Parts& p = *parts_;
  p.began = p.began || bytes > 0;
  p.buffer.commit(bytes);
  if (bytes == p.offered && p.read_size < kLargestRead) {
    p.read_size *= 2;  // a large body: fewer system calls
  }
  return p.parse();
}

ResponseReader::State ResponseReader::Parts::parse() {
  while (buffer.size() > 0 && !parser->is_done()) {
    error_code ec;
    const std::size_t used = parser->put(buffer.cdata(), ec);
    buffer.consume(used);
    if (ec == http::error::need_more || (!ec && used == 0)) {
      // A header or chunk header that is not whole: Beast limits the one, we the other.
      if (buffer.size() > limits.header_bytes + kLargestRead) {
        return fail(http::error::header_limit);
      }
      return State::More;
    }
    if (ec) {
      return parser->refused_by_sink() ? fail(Failure::Malformed, "the answer cannot be read")
                                       : fail(ec);
    }
    if (parser->is_done() && parser->status() / 100 == 1 && parser->status() != 101) {
      parser.emplace(limits, head, *sink);
    }
  }
  if (!parser->is_done()) {
    return State::More;
  }
  // Bytes after the end belong to no request of ours.
  keep_alive = parser->keep_alive() && buffer.size() == 0;
  return State::Done;
}

ResponseReader::State ResponseReader::closed() {
  Parts& p = *parts_;
  if (!p.began) {
    return p.fail(Failure::ConnectionReset, "the connection was closed before an answer");
  }
  error_code ec;
  p.parser->put_eof(ec);
  if (ec) {
    return p.fail(ec);
  }
  p.keep_alive = false;
  return p.parser->is_done() ? State::Done : p.fail(http::error::partial_message);
}

bool ResponseReader::began() const { return parts_->began; }
bool ResponseReader::keep_alive() const { return parts_->keep_alive; }
Failure ResponseReader::failure() const { return parts_->failure; }
const std::string& ResponseReader::detail() const { return parts_->detail; }

}  // namespace rehearse::net
