#include "harness/wire/http_message.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace rehearse::wire {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

Headers::Headers(std::initializer_list<Header> all) {
  for (const Header& header : all) {
    add(header.name, header.value);
  }
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Header header : *this) {
    if (equal_without_case(header.name, name)) {
      return header.value;
    }
  }
  return std::nullopt;
}

void Headers::add(std::string_view name, std::string_view value) {
  if (sizes_.empty()) {  // what most messages need
    sizes_.reserve(16);
    text_.reserve(512);
  }
  const std::size_t start = text_.size();
  text_.append(name).append(": ").append(value).append("\r\n");
  const auto broken = [](char c) { return c == '\r' || c == '\n'; };
  std::replace_if(text_.begin() + static_cast<std::ptrdiff_t>(start), text_.end() - 2, broken, ' ');
  sizes_.push_back(
      {static_cast<std::uint32_t>(name.size()), static_cast<std::uint32_t>(value.size())});
}

void Headers::add_number(std::string_view name, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  add(name, {digits, static_cast<std::size_t>(end - digits)});
}

void Headers::set(std::string_view name, std::string_view value) {
  if (find(name)) {
    Headers others;
    for (const Header header : *this) {
      if (!equal_without_case(header.name, name)) {
        others.add(header.name, header.value);
      }
    }
    others.add(name, value);  // which may be one of those that go
    *this = std::move(others);
  } else {
    add(name, value);
  }
}

std::size_t Response::body_size() const {
  std::size_t size = body.size();
  for (const SharedBytes& part : more) {
    size += part->size();
  }
  return size;
}

void Response::join() {
  body.reserve(body_size());
  for (const SharedBytes& part : more) {
    body += *part;
  }
  more.clear();
}

MessageBody& MessageBody::operator+=(std::string_view text) {
  (more_.empty() ? first_ : last_) += text;
  return *this;
}

MessageBody& MessageBody::operator+=(SharedBytes bytes) {
  if (!last_.empty()) {
    more_.push_back(std::make_shared<const std::string>(std::exchange(last_, {})));
  }
  more_.push_back(std::move(bytes));
  return *this;
}

void MessageBody::move_into(Response& response) {
  response.body = std::exchange(first_, {});
  response.more = std::exchange(more_, {});
  if (!last_.empty()) {
    response.more.push_back(std::make_shared<const std::string>(std::exchange(last_, {})));
  }
}

std::string MessageBody::joined() {
  Response whole;
  move_into(whole);
  whole.join();
  return std::move(whole.body);
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find_first_of("?#"));
}

std::string query_value(std::string_view target, std::string_view name) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) {
    return {};
  }
  std::string_view query = target.substr(mark + 1);
  query = query.substr(0, query.find('#'));
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (percent_decode(pair.substr(0, equals)) == name) {
      std::string value(pair.substr(std::min(equals + 1, pair.size())));
      std::replace(value.begin(), value.end(), '+', ' ');
      return percent_decode(value);
    }
  }
  return {};
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::string media_type(std::string_view content_type) {
  std::string out(trimmed(content_type.substr(0, content_type.find(';'))));
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

Response json_response(int status, std::string body) {
  return {status, {{"content-type", "application/json"}}, std::move(body)};
}

Response json_response(int status, MessageBody body) {
  Response out = json_response(status, std::string());
  body.move_into(out);
  return out;
}

Request json_post(std::string target, std::string body) {
  return {"POST", std::move(target), {{"content-type", "application/json"}}, std::move(body)};
}

}  // namespace rehearse::wire
