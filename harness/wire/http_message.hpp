#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::wire {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

// Header fields in their order; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> all) : all_(all) {}
  // The first field of that name, or nullptr. Linear.
  const std::string* find(std::string_view name) const;
  // The same, or an empty text.
  std::string_view get(std::string_view name) const;
  void add(std::string name, std::string value);
  // Replaces every field of that name by one.
  void set(std::string_view name, std::string value);
  const std::vector<Header>& all() const { return all_; }
  bool operator==(const Headers&) const = default;

 private:
  std::vector<Header> all_;
};

struct Request {
  std::string method = "GET";
  std::string target = "/";  // path and query
  Headers headers;
  std::string body;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

// The target without its query and fragment.
std::string_view path_of(std::string_view target);
// The decoded value of a query parameter, empty where it is missing.
std::string query_value(std::string_view target, std::string_view name);

// RFC 3986: all but letters, digits and -._~ as %XX; and back (a malformed % stays as it is).
std::string percent_encode(std::string_view text);
std::string percent_decode(std::string_view text);

// ASCII only: header names, content types.
bool equal_without_case(std::string_view a, std::string_view b);
std::string_view trimmed(std::string_view text);
// "application/json" of "Application/JSON; charset=utf-8", in lower case.
std::string media_type(std::string_view content_type);

// A JSON answer; the SDKs parse a body only where the content type says exactly this.
Response json_response(int status, std::string body);
Request json_post(std::string target, std::string body);

}  // namespace rehearse::wire
