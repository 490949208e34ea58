#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/perf/server/loads.hpp"
#include "tests/perf/server/wires.hpp"

namespace rehearse::perf {
namespace {

struct Asker {
  explicit Asker(const Address& address) : wire(address) {}
  Wire wire;
  AnswerReader answer;
  std::int64_t sent_ns = 0;
};

std::string request_of(const Flags& flags, const Address& address) {
  const std::string body = flags.text("body");
  const std::string target = flags.text("target", "/");
  std::string out = (body.empty() ? "GET " : "POST ") + target +
                    " HTTP/1.1\r\nhost: " + address.host + "\r\n" + flags.text("header");
  out += flags.text("header").empty() ? "" : "\r\n";
  if (!body.empty()) {
    out +=
        "content-type: application/json\r\ncontent-length: " + std::to_string(body.size()) + "\r\n";
  }
  return out + "\r\n" + body;
}

}  // namespace

void run_requests(const Flags& flags) {
  const Address address = address_of(flags.text("url"));
  const std::string request = request_of(flags, address);
  const int pid = static_cast<int>(flags.number("pid", 0));
  Poll poll;
  std::vector<std::unique_ptr<Asker>> askers;
  const auto ask = [&request](Asker& asker) {
    asker.answer.reset();
    asker.sent_ns = wall_ns();
    asker.wire.send(request);
  };
  for (int i = 0; i < static_cast<int>(flags.number("connections", 64)); ++i) {
    askers.push_back(std::make_unique<Asker>(address));
    askers.back()->wire.set_non_blocking();
    poll.add(askers.back()->wire, askers.back().get());
    ask(*askers.back());
  }
  std::vector<char> buffer(256u << 10);
  std::vector<double> took_ms;
  double bytes = 0;
  std::uint64_t bad = 0;
  const std::int64_t begin = wall_ns();
  const std::int64_t from = begin + static_cast<std::int64_t>(flags.number("warm-up", 1) * 1e9);
  const std::int64_t to = from + static_cast<std::int64_t>(flags.number("seconds", 3) * 1e9);
  std::optional<Window> window;
  for (std::int64_t now = begin; now < to; now = wall_ns()) {
    if (!window && now >= from) {
      window.emplace(pid);
    }
    for (void* tag : poll.wait(100)) {
      Asker& asker = *static_cast<Asker*>(tag);
      std::int64_t stamp = 0;
      const long count = asker.wire.receive(buffer.data(), buffer.size(), stamp);
      if (count == 0) {
        ++bad;
        asker.wire.close();
      }
      if (count <= 0 || !asker.answer.feed({buffer.data(), static_cast<std::size_t>(count)})) {
        continue;
      }
      bad += asker.answer.status() == 200 ? 0u : 1u;
      if (window) {
        took_ms.push_back(static_cast<double>(wall_ns() - asker.sent_ns) * 1e-6);
        bytes += static_cast<double>(asker.answer.body_bytes());
      }
      ask(asker);
    }
  }
  window->end();
  const auto answers = static_cast<double>(took_ms.size());
  Line()
      .number("requests_per_s", answers / window->seconds())
      .number("ms_per_1000", window->server_cpu_s() * 1e6 / answers)
      .number("mb_per_s", bytes * 1e-6 / window->seconds())
      .number("body_bytes", bytes / answers)
      .number("p50_ms", quantile(took_ms, 0.5))
      .number("p99_ms", quantile(took_ms, 0.99))
      .number("server_cpu", window->server_cpu_s() / window->seconds())
      .number("client_cpu", window->client_cpu_s() / window->seconds())
      .number("bad", static_cast<double>(bad))
      .number("others", window->others())
      .print();
}

}  // namespace rehearse::perf
