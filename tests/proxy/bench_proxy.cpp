// What the proxy adds: direct and through it, alternated in one run. Budget: under 1 ms at p99.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

#include "tests/net/raw_server.hpp"
#include "tests/proxy/support.hpp"

namespace {

using namespace rehearse;
using Clock = std::chrono::steady_clock;

double exchange_us(test::RawClient& client) {
  const auto start = Clock::now();
  client.send("POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  client.until("answered");
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double at(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

void BM_added_by_the_proxy(benchmark::State& state) {
  test::RawServer server([](test::RawConnection& connection) {
    while (!connection.request().empty()) {
      connection.answer("answered");
    }
  });
  test::ProxyUnderTest proxy(server.url());
  test::RawClient direct(server.port());
  test::RawClient through(proxy.port());
  std::vector<double> plain;
  std::vector<double> proxied;
  for (auto _ : state) {
    plain.push_back(exchange_us(direct));
    proxied.push_back(exchange_us(through));
  }
  for (const double q : {0.5, 0.99}) {
    const std::string name = q == 0.5 ? "p50" : "p99";
    state.counters["direct_" + name + "_us"] = at(plain, q);
    state.counters["proxy_" + name + "_us"] = at(proxied, q);
    state.counters["added_" + name + "_us"] = at(proxied, q) - at(plain, q);
  }
}
BENCHMARK(BM_added_by_the_proxy)->UseRealTime();

}  // namespace
