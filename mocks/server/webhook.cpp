#include "mocks/server/webhook.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <charconv>

#include "harness/base/text.hpp"
#include "harness/wire/base64.hpp"
#include "mocks/script/content.hpp"

namespace rehearse::server {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::string_view kSecret = "whsec_";

std::string hmac_sha256(std::string_view key, std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const std::string bytes(text);
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out, &size);
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace

Result<WebhookTarget> parse_webhook(std::string_view url) {
  const Error wrong{"/webhook",
                    "expected an address of this machine such as "
                    "http://127.0.0.1:9000/hook (a mock calls nobody else), found " +
                        quoted_excerpt(url, 80)};
  if (!url.starts_with(kScheme)) {
    return wrong;
  }
  std::string_view rest = url.substr(kScheme.size());
  const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  WebhookTarget out;
  out.host = rest.substr(0, slash);
  out.target = rest.substr(slash);
  out.target = out.target.substr(0, out.target.find('#'));
  out.target = out.target.starts_with('/') ? out.target : "/" + out.target;
  const std::string_view host = out.host;
  const std::size_t colon = host.starts_with('[') ? host.find(':', host.find(']')) : host.find(':');
  const std::string_view name = host.substr(0, colon);
  out.port = 80;
  if (colon != std::string_view::npos) {
    const std::string_view digits = host.substr(colon + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || out.port == 0) {
      return wrong;
    }
  }
  if (name == "[::1]") {
    out.address = "::1";
  } else if (name == "localhost" || name == "127.0.0.1") {
    out.address = "127.0.0.1";
  } else {
    return wrong;
  }
  for (const char c : out.target + out.host) {
    if (c <= ' ' || c > '~') {
      return wrong;  // nothing that could end the request line
    }
  }
  return out;
}

wire::Request signed_webhook(const WebhookTarget& to, std::string id, std::int64_t now_s,
                             std::string_view secret, std::string body) {
  const std::string at = std::to_string(now_s);
  const auto key = wire::decode_base64(secret.substr(secret.starts_with(kSecret) ? 6 : 0));
  const std::string text = id + "." + at + "." + body;
  wire::Request out = wire::json_post(to.target, std::move(body));
  out.headers.add("host", to.host);
  out.headers.add("webhook-id", std::move(id));
  out.headers.add("webhook-timestamp", at);
  out.headers.add("webhook-signature",
                  "v1," + wire::encode_base64(hmac_sha256(key ? *key : std::string(), text)));
  return out;
}

std::string webhook_secret(std::uint64_t seed) {
  script::Bits bits(seed ^ 0x5E'C0'ED);
  std::string key;
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t word = bits.next();
    for (int k = 0; k < 8; ++k) {
      key += static_cast<char>(word >> (8 * k) & 0xFF);
    }
  }
  return std::string(kSecret) + wire::encode_base64(key);
}

}  // namespace rehearse::server
