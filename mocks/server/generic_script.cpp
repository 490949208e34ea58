#include <algorithm>
#include <cstring>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "mocks/script/content.hpp"
#include "mocks/script/text.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

enum class Way { Down, Up, Remove };

struct Service {
  std::string_view type;  // of what comes down
  Way way = Way::Down;
  std::int64_t head_bytes = 0;  // > 0: HEAD, which moves nothing but tells this size
};

constexpr std::string_view kJson = "application/json";

// A CDN or object storage gives bytes, a web server pages, anything else (a database) JSON.
std::string_view type_of(const latency::Profile& profile) {
  return profile.find("download", "") != nullptr ? "application/octet-stream"
         : profile.find("fetch", "") != nullptr  ? "text/html"
                                                 : kJson;
}

// So many bytes that no compression shrinks.
std::string raw_bytes(std::uint64_t content, std::size_t count) {
  std::string out(count, '\0');
  script::Bits bits(content);
  for (std::size_t at = 0; at < count; at += sizeof(std::uint64_t)) {
    const std::uint64_t next = bits.next();
    std::memcpy(out.data() + at, &next, std::min(sizeof next, count - at));
  }
  return out;
}

// By content type JSON, text or bytes of the size that the call moves. What went up is answered
// with its size; what was removed from a storage of bytes with nothing.
class GenericScript final : public Script {
 public:
  explicit GenericScript(Service service) : service_(service) {}

  wire::Response whole(const latency::Plan& plan) override {
    if (service_.type == kJson) {
      return wire::json_response(200, object(plan));
    }
    if (service_.way == Way::Remove) {
      return {204, {}, ""};
    }
    wire::Response response = wire::json_response(200, std::string());
    if (service_.way == Way::Down) {
      response.headers.set("content-type", std::string(service_.type));
      response.body = filling(static_cast<std::size_t>(bytes_of(plan)));
    } else {
      response.body = object(plan);
    }
    response.headers.add("etag", '"' + script::make_id("", content, 32) + '"');
    return response;
  }
  bool heavy(const latency::Plan& plan) const override {
    return service_.way == Way::Down && bytes_of(plan) > (1 << 20);
  }

 private:
  std::int64_t bytes_of(const latency::Plan& plan) const {
    return std::clamp<std::int64_t>(
        service_.head_bytes > 0 ? service_.head_bytes : plan.usage.bytes, 0, kMostReplyBytes);
  }
  std::string object(const latency::Plan& plan) const {
    std::string body = R"({"ok":true,"id":")" + script::make_id("", content, 16) + "\"";
    const std::int64_t rest = bytes_of(plan) - static_cast<std::int64_t>(body.size()) - 11;
    if (service_.way == Way::Down && rest > 0) {
      body += R"(,"data":")" + script::filler_text(content, (rest + 3) / 4) + "\"";
    } else if (service_.way == Way::Up) {
      body += ",\"bytes\":" + std::to_string(plan.usage.bytes);
    }
    return body + "}";
  }
  std::string filling(std::size_t count) const {
    if (!service_.type.starts_with("text/")) {
      return raw_bytes(content, count);
    }
    std::string text = script::filler_text(content, (static_cast<std::int64_t>(count) + 3) / 4);
    text.resize(count, ' ');
    return text;
  }

  Service service_;
};

bool is_upward(std::string_view operation) {
  return operation == "upload" || operation == "insert";
}

bool reads(const wire::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

// The operation that the path names in one of its segments.
const latency::Entry* named_by(std::string_view path, const latency::Profile& profile) {
  for (std::string_view rest = path; !rest.empty();) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    if (const latency::Entry* entry = profile.find(segment, ""); entry && !segment.empty()) {
      return entry;
    }
    rest.remove_prefix(segment.size());
  }
  return nullptr;
}

// The operation that the method suggests.
const latency::Entry* suggested_by(const wire::Request& request, const latency::Profile& profile) {
  const latency::Entry* removal = profile.find("delete", "");
  if (request.method == "DELETE" && removal != nullptr) {
    return removal;
  }
  if (!reads(request)) {
    const std::string type = wire::media_type(request.headers.get("content-type"));
    const bool raw = !type.empty() && !type.ends_with("json") && !request.body.empty();
    for (const std::string_view name : {raw ? "upload" : "insert", "insert", "upload"}) {
      if (const latency::Entry* entry = profile.find(name, "")) {
        return entry;
      }
    }
  }
  const auto down = std::find_if(profile.entries.begin(), profile.entries.end(),
                                 [](const auto& entry) { return !is_upward(entry.operation); });
  return down != profile.entries.end() ? &*down : &profile.entries.front();
}

Ask not_described(const wire::Request& request, std::string_view path, bool method_only,
                  const latency::Profile& profile) {
  Ask ask;
  ask.operation = profile.entries.front().operation;
  ask.refused = {method_only ? 405 : 404,
                 method_only ? request.method + ": this endpoint has other methods"
                             : "no endpoint is described at " + quoted_excerpt(path),
                 {},
                 std::nullopt,
                 method_only ? "method_not_allowed" : "not_found"};
  return ask;
}

Way way_of(const wire::Request& request, const latency::Entry& entry) {
  if (request.method == "DELETE") {
    return Way::Remove;
  }
  return is_upward(entry.operation) ? Way::Up : Way::Down;
}

// What a call that does not say so moves. The same question gets the same answer, so the size of
// what comes down is drawn from the question.
std::int64_t bytes_of(Way way, const wire::Request& request, const latency::Entry& entry,
                      std::uint64_t seed) {
  if (way == Way::Up) {
    return std::max<std::int64_t>(static_cast<std::int64_t>(request.body.size()), 1);
  }
  if (way == Way::Remove) {
    return 1;
  }
  const std::uint64_t bits =
      mix64(script::content_key(seed, request.target) ^ script::body_key(request.body));
  return static_cast<std::int64_t>(
      std::min(entry.bytes.quantile(unit_interval(bits)), static_cast<double>(kMostReplyBytes)));
}

}  // namespace

Result<Ask> ask_generic(const wire::Request& request, std::string_view path,
                        const Stagehand& hand) {
  const latency::Entry* named = named_by(path, hand.profile);
  if (is_described(hand.profile)) {
    const bool by_name = named != nullptr && path.substr(1) == named->operation;
    bool method_only = false;
    const latency::Entry* found =
        by_name && hand.scripted ? named
                                 : find_endpoint(hand.profile, request.method, path, &method_only);
    found = found == nullptr && by_name && !method_only ? named : found;
    if (found != nullptr && found->endpoint) {
      return ask_endpoint(request, path, *found, hand);
    }
    if (found == nullptr && (named == nullptr || named->endpoint)) {
      return not_described(request, path, method_only, hand.profile);
    }
  }
  const latency::Entry& entry = named != nullptr ? *named : *suggested_by(request, hand.profile);
  Ask ask;
  Service service{type_of(hand.profile), way_of(request, entry), 0};
  const bool only_read =
      service.type != kJson && !is_upward(entry.operation) && entry.operation != "delete";
  if (named == nullptr && only_read && !reads(request)) {
    ask.refused = {405,
                   request.method + ": this service is only read",
                   {},
                   std::nullopt,
                   "method_not_allowed"};
  }
  ask.operation = entry.operation;
  ask.amounts.bytes = bytes_of(service.way, request, entry, hand.seed);
  if (request.method == "HEAD" && !hand.scripted) {
    service.head_bytes = std::max<std::int64_t>(ask.amounts.bytes, 1);
    ask.amounts.bytes = 1;
  }
  ask.script = std::make_unique<GenericScript>(service);
  return ask;
}

}  // namespace rehearse::server
