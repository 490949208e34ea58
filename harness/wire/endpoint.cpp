#include "harness/wire/endpoint.hpp"

#include <algorithm>

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"

namespace rehearse::wire {
namespace {

constexpr std::size_t kMostBytes = 256u << 20;

std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool is_variable(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::string without_quotes(const std::string& json_string) {
  return json_string.substr(1, json_string.size() - 2);
}

std::string filler(std::size_t bytes) {
  static constexpr std::string_view kWords = "the quick brown fox jumps over the lazy dog ";
  std::string out;
  out.reserve(bytes);
  while (out.size() < bytes) {
    out += kWords.substr(0, bytes - out.size());
  }
  return out;
}

// "{name*}": all segments that are left.
bool is_rest(std::string_view segment) {
  return is_variable(segment) && segment.size() > 3 && segment[segment.size() - 2] == '*';
}

// What a placeholder stands for; `is_text`: it was a string, or nothing.
struct Filled {
  std::string text;
  bool is_text = true;
};

class Filling {
 public:
  Filling(const Endpoint& endpoint, const EndpointCall& call) : call_(call) {
    if (repeats_body(endpoint)) {
      auto body = parse_body(call.body);
      body_ = body ? std::move(*body) : json::Value();
    }
  }
  Filled of(std::string_view name) const {
    if (name == "id") {
      return {escaped(call_.id)};
    }
    if (name.starts_with("path.")) {
      const auto it = call_.path.find(std::string(name.substr(5)));
      return {it == call_.path.end() ? "" : escaped(it->second)};
    }
    if (name.starts_with("query.")) {
      return {escaped(query_value(call_.target, name.substr(6)))};
    }
    return name.starts_with("body.") ? of_body(name.substr(5)) : Filled();
  }

 private:
  static std::string escaped(const std::string& text) { return without_quotes(json::dump(text)); }
  // "a.b.0" of the body.
  Filled of_body(std::string_view dotted) const {
    std::string pointer;
    for (std::size_t dot = 0; dot != std::string_view::npos;) {
      dot = dotted.find('.');
      pointer = json::pointer_join(pointer, dotted.substr(0, dot));
      dotted.remove_prefix(dot == std::string_view::npos ? 0 : dot + 1);
    }
    const json::Value* found = json::pointer_find(body_, pointer);
    if (found == nullptr || found->is_string()) {
      return {found == nullptr ? "" : escaped(found->as_string())};
    }
    return {json::dump(*found), false};
  }

  const EndpointCall& call_;
  json::Value body_;
};

bool is_json(std::string_view content_type) {
  return content_type.substr(0, content_type.find(';')).ends_with("json");
}

}  // namespace

bool match_method(const Endpoint& endpoint, std::string_view method) {
  return method == endpoint.method || (method == "HEAD" && endpoint.method == "GET");
}

bool match_path(const Endpoint& endpoint, std::string_view target, PathValues* values) {
  std::string_view wanted = endpoint.path;
  std::string_view path = path_of(target);
  PathValues found;
  while (!wanted.empty() && !path.empty()) {
    const std::string_view pattern = next_segment(wanted);
    if (is_rest(pattern)) {
      const std::string rest = percent_decode(path.substr(path.starts_with('/') ? 1 : 0));
      if (rest.empty()) {
        return false;
      }
      found[std::string(pattern.substr(1, pattern.size() - 3))] = rest;
      path = {};
      continue;
    }
    const std::string segment = percent_decode(next_segment(path));
    if (is_variable(pattern) && !segment.empty()) {
      found[std::string(pattern.substr(1, pattern.size() - 2))] = segment;
    } else if (pattern != segment) {
      return false;
    }
  }
  const auto left = [](std::string_view rest) { return !rest.empty() && rest != "/"; };
  if (left(wanted) || left(path)) {
    return false;
  }
  if (values != nullptr) {
    *values = std::move(found);
  }
  return true;
}

bool repeats_body(const Endpoint& endpoint) {
  return endpoint.reply.find("${body.") != std::string::npos;
}

Response render(const Endpoint& endpoint, const EndpointCall& call, std::size_t bytes) {
  const Filling filling(endpoint, call);
  const bool typed = is_json(endpoint.content_type);
  std::string out;
  std::optional<std::size_t> filler_at;
  std::string_view rest = endpoint.reply;
  while (true) {
    const std::size_t start = rest.find("${");
    const std::size_t end = start == std::string_view::npos ? start : rest.find('}', start);
    out += rest.substr(0, end == std::string_view::npos ? end : start);
    if (end == std::string_view::npos) {
      break;
    }
    const std::string_view name = rest.substr(start + 2, end - start - 2);
    rest.remove_prefix(end + 1);
    if (name == "filler" && !filler_at) {
      filler_at = out.size();
      continue;
    }
    const Filled filled = filling.of(name);
    if (!filled.is_text && typed && out.ends_with('"') && rest.starts_with('"')) {
      out.pop_back();
      rest.remove_prefix(1);
    }
    out += filled.text;
  }
  bytes = std::min(bytes, kMostBytes);
  if (filler_at && out.size() < bytes) {
    out.insert(*filler_at, filler(bytes - out.size()));
  }
  Response response{endpoint.status, {{"content-type", endpoint.content_type}}, std::move(out)};
  for (const auto& [name, value] : endpoint.headers) {
    response.headers.set(name, value);
  }
  return response;
}

Request encode_endpoint_request(const Endpoint& endpoint, std::size_t bytes) {
  std::string target;
  std::string_view path = endpoint.path;
  while (!path.empty()) {
    const std::string_view segment = next_segment(path);
    target += '/';
    target += is_variable(segment) ? "1" : segment;
  }
  Request request{endpoint.method, target.empty() ? "/" : target, {}, ""};
  if (endpoint.method == "GET" || endpoint.method == "HEAD" || endpoint.method == "DELETE") {
    return request;
  }
  constexpr std::string_view kEmpty = R"({"data":""})";
  bytes = std::min(bytes, kMostBytes);
  const std::size_t room = bytes > kEmpty.size() ? bytes - kEmpty.size() : 0;
  request.headers.set("content-type", "application/json");
  request.body = R"({"data":")" + filler(room) + "\"}";
  return request;
}

}  // namespace rehearse::wire
