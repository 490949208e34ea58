#include "mocks/latency/weather.hpp"

#include "tests/latency/support.hpp"

using namespace rehearse;
using namespace rehearse::latency;
using namespace rehearse::literals;

namespace {

SlowSpec spells(double share, double persistence) {
  SlowSpec slow;
  slow.share = share;
  slow.persistence = persistence;
  slow.factor = Distribution::between(2, 4);
  return slow;
}

// 1 where the slot is slow.
std::vector<double> series(const SlowSpec& slow, std::uint64_t seed, std::size_t slots) {
  Weather weather(slow, 7);
  std::vector<double> out;
  for (std::size_t i = 0; i < slots; ++i) {
    const auto at = Instant() + slow.slot * static_cast<double>(i);
    out.push_back(weather.factor(seed, at) > 1 ? 1 : 0);
  }
  return out;
}

double mean(const std::vector<double>& v) {
  double sum = 0;
  for (const double x : v) {
    sum += x;
  }
  return sum / static_cast<double>(v.size());
}

double correlation(const std::vector<double>& v, std::size_t lag) {
  const double m = mean(v);
  double top = 0;
  double bottom = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    bottom += (v[i] - m) * (v[i] - m);
    top += i + lag < v.size() ? (v[i] - m) * (v[i + lag] - m) : 0;
  }
  return top / bottom;
}

}  // namespace

TEST_CASE("slow weather keeps its share and is correlated as far as it says") {
  const std::vector<double> v = series(spells(0.2, 0.9), 1, 40'000);
  // 40,000 slots at correlation 0.9 are worth 40,000 (1 - 0.9)/(1 + 0.9): s.e. of the share 0.0087.
  CHECK(mean(v) == Approx(0.2).margin(3 * 0.0087));
  CHECK(correlation(v, 1) == Approx(0.9).margin(0.03));
  CHECK(correlation(v, 10) == Approx(0.35).margin(0.06));
  CHECK(std::fabs(correlation(v, 100)) < 0.06);
  const std::vector<double> plain = series(spells(0.2, 0), 1, 40'000);
  CHECK(std::fabs(correlation(plain, 1)) < 0.02);
}

TEST_CASE("the weather of an hour is the same whoever asks, and when, and in which order") {
  const SlowSpec slow = spells(0.3, 0.95);
  Weather forward(slow, 7);
  std::vector<double> there;
  for (int i = 0; i < 500; ++i) {
    there.push_back(forward.factor(3, Instant() + Duration::seconds(60 * i)));
  }
  Weather backward(slow, 7);
  for (int i = 500; i-- > 0;) {
    CHECK(backward.factor(3, Instant() + Duration::seconds(60 * i + 59)) ==
          there[static_cast<std::size_t>(i)]);
  }
  CHECK(series(slow, 3, 500) != series(slow, 4, 500));
}

TEST_CASE("a spell has one factor, and its mean length is what the profile says") {
  const auto profile = profile_of(R"({ "ask": { "time": "1s" } })",
                                  R"(, "slow": { "share": 0.2, "slot": "60s", "lasts": "25m",
                   "factor": { "between": [2, 4] } })");
  CHECK(profile->slow.persistence == Approx(1 - 60 / (0.8 * 1500)));
  Weather weather(profile->slow, 1);
  double slots = 0;
  double spells_seen = 0;
  double before = 1;
  for (int i = 0; i < 60'000; ++i) {
    const double now = weather.factor(1, Instant() + Duration::seconds(60 * i));
    slots += now > 1 ? 1 : 0;
    // Two spells may touch: then their factors differ.
    spells_seen += now > 1 && before == 1 ? 1 : 0;
    before = now;
  }
  CHECK(slots / spells_seen == Approx(25).epsilon(0.2));
}

TEST_CASE("a slow spell shorter than independent slots make it is refused") {
  const auto made = try_profile(R"({ "dated": "2026-11-21", "prices": "free",
    "slow": { "share": 0.5, "slot": "60s", "lasts": "90s" },
    "operations": { "a": { "time": "1s" } } })");
  REQUIRE(!made);
  CHECK(made.error().text().find("/slow/lasts") != std::string::npos);
}
