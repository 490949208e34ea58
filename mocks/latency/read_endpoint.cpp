#include "mocks/latency/read_endpoint.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "mocks/latency/read_distribution.hpp"

namespace rehearse::latency {
namespace {

constexpr std::int64_t kLeastSuccess = 200;
constexpr std::int64_t kMostSuccess = 399;  // errors are faults
constexpr std::int64_t kNoContent = 204;

const std::vector<std::string_view> kMethods = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

bool is_printable(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void check_path(json::ObjectReader& at, const std::string& path) {
  const auto wrong = [&](std::string what) {
    at.fail(*at.find("path"), at.pointer("path"), std::move(what));
  };
  if (!path.starts_with('/') || !is_printable(path) ||
      path.find_first_of(" ?#") != std::string::npos) {
    wrong("expected a path such as \"/rows/{id}\", found " + quoted_excerpt(path));
    return;
  }
  for (std::string_view rest = path; !rest.empty();) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    const bool braces = segment.find_first_of("{}") != std::string_view::npos;
    const bool variable = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
    if (braces && (!variable || segment.substr(1, segment.size() - 2).find_first_of("{}") !=
                                    std::string_view::npos)) {
      wrong("expected a name in braces to be a whole segment, found " + quoted_excerpt(segment));
    } else if (variable && segment[segment.size() - 2] == '*' && !rest.empty()) {
      wrong("expected nothing behind " + quoted_excerpt(segment) +
            ", which takes all that follows");
    }
  }
}

void read_headers(json::ObjectReader& at, Endpoint& out) {
  const json::Value* value = at.find("headers");
  if (value == nullptr) {
    return;
  }
  if (!value->is_object()) {
    at.fail(*value, at.pointer("headers"), "expected an object of names and texts");
    return;
  }
  for (const json::Member& member : value->members()) {
    const bool name = is_printable(member.key) &&
                      member.key.find_first_of(" :\"(),/;<=>?@[\\]{}") == std::string::npos;
    if (!name || !member.value.is_string() || !is_printable(member.value.as_string())) {
      at.fail(member.value, json::pointer_join(at.pointer("headers"), member.key),
              "expected the name of a header and a printable text");
    } else {
      out.headers.emplace_back(member.key, member.value.as_string());
    }
  }
}

// Text is taken as it is, anything else as JSON.
void read_reply(json::ObjectReader& at, Endpoint& out) {
  const json::Value* reply = at.find("reply");
  const auto type = at.text("content_type");
  if (type && !is_printable(*type)) {
    at.fail(*at.find("content_type"), at.pointer("content_type"), "expected a content type");
  }
  const bool text = reply != nullptr && reply->is_string();
  out.content_type = type.value_or(text ? "text/plain" : out.content_type);
  if (reply != nullptr) {
    out.reply = text ? reply->as_string() : json::dump(*reply);
  }
  if (out.status != kNoContent) {
    return;
  }
  if (reply != nullptr) {
    at.fail(*reply, at.pointer("reply"), "expected none: status 204 has no content");
  }
  out.reply.clear();
}

}  // namespace

std::optional<Endpoint> read_endpoint(json::ObjectReader& reader) {
  const json::Value* value = reader.find("endpoint");
  if (value == nullptr) {
    return std::nullopt;
  }
  json::ObjectReader at(*value, reader.pointer("endpoint"), reader.name(), reader.errors());
  read_origin(at);
  Endpoint out;
  out.method = kMethods[at.choice("method", kMethods).value_or(0)];
  if (const auto path = at.text("path")) {
    out.path = *path;
    check_path(at, out.path);
  } else if (value->is_object() && at.find("path") == nullptr) {
    at.fail(*value, at.pointer(), "expected \"path\": where it is found, such as \"/rows/{id}\"");
  }
  out.status = static_cast<int>(at.integer("status", kLeastSuccess, kMostSuccess).value_or(200));
  read_headers(at, out);
  read_reply(at, out);
  at.finish();
  return out;
}

}  // namespace rehearse::latency
