#include "mocks/calibration/fit.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "harness/stats/quantile.hpp"
#include "mocks/calibration/dependence.hpp"
#include "mocks/calibration/knots.hpp"
#include "mocks/calibration/weather.hpp"

namespace rehearse::calibration {
namespace {

using Calls = std::vector<const TimedCall*>;
using Measure = double (*)(const TimedCall&);

constexpr std::size_t kFewestForSlope = 60;
constexpr std::size_t kFewestStreams = 20;

double median_of(std::vector<double> values) {
  return values.empty() ? 0 : *stats::sorted_quantile(stats::sorted(values), 0.5);
}

// How much `y` grows with `x`: between the medians of the lowest and the highest third; 0 where x
// hardly varies, or the difference drowns in the scatter.
double slope_of(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() < kFewestForSlope) {
    return 0;
  }
  const std::vector<double> ascending = stats::sorted(x);
  const double low = *stats::sorted_quantile(ascending, 1.0 / 3);
  const double high = *stats::sorted_quantile(ascending, 2.0 / 3);
  std::vector<double> low_x, low_y, high_x, high_y;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] <= low) {
      low_x.push_back(x[i]);
      low_y.push_back(y[i]);
    }
    if (x[i] > high) {
      high_x.push_back(x[i]);
      high_y.push_back(y[i]);
    }
  }
  if (high_x.empty() || median_of(high_x) < 1.3 * median_of(low_x)) {
    return 0;
  }
  const std::vector<double> spread = stats::sorted(low_y);
  const double scatter =
      *stats::sorted_quantile(spread, 0.75) - *stats::sorted_quantile(spread, 0.25);
  const double rise = median_of(high_y) - median_of(low_y);
  const double error = 1.7 * scatter / std::sqrt(static_cast<double>(low_y.size()));
  return rise > 2 * error ? rise / (median_of(high_x) - median_of(low_x)) : 0;
}

std::vector<double> all(const Calls& calls, Measure measure) {
  std::vector<double> out;
  for (const TimedCall* call : calls) {
    out.push_back(measure(*call));
  }
  return out;
}

std::vector<double> positive(const Calls& calls, Measure measure) {
  std::vector<double> out;
  for (const TimedCall* call : calls) {
    if (const double value = measure(*call); value > 0) {
      out.push_back(value);
    }
  }
  return out;
}

// What is left of y without slope × x; at least a twentieth of y, so that it stays a time.
std::vector<double> without(const std::vector<double>& y, const std::vector<double>& x,
                            double slope) {
  std::vector<double> out;
  for (std::size_t i = 0; i < y.size(); ++i) {
    out.push_back(std::max(y[i] - slope * x[i], y[i] / 20));
  }
  return out;
}

void set_amount(json::Value& entry, std::string_view key, std::vector<double> values) {
  if (!values.empty()) {
    entry.set(key, amount_knots(std::move(values)));
  }
}

double input_of(const TimedCall& call) { return static_cast<double>(call.input_tokens); }
double output_of(const TimedCall& call) { return static_cast<double>(call.output_tokens); }
double units_of(const TimedCall& call) {
  return static_cast<double>(std::max<std::int64_t>(call.output_tokens - 1, 0));
}
double first_of(const TimedCall& call) { return call.first_s; }
double total_of(const TimedCall& call) { return call.total_s; }
double tokens_per_chunk_of(const TimedCall& call) {
  return call.chunks > 0 && call.output_tokens > 0
             ? static_cast<double>(call.output_tokens) / static_cast<double>(call.chunks)
             : 0;
}

// How first tokens (what is left of them without the input) and paces of the same calls go
// together.
void set_dependence(json::Value& entry, const Calls& calls, const std::vector<double>& first) {
  std::vector<double> firsts;
  std::vector<double> paces;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (const double pace = calls[i]->pace_s(); pace > 0) {
      firsts.push_back(first[i]);
      paces.push_back(pace);
    }
  }
  if (auto shares = dependence_of(firsts, paces)) {
    entry.set("pace_given_first", std::move(*shares));
  }
}

json::Value fit_chat(const Calls& calls) {
  Calls streams;
  Calls wholes;
  for (const TimedCall* call : calls) {
    (call->stream ? streams : wholes).push_back(call);
  }
  json::Value entry = json::Value::object();
  const bool streamed = streams.size() >= kFewestStreams || wholes.empty();
  const Calls& used = streamed ? streams : wholes;
  const std::vector<double> input = all(used, input_of);
  std::vector<double> first;
  if (streamed) {
    first = all(used, first_of);
    std::vector<double> pace = positive(used, [](const TimedCall& call) { return call.pace_s(); });
    entry.set("per_output_token", pace.empty() ? json::Value(0) : time_knots(std::move(pace)));
    set_amount(entry, "tokens_per_chunk", positive(used, tokens_per_chunk_of));
  } else {
    const std::vector<double> total = all(used, total_of);
    const std::vector<double> units = all(used, units_of);
    const double pace = slope_of(units, total);
    first = without(total, units, pace);
    entry.set("per_output_token", time_knots({pace}));
  }
  const double per_input = slope_of(input, first);
  if (per_input > 1e-9) {
    first = without(first, input, per_input);
    entry.set("per_input_token", duration_text(Duration::from_seconds(per_input)));
  }
  if (streamed) {
    set_dependence(entry, used, first);
  }
  entry.set("first_token", time_knots(std::move(first)));
  set_amount(entry, "input_tokens", positive(calls, input_of));
  set_amount(entry, "output_tokens", positive(calls, output_of));
  return entry;
}

json::Value fit_embedding(const Calls& calls) {
  json::Value entry = json::Value::object();
  const std::vector<double> input = all(calls, input_of);
  std::vector<double> total = all(calls, total_of);
  const double slope = slope_of(input, total);
  if (slope > 1e-9) {
    total = without(total, input, slope);
    entry.set("per_input_token", duration_text(Duration::from_seconds(slope)));
  }
  entry.set("time", time_knots(std::move(total)));
  set_amount(entry, "input_tokens", positive(calls, input_of));
  return entry;
}

// Times at the commonest size; other sizes by the ratio of medians.
json::Value fit_image(const Calls& calls) {
  std::map<std::string, std::vector<double>> sizes;
  for (const TimedCall* call : calls) {
    sizes[call->size].push_back(call->total_s / static_cast<double>(call->n));
  }
  const auto commonest = std::max_element(
      sizes.begin(), sizes.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  const double base = median_of(commonest->second);
  json::Value entry = json::Value::object();
  json::Value factors = json::Value::object();
  std::vector<double> times;
  for (const auto& [size, values] : sizes) {
    const double factor = base > 0 ? std::clamp(median_of(values) / base, 1e-3, 1e3) : 1;
    for (const double value : values) {
      times.push_back(value / factor);
    }
    if (!size.empty()) {
      factors.set(size, factor);
    }
  }
  entry.set("time", time_knots(std::move(times)));
  if (!commonest->first.empty()) {
    entry.set("size", commonest->first);
  }
  if (!factors.members().empty()) {
    entry.set("sizes", std::move(factors));
  }
  return entry;
}

json::Value fit_speech(const Calls& calls) {
  json::Value entry = json::Value::object();
  const auto characters = [](const TimedCall& call) {
    return static_cast<double>(call.characters);
  };
  const std::vector<double> length = all(calls, characters);
  std::vector<double> total = all(calls, total_of);
  const double slope = slope_of(length, total);
  if (slope > 1e-9) {
    total = without(total, length, slope);
    entry.set("per_character", duration_text(Duration::from_seconds(slope)));
  }
  entry.set("first_byte", time_knots(std::move(total)));
  set_amount(entry, "characters", positive(calls, characters));
  return entry;
}

json::Value fit_generic(const Calls& calls) {
  json::Value entry = json::Value::object();
  entry.set("time", time_knots(all(calls, total_of)));
  set_amount(entry, "bytes", positive(calls, [](const TimedCall& call) {
               return static_cast<double>(call.bytes);
             }));
  return entry;
}

std::string_view kind_of(std::string_view operation) {
  for (const std::string_view kind : {"chat", "image", "speech", "transcription", "embedding"}) {
    if (operation == kind) {
      return kind;
    }
  }
  return operation == "responses" ? "chat" : "generic";
}

json::Value fit_entry(std::string_view kind, const Calls& calls) {
  json::Value entry = kind == "chat"        ? fit_chat(calls)
                      : kind == "embedding" ? fit_embedding(calls)
                      : kind == "image"     ? fit_image(calls)
                      : kind == "speech"    ? fit_speech(calls)
                                            : fit_generic(calls);
  if (kind == "transcription") {
    entry.erase("bytes");
  }
  return entry;
}

using Groups = std::map<std::string, std::map<std::string, Calls>>;  // operation → model → calls

Groups group(const std::vector<TimedCall>& calls) {
  Groups out;
  for (const TimedCall& call : calls) {
    out[call.operation][call.model].push_back(&call);
  }
  return out;
}

// The logarithm of each call's time over what is usual for such a call.
std::vector<double> residuals_of(const std::vector<TimedCall>& calls) {
  std::map<const TimedCall*, double> usual;
  for (const auto& [operation, models] : group(calls)) {
    for (const auto& [model, members] : models) {
      const double pace =
          median_of(positive(members, [](const TimedCall& call) { return call.pace_s(); }));
      std::vector<double> rest;
      for (const TimedCall* call : members) {
        rest.push_back(call->stream ? call->first_s : call->total_s);
      }
      const double base = median_of(rest);
      for (const TimedCall* call : members) {
        usual[call] = base + (call->stream ? pace * units_of(*call) : 0);
      }
    }
  }
  std::vector<double> out;
  for (const TimedCall& call : calls) {
    out.push_back(std::log(std::max(call.total_s, 1e-9) / std::max(usual[&call], 1e-9)));
  }
  return out;
}

json::Value faults_of(const CallTable& table) {
  json::Value out = json::Value::object();
  const double all_calls = static_cast<double>(table.calls.size() + table.failed);
  for (const auto& [status, count] : table.errors) {
    if (status < 500 || status > 599) {
      continue;  // refusals come from limits, and other errors from their requests
    }
    json::Value fault = json::Value::object();
    fault.set("fault", "status");
    fault.set("status", static_cast<std::int64_t>(status));
    fault.set("probability", static_cast<double>(count) / all_calls);
    out.set("status_" + std::to_string(status), std::move(fault));
  }
  return out;
}

}  // namespace

json::Value fit_profile(const CallTable& table, const FitOptions& options) {
  std::vector<TimedCall> calls = table.calls;
  const Weather weather = find_weather(calls, residuals_of(calls));
  for (TimedCall& call : calls) {
    const double factor = weather.factor_at(call.at_s);
    call.first_s /= factor;
    call.total_s /= factor;
  }
  json::Value out = json::Value::object();
  out.set("profile", options.name);
  out.set("dated", options.dated);
  out.set("basis", "recorded");
  out.set("source", options.source);
  out.set("prices", "free");
  if (!table.limits.empty()) {
    json::Value limits = json::Value::object();
    for (const auto& [name, value] : table.limits) {
      limits.set(name, value);
    }
    out.set("limits", std::move(limits));
  }
  if (weather.slot_s > 0) {
    json::Value slow = json::Value::object();
    slow.set("share", 1);
    slow.set("slot", duration_text(Duration::from_seconds(weather.slot_s)));
    slow.set("factor", amount_knots(weather.values()));
    out.set("slow", std::move(slow));
  }
  json::Value faults = faults_of(table);
  if (!faults.members().empty()) {
    out.set("faults", std::move(faults));
  }
  json::Value operations = json::Value::object();
  for (const auto& [operation, models] : group(calls)) {
    const std::string_view kind = kind_of(operation);
    json::Value one = json::Value::object();
    json::Value entries = json::Value::object();
    for (const auto& [model, members] : models) {
      json::Value entry = fit_entry(kind, members);
      entry.set("note", std::to_string(members.size()) + " calls");
      entries.set(model.empty() ? "*" : model, std::move(entry));
    }
    one.set("kind", kind);
    one.set("models", std::move(entries));
    operations.set(operation, std::move(one));
  }
  out.set("operations", std::move(operations));
  return out;
}

}  // namespace rehearse::calibration
