#include "tests/net/tls_server.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "harness/base/check.hpp"

namespace rehearse::test {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  REHEARSE_CHECK(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

Certificate certify(const char* name, EVP_PKEY* key, int days) {
  Certificate out(X509_new());
  X509_set_version(out.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), days + 1000);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), days * 86'400L - 3600);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), days * 86'400L + 82'800);
  X509_set_pubkey(out.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(out.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return out;
}

bool accept_tls(RawConnection& connection, SSL_CTX* context, std::unique_ptr<SSL, Free>& ssl) {
  ssl.reset(SSL_new(context));
  SSL_set_fd(ssl.get(), connection.fd());
  return SSL_accept(ssl.get()) == 1;
}

std::string read_request(SSL* ssl) {
  std::string request;
  while (request.find("\r\n\r\n") == std::string::npos) {
    char bytes[4096];
    const int n = SSL_read(ssl, bytes, sizeof bytes);
    if (n <= 0) {
      return "";
    }
    request.append(bytes, static_cast<std::size_t>(n));
  }
  return request;
}

void write_all(SSL* ssl, const std::string& text) {
  SSL_write(ssl, text.data(), static_cast<int>(text.size()));
}

}  // namespace

struct TestCa::Keys {
  Key key;
  Certificate certificate;
};

TestCa::TestCa() : keys_(std::make_unique<Keys>()) {
  static int number = 0;
  ::signal(SIGPIPE, SIG_IGN);  // a client that refuses us hangs up while OpenSSL writes
  keys_->key.reset(EVP_EC_gen("P-256"));
  keys_->certificate = certify("rehearse test CA", keys_->key.get(), 0);
  X509* own = keys_->certificate.get();
  X509_set_issuer_name(own, X509_get_subject_name(own));
  extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
  REHEARSE_CHECK(X509_sign(own, keys_->key.get(), EVP_sha256()) > 0);
  file_ = (std::filesystem::temp_directory_path() /
           ("rehearse_ca_" + std::to_string(::getpid()) + "_" + std::to_string(++number)))
              .string();
  std::FILE* file = std::fopen(file_.c_str(), "w");
  REHEARSE_CHECK(file != nullptr && PEM_write_X509(file, own) == 1);
  std::fclose(file);
}

TestCa::~TestCa() { std::filesystem::remove(file_); }

std::shared_ptr<SSL_CTX> TestCa::server(const std::string& names, int days) const {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = certify("rehearse test server", key.get(), days);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(keys_->certificate.get()));
  extend(certificate.get(), keys_->certificate.get(), NID_subject_alt_name, names);
  REHEARSE_CHECK(X509_sign(certificate.get(), keys_->key.get(), EVP_sha256()) > 0);
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  REHEARSE_CHECK(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
                 SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  return context;
}

RawServer::Script tls_says(std::shared_ptr<SSL_CTX> context, std::string answer, bool in_order) {
  return [=](RawConnection& connection) {
    std::unique_ptr<SSL, Free> ssl;
    if (accept_tls(connection, context.get(), ssl) && !read_request(ssl.get()).empty()) {
      write_all(ssl.get(), answer);
      if (in_order) {
        SSL_shutdown(ssl.get());
      }
    }
  };
}

RawServer::Script tls_tells_name(std::shared_ptr<SSL_CTX> context) {
  return [=](RawConnection& connection) {
    std::unique_ptr<SSL, Free> ssl;
    if (!accept_tls(connection, context.get(), ssl)) {
      return;
    }
    const char* asked = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
    const std::string name = asked == nullptr ? "" : asked;
    while (!read_request(ssl.get()).empty()) {
      write_all(ssl.get(), "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name.size()) +
                               "\r\n\r\n" + name);
    }
  };
}

}  // namespace rehearse::test
