#include <algorithm>
#include <charconv>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "mocks/script/content.hpp"
#include "mocks/script/text.hpp"
#include "mocks/server/ask.hpp"

namespace rehearse::server {
namespace {

constexpr std::int64_t kMostBytes = 64 << 20;

// A JSON object of about the bytes that the call moves; a short one where they went up.
class GenericScript final : public Script {
 public:
  explicit GenericScript(bool upload) : upload_(upload) {}

  wire::Response whole(const latency::Plan& plan) override {
    std::string body = R"({"ok":true,"id":")" + script::make_id("", content, 16) + "\"";
    const std::int64_t rest =
        std::min(plan.usage.bytes, kMostBytes) - static_cast<std::int64_t>(body.size()) - 11;
    if (!upload_ && rest > 0) {
      body += R"(,"data":")" + script::filler_text(content, (rest + 3) / 4) + "\"";
    } else if (upload_) {
      body += ",\"bytes\":" + std::to_string(plan.usage.bytes);
    }
    return wire::json_response(200, body + "}");
  }
  bool heavy(const latency::Plan& plan) const override {
    return !upload_ && plan.usage.bytes > (1 << 20);
  }

 private:
  bool upload_;
};

bool is_upward(std::string_view operation) {
  return operation == "upload" || operation == "insert";
}

bool offers(const latency::Profile& profile, std::string_view operation) {
  return profile.find(operation, "") != nullptr;
}

// The operation that the path names in one of its segments, else the one that the method suggests.
std::string operation_of(const wire::Request& request, std::string_view path,
                         const latency::Profile& profile) {
  for (std::string_view rest = path; !rest.empty();) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    if (!segment.empty() && offers(profile, segment)) {
      return std::string(segment);
    }
    rest.remove_prefix(segment.size());
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads) {
    const std::string type = wire::media_type(request.headers.get("content-type"));
    const bool raw = !type.empty() && !type.ends_with("json") && !request.body.empty();
    for (const std::string_view name : {raw ? "upload" : "insert", "insert", "upload"}) {
      if (offers(profile, name)) {
        return std::string(name);
      }
    }
  }
  for (const latency::Entry& entry : profile.entries) {
    if (!is_upward(entry.operation)) {
      return entry.operation;
    }
  }
  return profile.entries.front().operation;
}

}  // namespace

Result<Ask> ask_generic(const wire::Request& request, std::string_view path,
                        const Stagehand& hand) {
  Ask ask;
  ask.operation = operation_of(request, path, hand.profile);
  const bool upload = is_upward(ask.operation);
  if (upload) {
    ask.amounts.bytes = static_cast<std::int64_t>(request.body.size());
  } else if (const latency::Entry* entry = hand.profile.find(ask.operation, "")) {
    // The same question gets the same answer, so its size is drawn from the question.
    const std::uint64_t bits =
        mix64(script::content_key(hand.seed, request.target) ^ hash_name(request.body));
    ask.amounts.bytes = static_cast<std::int64_t>(
        std::min(entry->bytes.quantile(unit_interval(bits)), static_cast<double>(kMostBytes)));
  }
  ask.script = std::make_unique<GenericScript>(upload);
  return ask;
}

}  // namespace rehearse::server
