#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/perf/server/loads.hpp"
#include "tests/perf/server/schedule.hpp"
#include "tests/perf/server/wires.hpp"

namespace rehearse::perf {
namespace {

constexpr std::string_view kEnd = "\r\n0\r\n\r\n";  // of an answer in chunks

// One stream: asks, counts the tokens that come, asks again.
struct Stream {
  explicit Stream(const Address& address) : wire(address) {}
  Wire wire;
  std::uint64_t index = 0;
  PlannedCall call;
  std::int64_t start_ns = 0;  // of its first request
  std::int64_t sent_ns = 0;   // of this one; 0: none under way
  std::uint32_t tokens = 0;   // of this one that have come
  std::uint64_t calls = 0;
  bool good = false;   // answered with 200
  std::string behind;  // the last bytes that came: a mark may stand across two reads
};

struct Plan {
  std::string target, body, marker;
  std::uint64_t streams = 0;
  double warm_up_s = 0, seconds = 0;
  Beat beat;
};

class StreamLoad {
 public:
  StreamLoad(const Plan& plan, Address address, std::unique_ptr<Schedule> schedule, int server_pid)
      : plan_(plan),
        address_(std::move(address)),
        schedule_(std::move(schedule)),
        server_pid_(server_pid) {}

  void run() {
    const std::int64_t before_kb = use_of(server_pid_).resident_kb;
    connect();
    const std::int64_t begin = wall_ns();
    from_ns_ = begin + static_cast<std::int64_t>(plan_.warm_up_s * 1e9);
    to_ns_ = from_ns_ + static_cast<std::int64_t>(plan_.seconds * 1e9);
    // Starts are spread over the time that one stream takes.
    const std::int64_t cycle = plan_.beat.first_ns + plan_.beat.gap_ns * (plan_.beat.tokens - 1);
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      streams_[i]->start_ns =
          begin + cycle * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(streams_.size());
    }
    std::optional<Window> window;
    std::size_t started = 0;
    for (std::int64_t now = begin; now < to_ns_; now = wall_ns()) {
      while (started < streams_.size() && streams_[started]->start_ns <= now) {
        ask(*streams_[started++]);
      }
      if (!window && now >= from_ns_) {
        window.emplace(server_pid_);
      }
      for (void* tag : poll_.wait(1)) {
        read(*static_cast<Stream*>(tag));
      }
    }
    window->end();
    report(*window, use_of(server_pid_).resident_kb - before_kb);
  }

 private:
  void connect() {
    for (std::uint64_t i = 0; i < plan_.streams; ++i) {
      streams_.push_back(std::make_unique<Stream>(address_));
      streams_.back()->index = i;
      streams_.back()->wire.set_non_blocking();
      poll_.add(streams_.back()->wire, streams_.back().get());
    }
  }

  void ask(Stream& stream) {
    schedule_->plan(stream.call, stream.index * 10'000 + stream.calls++);
    stream.tokens = 0;
    stream.good = false;
    stream.behind.clear();
    const std::string request =
        "POST " + plan_.target + " HTTP/1.1\r\nhost: " + address_.host +
        "\r\ncontent-type: application/json\r\nauthorization: Bearer none\r\n" +
        stream.call.headers + "content-length: " + std::to_string(plan_.body.size()) + "\r\n\r\n" +
        plan_.body;
    stream.sent_ns = wall_ns();
    stream.wire.send(request);
  }

  void read(Stream& stream) {
    std::int64_t stamp = 0;
    const std::size_t kept = stream.behind.size();
    std::memcpy(buffer_.data(), stream.behind.data(), kept);
    const long count = stream.wire.receive(buffer_.data() + kept, buffer_.size() - kept, stamp);
    if (count <= 0) {
      broken_ += count == 0 ? 1 : 0;
      if (count == 0) {
        stream.wire.close();
      }
      return;
    }
    const std::string_view all(buffer_.data(), kept + static_cast<std::size_t>(count));
    if (!stream.good && kept == 0) {
      stream.good = all.starts_with("HTTP/1.1 200");
      refused_ += stream.good ? 0 : 1;
    }
    count_tokens(stream, all, stamp);
    const bool ended = all.ends_with(kEnd);
    stream.behind.assign(all.substr(all.size() - std::min(all.size(), plan_.marker.size())));
    if (ended) {
      missing_ += stream.tokens < plan_.beat.tokens ? 1 : 0;
      ask(stream);
    }
  }

  void count_tokens(Stream& stream, std::string_view all, std::int64_t stamp) {
    const std::size_t size = plan_.marker.size();
    for (std::size_t at = all.find(plan_.marker); at != std::string_view::npos;
         at = all.find(plan_.marker, at + size)) {
      if (at + size >= all.size()) {
        return;  // its next byte decides; the mark stays behind
      }
      if (all[at + size] == '"') {
        continue;  // an empty text is no token
      }
      const std::int64_t due = stream.sent_ns + schedule_->due_ns(stream.call, stream.tokens++);
      if (stamp >= from_ns_ && stamp < to_ns_) {
        ++received_;
        errors_ms_.push_back(static_cast<double>(stamp - due) * 1e-6);
      }
    }
  }

  void report(const Window& window, std::int64_t more_kb) {
    const double early =
        errors_ms_.empty() ? 0 : *std::min_element(errors_ms_.begin(), errors_ms_.end());
    for (double& error : errors_ms_) {
      error = std::abs(error);
    }
    const auto tokens = static_cast<double>(received_);
    const auto streams = static_cast<double>(streams_.size());
    Line()
        .number("streams", streams)
        .number("tokens_per_s", tokens / window.seconds())
        .number("error_p50_ms", quantile(errors_ms_, 0.5))
        .number("error_p99_ms", quantile(errors_ms_, 0.99))
        .number("error_max_ms", quantile(errors_ms_, 1))
        .number("earliest_ms", early)
        .number("server_cpu", window.server_cpu_s() / window.seconds())
        .number("us_per_token", window.server_cpu_s() * 1e6 / std::max(tokens, 1.0))
        .number("client_cpu", window.client_cpu_s() / window.seconds())
        .number("kb_per_stream", static_cast<double>(more_kb) / std::max(streams, 1.0))
        .number("refused", static_cast<double>(refused_))
        .number("broken", static_cast<double>(broken_))
        .number("short", static_cast<double>(missing_))
        .number("others", window.others())
        .print();
  }

  Plan plan_;
  Address address_;
  std::unique_ptr<Schedule> schedule_;
  int server_pid_;
  Poll poll_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::vector<char> buffer_ = std::vector<char>(64u << 10);
  std::int64_t from_ns_ = 0, to_ns_ = 0;
  std::vector<double> errors_ms_;
  std::uint64_t received_ = 0, refused_ = 0, broken_ = 0, missing_ = 0;
};

}  // namespace

void run_streams(const Flags& flags) {
  Plan plan;
  plan.target = flags.text("target", "/v1/chat/completions");
  plan.marker = flags.text("marker", "\"content\":\"");
  plan.streams = static_cast<std::uint64_t>(flags.number("streams", 100));
  plan.warm_up_s = flags.number("warm-up", 2.4);
  plan.seconds = flags.number("seconds", 4);
  plan.beat.first_ns = static_cast<std::int64_t>(flags.number("first-ms", 100) * 1e6);
  plan.beat.gap_ns = static_cast<std::int64_t>(flags.number("gap-ms", 20) * 1e6);
  plan.beat.tokens = static_cast<std::int64_t>(flags.number("tokens", 100));
  plan.body = flags.text("body", R"({"model":"gpt-4o-mini","stream":true,"max_tokens":)" +
                                     std::to_string(plan.beat.tokens) +
                                     R"(,"messages":[{"role":"user","content":"Tell a story."}]})");
  const std::string profile = flags.text("profile");
  auto schedule = profile.empty() ? steady(plan.beat) : modelled(profile, plan.beat);
  StreamLoad(plan, address_of(flags.text("url")), std::move(schedule),
             static_cast<int>(flags.number("pid", 0)))
      .run();
}

}  // namespace rehearse::perf
