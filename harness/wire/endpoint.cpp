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

// "a.b.0" of a body.
std::string body_value(const json::Value& body, std::string_view dotted) {
  std::string pointer;
  while (true) {
    const std::size_t dot = dotted.find('.');
    pointer = json::pointer_join(pointer, dotted.substr(0, dot));
    if (dot == std::string_view::npos) {
      break;
    }
    dotted.remove_prefix(dot + 1);
  }
  const json::Value* found = json::pointer_find(body, pointer);
  if (found == nullptr) {
    return {};
  }
  return found->is_string() ? without_quotes(json::dump(*found)) : json::dump(*found);
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

// What stands in a request, read once.
struct Source {
  std::map<std::string, std::string> path;
  std::string_view target;
  json::Value body;
};

std::string value_of(std::string_view name, const Source& source) {
  if (name.starts_with("path.")) {
    const auto it = source.path.find(std::string(name.substr(5)));
    return it == source.path.end() ? "" : without_quotes(json::dump(it->second));
  }
  if (name.starts_with("query.")) {
    return without_quotes(json::dump(query_value(source.target, name.substr(6))));
  }
  return name.starts_with("body.") ? body_value(source.body, name.substr(5)) : "";
}

}  // namespace

std::optional<std::map<std::string, std::string>> match(const Endpoint& endpoint,
                                                        const Request& request) {
  const bool head = request.method == "HEAD" && endpoint.method == "GET";
  if (request.method != endpoint.method && !head) {
    return std::nullopt;
  }
  std::map<std::string, std::string> variables;
  std::string_view wanted = endpoint.path;
  std::string_view path = path_of(request.target);
  while (!wanted.empty() && !path.empty()) {
    const std::string_view pattern = next_segment(wanted);
    const std::string segment = percent_decode(next_segment(path));
    if (is_variable(pattern) && !segment.empty()) {
      variables[std::string(pattern.substr(1, pattern.size() - 2))] = segment;
    } else if (pattern != segment) {
      return std::nullopt;
    }
  }
  const auto rest = [](std::string_view left) { return !left.empty() && left != "/"; };
  if (rest(wanted) || rest(path)) {
    return std::nullopt;
  }
  return variables;
}

Response render(const Endpoint& endpoint, const Request& request, std::size_t bytes) {
  Source source{match(endpoint, request).value_or(std::map<std::string, std::string>()),
                request.target, json::Value()};
  if (endpoint.reply.find("${body.") != std::string::npos) {
    auto body = parse_body(request.body);
    source.body = body ? std::move(*body) : json::Value();
  }
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
    if (name == "filler" && !filler_at) {
      filler_at = out.size();
    } else {
      out += value_of(name, source);
    }
    rest.remove_prefix(end + 1);
  }
  bytes = std::min(bytes, kMostBytes);
  if (filler_at && out.size() < bytes) {
    out.insert(*filler_at, filler(bytes - out.size()));
  }
  return {endpoint.status, {{"content-type", endpoint.content_type}}, std::move(out)};
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
