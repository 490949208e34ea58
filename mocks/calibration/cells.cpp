#include "mocks/calibration/cells.hpp"

#include <fmt/format.h>

#include <map>

#include "harness/stats/quantile.hpp"

namespace rehearse::calibration {
namespace {

constexpr double kMuch = 1.5;               // the 90th percentile over the 10th
constexpr std::size_t kFewestInThird = 72;  // of all calls; half of them are held out

using Holds = std::function<bool(const TimedCall&)>;
using Tokens = std::int64_t TimedCall::*;

void add_metrics(const std::string& name, const Holds& holds, bool streams, bool wholes,
                 std::vector<CellRule>& out) {
  if (streams) {
    const Holds streamed = [holds](const TimedCall& call) { return call.stream && holds(call); };
    out.push_back(
        {name, "first_token", streamed, [](const TimedCall& call) { return call.first_s; }});
    out.push_back({name, "pace", streamed, [](const TimedCall& call) { return call.pace_s(); }});
    out.push_back({name, "total", streamed, [](const TimedCall& call) { return call.total_s; }});
  }
  if (wholes) {
    const Holds whole = [holds](const TimedCall& call) { return !call.stream && holds(call); };
    out.push_back({name + (streams ? ", whole" : ""), "total", whole,
                   [](const TimedCall& call) { return call.total_s; }});
  }
}

void add_thirds(const std::string& name, const Holds& holds, Tokens tokens, std::string_view word,
                const std::vector<const TimedCall*>& members, std::vector<CellRule>& out) {
  std::vector<double> values;
  bool streams = false;
  bool wholes = false;
  for (const TimedCall* call : members) {
    values.push_back(static_cast<double>(call->*tokens));
    streams = streams || call->stream;
    wholes = wholes || !call->stream;
  }
  values = stats::sorted(values);
  const double low = *stats::sorted_quantile(values, 0.1);
  const double high = *stats::sorted_quantile(values, 0.9);
  if (values.size() < 3 * kFewestInThird || low <= 0 || high < kMuch * low) {
    return;
  }
  const auto first = static_cast<std::int64_t>(*stats::sorted_quantile(values, 1.0 / 3));
  const auto second = static_cast<std::int64_t>(*stats::sorted_quantile(values, 2.0 / 3));
  const std::int64_t ends[] = {-1, first, second, INT64_MAX};
  const std::string names[] = {fmt::format("{}, {} to {}", name, word, first),
                               fmt::format("{}, {} {} to {}", name, word, first + 1, second),
                               fmt::format("{}, {} from {}", name, word, second + 1)};
  for (int i = 0; i < 3; ++i) {
    const std::int64_t above = ends[i];
    const std::int64_t to = ends[i + 1];
    add_metrics(
        names[i],
        [holds, tokens, above, to](const TimedCall& call) {
          return holds(call) && call.*tokens > above && call.*tokens <= to;
        },
        streams, wholes, out);
  }
}

}  // namespace

std::vector<double> CellRule::values_of(const std::vector<TimedCall>& calls) const {
  std::vector<double> out;
  for (const TimedCall& call : calls) {
    const double one = holds(call) ? value(call) : -1;
    if (one >= 0) {
      out.push_back(one);
    }
  }
  return out;
}

std::vector<CellRule> cells_of(const std::vector<TimedCall>& calls) {
  std::map<std::pair<std::string, std::string>, std::vector<const TimedCall*>> groups;
  for (const TimedCall& call : calls) {
    groups[{call.operation, call.model}].push_back(&call);
  }
  std::vector<CellRule> out;
  for (const auto& [key, members] : groups) {
    const auto& [operation, model] = key;
    const std::string name = operation + (model.empty() ? "" : " " + model);
    const Holds holds = [only = key](const TimedCall& call) {
      return call.operation == only.first && call.model == only.second;
    };
    bool streams = false;
    bool wholes = false;
    for (const TimedCall* call : members) {
      streams = streams || call->stream;
      wholes = wholes || !call->stream;
    }
    add_metrics(name, holds, streams, wholes, out);
    add_thirds(name, holds, &TimedCall::input_tokens, "input", members, out);
    add_thirds(name, holds, &TimedCall::output_tokens, "output", members, out);
  }
  return out;
}

}  // namespace rehearse::calibration
