#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

namespace rehearse::wire {

// One field of a multipart/form-data body (RFC 7578).
struct Part {
  std::string name;
  std::string file_name;     // empty: a plain field
  std::string content_type;  // empty: text
  std::string body;
  bool operator==(const Part&) const = default;
};

// A body whose content type is multipart_type(boundary). The boundary must occur in no part:
// make_boundary() finds one that does not.
std::string encode_multipart(const std::vector<Part>& parts, std::string_view boundary);
std::string make_boundary(const std::vector<Part>& parts);
std::string multipart_type(std::string_view boundary);

// The boundary that a content-type header names; an error where it is none of multipart.
Result<std::string> boundary_of(std::string_view content_type);

// The parts of a body from bytes split anywhere. Linear; holds the parts and at most one header
// block.
class MultipartDecoder {
 public:
  struct Limits {
    std::size_t bytes = 26u << 20;  // of all bodies together: OpenAI takes 25 MB
    std::size_t header_bytes = 16u << 10;
    std::size_t parts = 256;
  };
  explicit MultipartDecoder(std::string_view boundary);
  MultipartDecoder(std::string_view boundary, const Limits& limits);
  Status feed(std::string_view bytes);
  // The parts, where the closing boundary has come.
  Result<std::vector<Part>> finish();

 private:
  enum class State { Body, AfterBoundary, Head, End };
  Status step(std::size_t& at, bool& more);
  Status body_step(std::size_t& at, bool& more);
  Status head_step(std::size_t& at, bool& more);
  Status take(std::string_view bytes);
  Status fail(std::string what);

  std::string delimiter_;  // \r\n--boundary
  Limits limits_;
  State state_ = State::Body;
  bool preamble_ = true;
  std::string pending_;  // bytes not yet understood
  std::size_t total_ = 0;
  std::vector<Part> parts_;
  Errors errors_;
};

}  // namespace rehearse::wire
