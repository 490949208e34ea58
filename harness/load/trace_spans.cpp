#include "harness/load/trace_spans.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/load/record_splitter.hpp"
#include "harness/load/trace_field.hpp"

namespace rehearse::load {
namespace {

constexpr std::size_t kMostSpans = 1'000'000;

const json::Value* either(const json::Value& value, std::string_view one, std::string_view other) {
  const json::Value* const found = value.find(one);
  return found != nullptr ? found : value.find(other);
}

// The plain value of an attribute: OTLP wraps it ({"intValue": "12"}), others do not.
const json::Value* unwrapped(const json::Value* value) {
  if (value != nullptr && value->is_object() && value->members().size() == 1) {
    return &value->members().front().value;
  }
  return value;
}

const json::Value* attribute(const json::Value& span, std::string_view name) {
  const json::Value* const all = span.find("attributes");
  if (all == nullptr) {
    return nullptr;
  }
  if (all->is_object()) {
    return all->find(name);
  }
  if (all->is_array()) {
    for (const json::Value& each : all->items()) {
      const json::Value* const key = each.find("key");
      if (key != nullptr && key->is_string() && key->as_string() == name) {
        return unwrapped(each.find("value"));
      }
    }
  }
  return nullptr;
}

double number_in(const json::Value* value) {
  if (value == nullptr) {
    return 0;
  }
  return value->is_number()   ? value->as_double()
         : value->is_string() ? number_of(value->as_string()).value_or(0)
                              : 0;
}

// When a span began: nanoseconds since 1970 as number or text, or a calendar's.
Result<std::int64_t> start_of(const json::Value& span) {
  const json::Value* const at = either(span, "startTimeUnixNano", "start_time_unix_nano");
  if (at != nullptr) {
    return at->is_number() ? time_of(at->as_double(), 1)
                           : parse_count_of_time(at->is_string() ? at->as_string() : "", 1);
  }
  const json::Value* const other = either(span, "start_time", "startTime");
  if (other != nullptr && other->is_string()) {
    const auto calendar = parse_calendar(other->as_string());
    return calendar ? Result<std::int64_t>(*calendar)
                    : parse_count_of_time(other->as_string(), 1e9);
  }
  if (other != nullptr && other->is_number()) {
    return time_of(other->as_double(), 1e9);
  }
  return Error{"", "a hole: a span without a start"};
}

struct TraceJob {
  std::int64_t at_ns = INT64_MAX;
  std::map<std::string, double> tokens;  // by column
};

class SpanRows final : public TraceRows {
 public:
  SpanRows(TraceSpec spec, std::vector<TraceJob> jobs)
      : spec_(std::move(spec)), jobs_(std::move(jobs)) {}
  Result<bool> next(TraceRow& row) override {
    if (at_ == jobs_.size()) {
      return false;
    }
    const TraceJob& job = jobs_[at_++];
    row.at_ns = job.at_ns;
    row.cells.clear();
    for (const std::string& column : spec_.columns) {
      const auto found = job.tokens.find(column);
      row.cells.emplace_back(found == job.tokens.end() ? 0.0 : found->second);
    }
    return true;
  }
  std::string_view unit_of_rows() const override { return "trace"; }

 private:
  TraceSpec spec_;
  std::vector<TraceJob> jobs_;
  std::size_t at_ = 0;
};

void count_tokens(const json::Value& span, TraceJob& job, std::set<std::string>& known) {
  const json::Value* const name = span.find("name");
  const auto add = [&](const std::string& column, double tokens) {
    job.tokens[column] += tokens;
    known.insert(column);
  };
  for (const auto& [column, old_name] : {std::pair{"input_tokens", "prompt_tokens"},
                                         std::pair{"output_tokens", "completion_tokens"}}) {
    const json::Value* tokens = attribute(span, std::string("gen_ai.usage.") + column);
    if (tokens == nullptr) {
      tokens = attribute(span, std::string("gen_ai.usage.") + old_name);
    }
    double count = number_in(tokens);
    if (tokens == nullptr) {
      const bool input = std::string_view(column) == "input_tokens";
      const json::Value* const text =
          attribute(span, input ? "gen_ai.input.messages" : "gen_ai.output.text");
      count = text != nullptr && text->is_string() ? tokens_of(text->as_string()) : 0;
    }
    if (count > 0) {
      add(column, count);
      if (name != nullptr && name->is_string()) {
        add(name->as_string() + "." + column, count);
      }
    }
  }
}

}  // namespace

Result<std::unique_ptr<TraceRows>> open_spans(const TraceSpec& spec) {
  RecordSplitter records(spec.path, RecordSplitter::Kind::SpanArrays);
  std::map<std::string, TraceJob> jobs;
  std::set<std::string> known;
  std::string_view record;
  std::size_t spans = 0;
  while (true) {
    const Result<bool> more = records.next(record);
    const std::string where = spec.label + ", span " + std::to_string(records.number());
    if (!more) {
      return Error{where, more.error().what};
    }
    if (!*more) {
      break;
    }
    if (++spans > kMostSpans) {
      return Error{spec.label, "it has more than a million spans: cut it, a file an hour"};
    }
    const auto span = json::parse(record);
    if (!span || !span->is_object()) {
      return Error{where, span ? "expected an object" : span.error().text()};
    }
    const json::Value* const id = either(*span, "traceId", "trace_id");
    TraceJob& job = jobs[id != nullptr && id->is_string() ? id->as_string() : ""];
    const Result<std::int64_t> at = start_of(*span);
    if (!at) {
      return Error{where, at.error().what};
    }
    job.at_ns = std::min(job.at_ns, *at);
    count_tokens(*span, job, known);
  }
  if (jobs.empty()) {
    return Error{spec.label, "it has no spans"};
  }
  for (const std::string& column : spec.columns) {
    if (!known.contains(column)) {
      const std::vector<std::string> names(known.begin(), known.end());
      const std::string near = nearest_name(column, names);
      return Error{spec.label,
                   "no span has " + quoted_excerpt(column) +
                       (near.empty() ? "" : ", did you mean " + quoted_excerpt(near) + "?")};
    }
  }
  std::vector<TraceJob> sorted;
  for (auto& [id, job] : jobs) {
    sorted.push_back(std::move(job));
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const TraceJob& a, const TraceJob& b) { return a.at_ns < b.at_ns; });
  return std::unique_ptr<TraceRows>(std::make_unique<SpanRows>(spec, std::move(sorted)));
}

}  // namespace rehearse::load
