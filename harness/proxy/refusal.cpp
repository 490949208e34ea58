#include "harness/proxy/refusal.hpp"

#include <string_view>

namespace rehearse::proxy {
namespace {

std::string json_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

}  // namespace

std::string refusal_text(int status, const std::string& problem) {
  const std::string body = R"({"error":{"message":"rehearse record: )" + json_text(problem) +
                           R"(","type":"recording_proxy","param":null,"code":null}})";
  const std::string_view reason = status == 502   ? "Bad Gateway"
                                  : status == 431 ? "Request Header Fields Too Large"
                                  : status == 505 ? "HTTP Version Not Supported"
                                                  : "Bad Request";
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason) +
         "\r\nContent-Type: application/json\r\nConnection: close\r\nx-rehearse-proxy: refused"
         "\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace rehearse::proxy
