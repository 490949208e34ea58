#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tests/net/raw_server.hpp"

typedef struct ssl_ctx_st SSL_CTX;

namespace rehearse::test {

// A certificate authority made on the spot, its certificate in a file that goes away with it.
class TestCa {
 public:
  TestCa();
  TestCa(const TestCa&) = delete;
  TestCa& operator=(const TestCa&) = delete;
  ~TestCa();
  const std::string& file() const { return file_; }
  // A server's context with a certificate for `names` ("DNS:localhost,IP:127.0.0.1"); valid for a
  // day that begins `days` from now.
  std::shared_ptr<SSL_CTX> server(const std::string& names, int days = 0) const;

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string file_;
};

// Shakes hands, reads one request, sends `answer` and closes, in order or without a word.
RawServer::Script tls_says(std::shared_ptr<SSL_CTX> context, std::string answer,
                           bool in_order = true);
// Answers every request with the server name that the client asked for.
RawServer::Script tls_tells_name(std::shared_ptr<SSL_CTX> context);

}  // namespace rehearse::test
