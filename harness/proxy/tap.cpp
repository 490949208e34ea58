#include "harness/proxy/tap.hpp"

#include <algorithm>

#include "harness/proxy/request_head.hpp"

namespace rehearse::proxy {
namespace {

void keep(std::string& into, std::string_view bytes) {
  into.append(bytes.substr(0, wire::CallObserver::kMostKept - into.size()));
}

}  // namespace

Tap::Tap(std::uint64_t id, std::uint64_t connection, std::string provider, bool bodies,
         Instant started)
    : bodies_(bodies) {
  call_.id = id;
  call_.connection = connection;
  call_.provider = std::move(provider);
  call_.started = started;
}

void Tap::request_head(const MessageHead& head) {
  call_.method = head.method;
  secrets_ = secrets_of(head);
  observer_.request_head(head.method, head.target, head.headers);
}

void Tap::request_payload(std::string_view bytes) {
  observer_.request_body(bytes);
  if (bodies_) {
    keep(call_.request_body, bytes);
  }
}

void Tap::request_sent(Instant now) {
  call_.sent = since(now);
  observer_.request_end();
}

void Tap::connected(Duration took) {
  call_.new_connection = true;
  call_.connect = took;
}

void Tap::response_head(const MessageHead& head) {
  answered_ = true;
  call_.status = static_cast<std::uint16_t>(std::clamp(head.status, 0, 999));
  for (const wire::Header header : head.headers) {
    if (is_kept_header(header.name) && call_.headers.size() < 64) {
      call_.headers.emplace_back(header.name, header.value);
    }
  }
  observer_.response_head(head.status, head.headers);
}

void Tap::response_payload(std::string_view bytes) {
  payload_ += bytes.size();
  contents_ += observer_.response_body(bytes);
  if (bodies_) {
    keep(call_.response_body, bytes);
  }
}

void Tap::response_bytes(std::size_t count, Instant now) {
  call_.response_bytes += count;
  if (answered_ && call_.first_byte == Duration::zero()) {
    call_.first_byte = since(now);
  }
  if (contents_ > 0 && call_.first_content == Duration::zero()) {
    call_.first_content = since(now);
  }
  if (payload_ > 0) {
    call_.chunks.push_back({since(now), payload_, contents_});
  }
  payload_ = 0;
  contents_ = 0;
}

void Tap::ended(record::CallEnd end, std::string detail, Instant now) {
  if (over()) {
    return;
  }
  call_.end = end;
  call_.detail = std::move(detail);
  call_.done = since(now);
  if (answered_) {
    observer_.response_end();
  }
}

record::RecordedCall Tap::seen(Instant now) const {
  record::RecordedCall out = call_;
  const wire::ObservedCall& seen = observer_.call();
  const auto clean = [this](const std::string& text) { return without_secrets(text, secrets_); };
  out.path = clean(seen.path);
  out.operation = clean(seen.operation);
  out.model = clean(seen.model);
  out.size = clean(seen.size);
  out.quality = clean(seen.quality);
  out.n = seen.n;
  out.steps = seen.steps;
  out.max_tokens = seen.max_tokens;
  out.stream = seen.stream;
  out.usage_known = seen.usage_known;
  out.usage = seen.usage;
  out.usage.bytes = 0;
  for (const record::ReceivedChunk& chunk : out.chunks) {
    out.usage.bytes += static_cast<std::int64_t>(chunk.bytes);
  }
  for (auto& [name, value] : out.headers) {
    value = clean(value);
  }
  out.detail = clean(out.detail);
  out.request_body = clean(out.request_body);
  out.response_body = clean(out.response_body);
  if (!over()) {
    out.done = since(now);
  }
  return out;
}

}  // namespace rehearse::proxy
