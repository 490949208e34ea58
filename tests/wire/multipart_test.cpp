#include <catch2/catch.hpp>

#include "harness/base/rng.hpp"
#include "harness/wire/multipart.hpp"

using namespace rehearse;
using namespace rehearse::wire;

namespace {

Result<std::vector<Part>> decode(std::string_view body, std::string_view boundary,
                                 std::size_t piece = SIZE_MAX) {
  MultipartDecoder decoder(boundary);
  while (!body.empty()) {
    const std::string_view now = body.substr(0, piece);
    if (Status fed = decoder.feed(now); !fed) {
      return fed.errors();
    }
    body.remove_prefix(now.size());
  }
  return decoder.finish();
}

}  // namespace

TEST_CASE("parts come back as they were encoded, in pieces of any size") {
  std::string binary;
  for (int i = 0; i < 3000; ++i) {
    binary += static_cast<char>(mix64(static_cast<std::uint64_t>(i)));
  }
  const std::vector<Part> parts = {{"file", "a \"b\".wav", "audio/wav", binary + "\r\n--"},
                                   {"model", "", "", "whisper-1"},
                                   {"empty", "", "", ""},
                                   {"tail", "", "", "\r\n"}};
  const std::string boundary = make_boundary(parts);
  const std::string body = encode_multipart(parts, boundary);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{64},
                                  std::size_t{1000}, body.size()}) {
    INFO("pieces of " << piece);
    const auto back = decode(body, boundary, piece);
    REQUIRE(back.ok());
    CHECK(*back == parts);
  }
}

TEST_CASE("a preamble, an epilogue, blanks after the boundary and foreign headers are fine") {
  const auto parts = decode(
      "preamble\r\n--x \t\r\nX-Other: 1\r\nContent-Disposition: form-data; filename=\"f;1\"; "
      "name=a\r\n\r\nbody\r\n--x\r\n\r\nno headers\r\n--x--\r\nepilogue --x",
      "x");
  REQUIRE(parts.ok());
  REQUIRE(parts->size() == 2);
  CHECK((*parts)[0] == Part{"a", "f;1", "", "body"});
  CHECK((*parts)[1] == Part{"", "", "", "no headers"});
}

TEST_CASE("a body that is cut off, wrong or empty is an error") {
  CHECK_FALSE(decode("", "x").ok());
  CHECK_FALSE(decode("--x\r\ncontent-disposition: form-data; name=a\r\n\r\nbody", "x").ok());
  CHECK_FALSE(decode("--x\r\ncontent-disposition: form-data", "x").ok());
  CHECK_FALSE(decode("--xyz\r\n\r\n\r\n--x--", "x").ok());
  CHECK(decode("--x--", "x")->empty());
}

TEST_CASE("too many bytes, headers or parts are refused while they arrive") {
  MultipartDecoder::Limits limits;
  limits.bytes = 10;
  limits.header_bytes = 64;
  limits.parts = 2;
  const std::string head = "--x\r\ncontent-disposition: form-data; name=a\r\n\r\n";
  MultipartDecoder bytes("x", limits);
  REQUIRE(bytes.feed(head).ok());
  CHECK_FALSE(bytes.feed(std::string(100, 'b')).ok());
  CHECK_FALSE(bytes.finish().ok());
  MultipartDecoder heads("x", limits);
  CHECK_FALSE(heads.feed("--x\r\n" + std::string(100, 'h')).ok());
  MultipartDecoder parts("x", limits);
  CHECK_FALSE(parts.feed(head + "\r\n" + head + "\r\n" + head).ok());
}

TEST_CASE("part headers exactly at their limit are accepted in pieces of any size") {
  MultipartDecoder::Limits limits;
  limits.header_bytes = 32;
  for (const std::size_t length : {std::size_t{32}, std::size_t{33}}) {
    const std::string body = "--x\r\n" + std::string(length, 'h') + "\r\n\r\nbody\r\n--x--";
    MultipartDecoder whole("x", limits);
    MultipartDecoder bytes("x", limits);
    CHECK(whole.feed(body).ok() == (length == 32));
    bool good = true;
    for (const char byte : body) {
      good = good && bytes.feed(std::string_view(&byte, 1)).ok();
    }
    CHECK(good == (length == 32));
  }
}

TEST_CASE("twenty-five megabytes in pieces of 64 KiB arrive whole") {
  const std::vector<Part> parts = {{"file", "f", "", std::string(25u << 20, '-')}};
  const auto back = decode(encode_multipart(parts, "--b"), "--b", 65'536);
  REQUIRE(back.ok());
  CHECK((*back)[0].body.size() == 25u << 20);
}

TEST_CASE("the boundary is read with and without quotes") {
  CHECK(*boundary_of("multipart/form-data; boundary=abc") == "abc");
  CHECK(*boundary_of("Multipart/Form-Data; charset=x; Boundary=\"a b;c\"") == "a b;c");
  CHECK(*boundary_of(multipart_type("q")) == "q");
  CHECK_FALSE(boundary_of("multipart/form-data").ok());
  CHECK_FALSE(boundary_of("application/json; boundary=a").ok());
  CHECK_FALSE(boundary_of("").ok());
}
