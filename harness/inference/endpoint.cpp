#include "harness/inference/endpoint.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "harness/inference/figures.hpp"
#include "harness/stats/quantile.hpp"

namespace rehearse::inference {
namespace {

using record::RecordedCall;
using Segments = std::vector<std::string>;

constexpr std::size_t kMostSegments = 50;

Segments segments_of(std::string_view path) {
  Segments out;
  while (!path.empty()) {
    path.remove_prefix(path.front() == '/' ? 1 : 0);
    const std::string_view segment = path.substr(0, path.find('/'));
    out.emplace_back(segment);
    path.remove_prefix(segment.size());
  }
  return out;
}

bool is_literal(const std::string& segment) {
  return std::all_of(segment.begin(), segment.end(), [](char c) {
    return c > ' ' && c <= '~' && std::string_view("*{}?#$\"\\").find(c) == std::string_view::npos;
  });
}

template <typename Value>
double median(const std::vector<const RecordedCall*>& calls, const Value& value) {
  std::vector<double> values;
  for (const RecordedCall* call : calls) {
    values.push_back(value(*call));
  }
  return stats::unsorted_quantile(std::move(values), 0.5).value_or(0);
}

int common_status(const std::vector<const RecordedCall*>& calls) {
  std::map<int, std::size_t> seen;
  for (const RecordedCall* call : calls) {
    ++seen[call->status];
  }
  const auto most = std::max_element(
      seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most->first >= 200 && most->first < 300 ? most->first : 200;
}

}  // namespace

double answer_bytes(const RecordedCall& call) {
  std::uint64_t bytes = 0;
  for (const record::ReceivedChunk& chunk : call.chunks) {
    bytes += chunk.bytes;
  }
  return static_cast<double>(call.chunks.empty() ? call.response_bytes : bytes);
}

std::string path_pattern(const std::vector<const RecordedCall*>& calls) {
  Segments common = segments_of(calls.front()->path);
  std::vector<bool> same(common.size(), true);
  bool equal_length = common.size() <= kMostSegments;
  for (const RecordedCall* call : calls) {
    const Segments other = segments_of(call->path);
    equal_length = equal_length && other.size() == common.size();
    const std::size_t shared = std::min(common.size(), other.size());
    common.resize(shared);
    for (std::size_t i = 0; i < shared; ++i) {
      same[i] = same[i] && common[i] == other[i];
    }
  }
  std::string out;
  for (std::size_t i = 0; i < common.size(); ++i) {
    const bool known = same[i] && is_literal(common[i]);
    if (!known && !equal_length) {
      break;
    }
    out += '/';
    if (known) {
      out += common[i];
    } else {
      out += "{part";
      out += std::to_string(i + 1);
      out += '}';
    }
  }
  if (!equal_length) {
    out += "/{rest*}";
  }
  return out.empty() ? "/" : out;
}

json::Value endpoint_operation(const std::vector<const RecordedCall*>& calls) {
  static constexpr std::string_view kMethods[] = {"GET",   "POST",   "PUT",
                                                  "PATCH", "DELETE", "OPTIONS"};
  json::Value out = json::Value::object();
  out.set("kind", "generic");
  out.set("price", "free");
  out.set("time", rounded_time(
                      median(calls, [](const RecordedCall& call) { return call.done.count_s(); })));
  const double bytes = std::round(median(calls, &answer_bytes));
  if (bytes >= 1) {
    out.set("bytes", amount_figure({bytes}));
  }
  json::Value endpoint = json::Value::object();
  const std::string& method = calls.front()->method;
  const bool known =
      std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods);
  endpoint.set("method", known ? std::string_view(method) : std::string_view("GET"));
  endpoint.set("path", path_pattern(calls));
  const int status = common_status(calls);
  if (status != 200) {
    endpoint.set("status", status);
  }
  if (status != 204) {
    json::Value reply = json::Value::object();
    reply.set("ok", true);
    reply.set("id", "$${id}");
    reply.set("data", "$${filler}");
    endpoint.set("reply", std::move(reply));
  }
  out.set("endpoint", std::move(endpoint));
  return out;
}

}  // namespace rehearse::inference
