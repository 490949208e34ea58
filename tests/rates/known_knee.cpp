#include "tests/rates/known_knee.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <vector>

#include "harness/base/check.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/provider/outcome.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "harness/study/knee.hpp"
#include "mocks/latency/load_profile.hpp"
#include "mocks/sim/virtual_provider.hpp"
#include "scenarios/load.hpp"

namespace rehearse::test {
namespace {

// Virtual time without the command line: what SimPlayer does, for one thread.
class LightPlayer final : public study::Player {
 public:
  Result<engine::RunOutcome> play(const scenarios::Scenario& scenario,
                                  const engine::Options& options,
                                  engine::JobSink& sink) const override {
    study::Watch none;
    return play_watched(scenario, options, sink, none);
  }
  Result<engine::RunOutcome> play_watched(const scenarios::Scenario& scenario,
                                          const engine::Options& options, engine::JobSink& sink,
                                          study::Watch& watch) const override {
    runtime::SimRuntime rt;
    std::vector<std::unique_ptr<latency::ProviderModel>> models;
    std::vector<std::unique_ptr<sim::VirtualProvider>> providers;
    std::vector<provider::Provider*> asked;
    for (std::uint32_t i = 0; i < scenario.providers.size(); ++i) {
      const scenarios::Provider& spec = scenario.providers[i];
      auto profile = latency::load_profile(spec.profile, ".", spec.change);
      if (!profile) {
        return profile.errors();
      }
      latency::Profile changed = **profile;
      for (const study::LimitChange& change : watch.changes) {
        if (change.provider == i) {
          latency::scale_limit(changed, change.place, change.factor);
        }
      }
      std::vector<latency::StageTime> times;
      for (const scenarios::Stage& stage : scenario.stages) {
        if (stage.kind == scenarios::StageKind::Call && stage.call.time) {
          times.push_back({stage.key, *stage.call.time});
        }
      }
      const latency::ModelOptions how{.other_load_per_s = 0,
                                      .provider = hash_name(spec.name),
                                      .limits_used = latency::starts_of(watch.limits_used, i)};
      models.push_back(std::make_unique<latency::ProviderModel>(
          std::make_shared<const latency::Profile>(std::move(changed)), times, how));
      providers.push_back(std::make_unique<sim::VirtualProvider>(rt, *models.back()));
      asked.push_back(providers.back().get());
    }
    engine::RunOutcome outcome = engine::run(rt, scenario, asked, sink, options);
    for (const auto& model : models) {
      watch.uses.push_back(model->uses(rt.now()));
    }
    return outcome;
  }
  record::RunHeader header(const scenarios::Scenario& scenario, std::uint64_t seed) const override {
    record::RunHeader out;
    out.scenario = scenario.name;
    out.seed = seed;
    out.workload = scenario.workload.name;
    for (const scenarios::Stage& stage : scenario.stages) {
      record::StageInfo info;
      info.path = info.name = stage.path;
      out.stages.push_back(std::move(info));
    }
    for (const scenarios::Resource& resource : scenario.resources) {
      out.resources.push_back(resource.name);
    }
    for (int i = 0; i <= static_cast<int>(provider::Failure::Malformed); ++i) {
      out.failures.emplace_back(provider::failure_name(static_cast<provider::Failure>(i)));
    }
    return out;
  }
};

// A uniform of a system's own.
double draw(unsigned family, std::uint64_t n, unsigned index) {
  return unit_interval(mix64(mix64(family * 1000 + index) + n));
}

double between(double low, double high, double u) { return low + (high - low) * u; }

// The root of a falling function in [low, high].
template <typename F>
double root(F f, double low, double high) {
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (low + high);
    (f(middle) > 0 ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double erlang_b(unsigned servers, double load) {
  double b = 1;
  for (unsigned k = 1; k <= servers; ++k) {
    b = load * b / (k + load * b);
  }
  return b;
}

double erlang_c(unsigned servers, double load) {
  const double b = erlang_b(servers, load);
  return b / (1 - load / servers * (1 - b));
}

// P(response > t) of M/M/c with mu = 1 (Gross et al., Fundamentals of Queueing Theory, §2.3).
double response_above(unsigned c, double rate, double t) {
  const double wait = erlang_c(c, rate);
  const double spare = c - rate;
  if (std::abs(spare - 1) < 1e-9) {
    return std::exp(-t) * (1 + wait * t);
  }
  return std::exp(-t) + wait * (std::exp(-spare * t) - std::exp(-t)) / (1 - spare);
}

std::string queue_text(unsigned slots, const std::string& service, const std::string& objective,
                       const std::string& queue = "") {
  return fmt::format(R"({{ "resources": {{ "server": {{ "slots": {}{} }} }},
    "stages": {{ "work": {{ "local": {{ "io": {} }}, "uses": "server" }} }},
    "workloads": {{ "open": {{ "rate": "1/s", "jobs": 10 }} }},
    "objectives": [ "{}" ] }})",
                     slots, queue, service, objective);
}

const char* const kExponential = R"({ "exponential": "1s" })";

KnownSystem mm1(std::uint64_t n) {
  const double knee = between(0.3, 0.95, draw(0, n, 0));
  const double limit = std::log(100.0) / (1 - knee);
  return {"", queue_text(1, kExponential, fmt::format("p(99) < {:.9f}s", limit)), "open", false,
          1 - std::log(100.0) / limit};
}

KnownSystem mmc(std::uint64_t n) {
  const auto c = static_cast<unsigned>(between(2, 17, draw(1, n, 0)));
  const double at_rest = -std::log(0.05);
  const double limit = at_rest * std::exp(between(std::log(1.15), std::log(4.0), draw(1, n, 1)));
  const double knee =
      root([&](double rate) { return 0.05 - response_above(c, rate, limit); }, 0.01, c - 1e-9);
  return {"", queue_text(c, kExponential, fmt::format("p(95) < {:.9f}s", limit)), "open", false,
          knee};
}

KnownSystem erlang(std::uint64_t n) {
  const auto c = static_cast<unsigned>(between(2, 30, draw(2, n, 0)));
  const double share = std::exp(between(std::log(0.005), std::log(0.1), draw(2, n, 1)));
  const double knee = root([&](double a) { return share - erlang_b(c, a); }, 1e-6, 10.0 * c);
  return {"",
          queue_text(c, R"({ "typical": "1s", "spread": 0.5, "scale": 0.8824969 })",
                     fmt::format("errors < {:.9f}", share),
                     R"(, "queue": { "max": 0, "on_full": "reject" })"),
          "open", false, knee};
}

// Share of calls that a bucket of `size` tokens refuses: a queue of M/D/1/size, where the tokens
// that are used are who waits, and each comes back in one service. From the chain at departures,
// each cut crossed as often up as down (Gross et al., §5.1.7).
double bucket_loss(unsigned size, double load) {
  std::vector<double> more;  // P(at least m arrivals in a service)
  double term = std::exp(-load);
  const double none = term;
  double left = 1;
  for (unsigned m = 0; left > 1e-17 && m < 200; ++m) {
    more.push_back(left);
    left -= term;
    term *= load / (m + 1);
  }
  const auto at_least = [&](std::size_t m) { return m < more.size() ? more[m] : 0.0; };
  std::vector<double> seen{1};
  double sum = 1;
  for (std::size_t j = 0; j + 1 < size; ++j) {
    double up = seen[0] * at_least(j + 1);
    for (std::size_t i = j + 2 > more.size() ? j + 2 - more.size() : 0; i <= j; ++i) {
      up += i == 0 ? 0 : seen[i] * at_least(j - i + 2);
    }
    seen.push_back(up / none);
    sum += seen.back();
  }
  return 1 - 1 / (seen[0] / sum + load);
}

KnownSystem bucket(std::uint64_t n) {
  const auto rpm = static_cast<unsigned>(between(120, 2000, draw(3, n, 0)));
  const double share = std::exp(between(std::log(0.01), std::log(0.1), draw(3, n, 1)));
  return {"",
          fmt::format(R"({{ "providers": {{ "store": {{ "profile": "postgres-rest",
    "change": {{ "limits": {{ "rpm": {} }}, "capacity": null }} }} }},
    "stages": {{ "ask": {{ "call": "store.query", "time": "20ms" }} }},
    "workloads": {{ "open": {{ "rate": "1/s", "jobs": 10 }} }},
    "objectives": [ "errors < {:.9f}" ] }})",
                      rpm, share),
          "open", false,
          root([&](double load) { return share - bucket_loss(rpm, load); }, 0.5, 1.5) * rpm / 60};
}

// Mean response of a closed network of two single servers and thinking users, by exact MVA
// (Reiser and Lavenberg 1980), straight between whole numbers of users.
KnownSystem closed(std::uint64_t n) {
  const double cpu = between(0.02, 0.1, draw(4, n, 0));
  const double disk = between(0.02, 0.1, draw(4, n, 1));
  const double think = between(3, 10, draw(4, n, 2));
  const auto users = static_cast<int>(between(40, 200, draw(4, n, 3)));
  double q1 = 0;
  double q2 = 0;
  double before = 0;
  double response = 0;
  for (int i = 1; i <= users + 1; ++i) {
    const double r1 = cpu * (1 + q1);
    const double r2 = disk * (1 + q2);
    const double x = i / (think + r1 + r2);
    q1 = x * r1;
    q2 = x * r2;
    before = response;
    response = r1 + r2;
  }
  const double part = draw(4, n, 4);
  const double limit = before + part * (response - before);
  return {"",
          fmt::format(R"({{ "resources": {{ "cpu": {{}}, "disk": {{}} }}, "order": "sequential",
    "stages": {{
      "compute": {{ "local": {{ "io": {{ "exponential": "{:.9f}s" }} }}, "uses": "cpu" }},
      "store": {{ "local": {{ "io": {{ "exponential": "{:.9f}s" }} }}, "uses": "disk" }} }},
    "workloads": {{ "crowd": {{ "users": 10, "for": "1m",
                               "think": {{ "exponential": "{:.9f}s" }} }} }},
    "objectives": [ "mean < {:.9f}s" ] }})",
                      cpu, disk, think, limit),
          "crowd", true, users + part};
}

KnownSystem md1(std::uint64_t n) {
  const double knee = between(0.4, 0.95, draw(5, n, 0));
  const double limit = 1 + knee / (2 * (1 - knee));
  return {"", queue_text(1, R"("1s")", fmt::format("mean < {:.9f}s", limit)), "open", false, knee};
}

}  // namespace

std::string family_name(unsigned family) {
  static constexpr const char* kNames[kFamilies] = {
      "M/M/1, p99 of the response",        "M/M/c, p95 of the response",
      "Erlang B loss, share of errors",    "token bucket, share of errors",
      "closed network (MVA), mean, users", "M/D/1, mean of the response"};
  return kNames[family];
}

KnownSystem known_system(unsigned family, std::uint64_t n) {
  static constexpr KnownSystem (*kMake[kFamilies])(std::uint64_t) = {mm1,    mmc,    erlang,
                                                                     bucket, closed, md1};
  KnownSystem out = kMake[family](n);
  out.family = family_name(family);
  return out;
}

KneeTrial try_knee(const KnownSystem& system, std::uint64_t seed) {
  const auto file = scenarios::parse_scenario(system.scenario, "known", ".");
  if (!file) {
    fmt::print(stderr, "{}\n", file.error().text());
  }
  scenarios::Selection selection;
  selection.workload = system.workload;
  const auto scenario = scenarios::instantiate(*file, selection);
  const LightPlayer player;
  const study::LoadedSystem loaded{.scenario = *scenario, .think = {}, .changes = {}};
  auto targets = study::targets_of(*scenario, {}, 0.999);
  study::KneeOptions options;
  options.axis = system.users ? study::LoadAxis::Users : study::LoadAxis::Rate;
  options.seed = seed;
  options.threads = 1;
  const auto unloaded = study::unload(player, loaded, *targets, options);
  const auto knee = study::find_knee(player, loaded, *targets, *unloaded, options);
  KneeTrial out;
  out.truth = system.users ? std::floor(system.knee) : system.knee;
  out.probes = knee->probes;
  out.jobs = knee->jobs;
  out.found = knee->end == study::Knee::End::Found;
  out.estimate = knee->load;
  out.interval = knee->interval;
  out.covered = out.found && out.interval.contains(out.truth);
  return out;
}

}  // namespace rehearse::test
