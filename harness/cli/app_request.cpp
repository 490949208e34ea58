#include "harness/cli/app_request.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/write.hpp"
#include "harness/provider/status.hpp"

namespace rehearse::cli {
namespace {

constexpr std::size_t kMostKept = 200;  // of an error's body

// Every text of a JSON value filled in.
json::Value filled(const json::Value& value,
                   const std::function<std::string(const std::string&)>& fill) {
  if (value.is_string()) {
    return json::Value(fill(value.as_string()));
  }
  if (value.is_array()) {
    std::vector<json::Value> out;
    for (const json::Value& item : value.items()) {
      out.push_back(filled(item, fill));
    }
    return json::Value(std::move(out));
  }
  if (value.is_object()) {
    json::Value out = json::Value::object();
    for (const json::Member& member : value.members()) {
      out.set(member.key, filled(member.value, fill));
    }
    return out;
  }
  return value;
}

// Keeps what a failure says; the rest of an answer is read and forgotten.
class Answer final : public net::ResponseSink {
 public:
  explicit Answer(runtime::Runtime& runtime) : runtime_(runtime) {}
  void on_head(int status, const wire::Headers&) override { status_ = status; }
  bool on_body(std::string_view bytes) override {
    if (first_ == Instant::never()) {
      first_ = runtime_.now();
    }
    if (status_ >= 300 && text_.size() < kMostKept) {
      text_ += bytes.substr(0, kMostKept - text_.size());
    }
    return true;
  }
  Instant first() const { return first_; }
  const std::string& text() const { return text_; }

 private:
  runtime::Runtime& runtime_;
  int status_ = 0;
  Instant first_ = Instant::never();
  std::string text_;
};

}  // namespace

Result<net::ClientRequest> app_request(const scenarios::App& app,
                                       const std::function<std::string(const std::string&)>& fill) {
  const auto url = net::parse_url(fill(app.url));
  if (!url) {
    return url.errors();
  }
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (app.method.empty() || !std::all_of(app.method.begin(), app.method.end(), is_capital)) {
    return Error{"app",
                 "expected an HTTP method such as POST, found " + quoted_excerpt(app.method)};
  }
  wire::Request request;
  request.method = app.method;
  request.target = url->path.empty() ? "/" : url->path;
  request.headers.add("User-Agent", "rehearse/0.1");
  if (!app.body.is_null()) {
    request.headers.add("Content-Type", "application/json");
    request.body = json::dump(filled(app.body, fill));
  }
  return net::ClientRequest::make(url->origin, request);
}

runtime::Task<provider::Outcome> run_request(net::AsioRuntime& runtime, net::HttpClient& client,
                                             const net::ClientRequest& request,
                                             runtime::StopToken stop) {
  provider::Outcome outcome;
  outcome.started = runtime.now();
  Answer answer(runtime);
  const net::Exchange exchange = co_await client.exchange(request, answer, stop);
  outcome.done = exchange.done;
  outcome.first_chunk = std::min(answer.first(), exchange.done);
  outcome.status = static_cast<std::uint16_t>(exchange.status);
  outcome.failure = exchange.failure;
  outcome.detail = exchange.detail;
  if (exchange.failure == provider::Failure::None) {
    outcome.failure = provider::failure_of_status(outcome.status);
    outcome.should_retry = provider::is_transient_status(outcome.status);
    if (!outcome.ok()) {
      outcome.detail = "answered with HTTP " + std::to_string(outcome.status) +
                       (answer.text().empty() ? "" : ": " + terminal_safe(answer.text()));
    }
  }
  co_return outcome;
}

}  // namespace rehearse::cli
