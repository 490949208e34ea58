#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::wire {

// One header field. The texts belong to whoever made it.
struct Header {
  std::string_view name;
  std::string_view value;
  bool operator==(const Header&) const = default;
};

// Header fields in their order, kept as they stand on the wire, so that a message costs no string
// for each of them. Names compare without case.
class Headers {
 private:
  struct Sizes {
    std::uint32_t name = 0;
    std::uint32_t value = 0;
    bool operator==(const Sizes&) const = default;
  };

 public:
  class Iterator {
   public:
    using value_type = Header;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const char* at, const Sizes* sizes) : at_(at), sizes_(sizes) {}
    Header operator*() const {
      return {{at_, sizes_->name}, {at_ + sizes_->name + 2, sizes_->value}};
    }
    Iterator& operator++() {
      at_ += sizes_->name + sizes_->value + 4;
      ++sizes_;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return sizes_ == other.sizes_; }

   private:
    const char* at_ = nullptr;
    const Sizes* sizes_ = nullptr;
  };

  Headers() = default;
  Headers(std::initializer_list<Header> all);
  // The value of the first field of that name, if there is one; until the next change. Linear.
  std::optional<std::string_view> find(std::string_view name) const;
  // The same, or an empty text.
  std::string_view get(std::string_view name) const { return find(name).value_or(""); }
  // Texts that are not of these headers. Line breaks in a value become blanks: nobody can put a
  // field of his own into a message.
  void add(std::string_view name, std::string_view value);
  void add_number(std::string_view name, std::int64_t value);
  // Replaces every field of that name by one.
  void set(std::string_view name, std::string_view value);

  std::size_t size() const { return sizes_.size(); }
  Iterator begin() const { return {text_.data(), sizes_.data()}; }
  Iterator end() const { return {nullptr, sizes_.data() + sizes_.size()}; }
  // "name: value" and a line break for each.
  const std::string& text() const { return text_; }
  bool operator==(const Headers&) const = default;

 private:
  std::string text_;
  std::vector<Sizes> sizes_;
};

struct Request {
  std::string method = "GET";
  std::string target = "/";  // path and query
  Headers headers;
  std::string body;
};

// Bytes that many messages hold at once; nobody changes them.
using SharedBytes = std::shared_ptr<const std::string>;

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::vector<SharedBytes> more = {};  // follows the body: what is too large to be copied for each

  std::size_t body_size() const;
  // Puts `more` into the body.
  void join();
};

// A body that is put together from texts of its own and from bytes that many share and nobody
// copies.
class MessageBody {
 public:
  MessageBody& operator+=(std::string_view text);
  MessageBody& operator+=(SharedBytes bytes);
  // Into the body of a message that has none yet; both leave this empty.
  void move_into(Response& response);
  std::string joined();

 private:
  std::string first_;
  std::vector<SharedBytes> more_;
  std::string last_;  // since the last shared bytes
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
Response json_response(int status, MessageBody body);
Request json_post(std::string target, std::string body);

}  // namespace rehearse::wire
