#include <string>
#include <vector>

#include "tests/perf/server/loads.hpp"
#include "tests/perf/server/wires.hpp"

namespace rehearse::perf {
namespace {

// So many requests, one after the other; milliseconds each.
std::vector<double> probe(const Address& address, const std::string& request, int times) {
  std::vector<double> out;
  Wire wire(address);
  for (int i = 0; i < times; ++i) {
    const std::int64_t start = wall_ns();
    wire.send(request);
    wire.until("}");
    out.push_back(static_cast<double>(wall_ns() - start) * 1e-6);
  }
  return out;
}

}  // namespace

void run_idle(const Flags& flags) {
  const Address address = address_of(flags.text("url"));
  const int pid = static_cast<int>(flags.number("pid", 0));
  const std::string request = "GET " + flags.text("target", "/__rehearse/health") +
                              " HTTP/1.1\r\nhost: " + address.host + "\r\n\r\n";
  constexpr int kProbes = 500;
  std::vector<double> alone = probe(address, request, kProbes);
  const std::int64_t before_kb = use_of(pid).resident_kb;
  std::vector<Wire> idle;
  for (int i = 0; i < static_cast<int>(flags.number("connections", 10'000)); ++i) {
    idle.emplace_back(address);
    idle.back().send(request);
    idle.back().until("}");
  }
  const std::int64_t held_kb = use_of(pid).resident_kb;
  Window window(pid);
  std::vector<double> beside = probe(address, request, kProbes);
  window.end();
  Line()
      .number("connections", static_cast<double>(idle.size()))
      .number("resident_mb", static_cast<double>(held_kb) * 1.024e-3)
      .number("kb_per_connection",
              static_cast<double>(held_kb - before_kb) / static_cast<double>(idle.size()))
      .number("alone_p50_ms", quantile(alone, 0.5))
      .number("alone_p99_ms", quantile(alone, 0.99))
      .number("beside_p50_ms", quantile(beside, 0.5))
      .number("beside_p99_ms", quantile(beside, 0.99))
      .number("others", window.others())
      .print();
}

}  // namespace rehearse::perf
