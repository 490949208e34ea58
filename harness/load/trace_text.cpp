#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/load/record_splitter.hpp"
#include "harness/load/trace.hpp"
#include "harness/load/trace_field.hpp"
#include "harness/load/trace_spans.hpp"

// The text formats. What a format calls the sizes:
//   azure     TIMESTAMP,ContextTokens,GeneratedTokens
//   burstgpt  Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
//   mooncake  {"timestamp": ms, "input_length": n, "output_length": n, "hash_ids": […]}
//   bailian   {"chat_id": n, "timestamp": s, "input_length": n, "output_length": n, "type": …}
//   sharegpt  [{"id": …, "conversations": [{"from": "human", "value": …}, {"from": "gpt", …}]}]
namespace rehearse::load {
namespace {

constexpr std::string_view kInput = "input_tokens";
constexpr std::string_view kOutput = "output_tokens";

// What a format calls the sizes and times; empty: nothing.
struct Names {
  std::string_view at;
  std::string_view input;
  std::string_view output;
};
Names names_of(TraceFormat format) {
  switch (format) {
    case TraceFormat::Azure:
      return {"TIMESTAMP", "ContextTokens", "GeneratedTokens"};
    case TraceFormat::BurstGpt:
      return {"Timestamp", "Request tokens", "Response tokens"};
    case TraceFormat::Mooncake:
    case TraceFormat::Bailian:
      return {"timestamp", "input_length", "output_length"};
    default:
      return {};
  }
}

double unit_of(const TraceSpec& spec) {
  switch (spec.format) {
    case TraceFormat::BurstGpt:
    case TraceFormat::Bailian:
      return 1e9;
    case TraceFormat::Mooncake:
      return 1e6;
    default:
      return spec.unit_ns;
  }
}

std::string column_in(const TraceSpec& spec, const std::string& wanted) {
  const Names names = names_of(spec.format);
  if (wanted == kInput && !names.input.empty()) {
    return std::string(names.input);
  }
  if (wanted == kOutput && !names.output.empty()) {
    return std::string(names.output);
  }
  return wanted;
}

std::string time_column(const TraceSpec& spec) {
  const Names names = names_of(spec.format);
  return names.at.empty() ? spec.at : std::string(names.at);
}

// Where in a file a record stands: "trace.csv:12".
Error at_record(const TraceSpec& spec, const RecordSplitter& records, const std::string& what) {
  return {spec.label + ":" + std::to_string(records.number()), what};
}

// The next record; its errors with their place.
Result<bool> next_record(const TraceSpec& spec, RecordSplitter& records, std::string_view& record) {
  const Result<bool> more = records.next(record);
  return more ? more : Result<bool>(at_record(spec, records, more.error().what));
}

class CsvRows final : public TraceRows {
 public:
  static Result<std::unique_ptr<TraceRows>> open(const TraceSpec& spec) {
    auto out = std::unique_ptr<CsvRows>(new CsvRows(spec));
    std::string_view record;
    const Result<bool> header = out->records_.next(record);
    if (!header || !*header) {
      return Error{spec.label, header ? "it has no header line" : header.error().what};
    }
    out->header_ = csv_fields(record);
    if (!spec.arrivals_per_s) {
      const std::string at = time_column(spec);
      const auto place = out->place_of(at);
      if (!place) {
        return Error{spec.label,
                     at.empty() ? "say by \"at\" which column holds the times: " + out->known()
                                : "no column " + quoted_excerpt(at) + " in it: " + out->known()};
      }
      out->at_ = *place;
    }
    for (const std::string& wanted : spec.columns) {
      const auto place = out->place_of(column_in(spec, wanted));
      if (!place) {
        return Error{spec.label, "no column " + quoted_excerpt(wanted) + " in it: " + out->known()};
      }
      out->places_.push_back(*place);
    }
    return std::unique_ptr<TraceRows>(std::move(out));
  }

  Result<bool> next(TraceRow& row) override {
    std::string_view record;
    const Result<bool> more = next_record(spec_, records_, record);
    if (!more || !*more) {
      return more;
    }
    const std::vector<std::string> fields = csv_fields(record);
    if (fields.size() < header_.size()) {
      return at_record(spec_, records_,
                       "a hole: " + std::to_string(fields.size()) + " fields, " +
                           std::to_string(header_.size()) + " are expected");
    }
    if (!spec_.arrivals_per_s) {
      const std::string& text = fields[at_];
      const auto calendar = parse_calendar(text);
      const Result<std::int64_t> at =
          calendar ? Result<std::int64_t>(*calendar) : parse_count_of_time(text, unit_of(spec_));
      if (!at) {
        return at_record(spec_, records_, at.error().what);
      }
      row.at_ns = *at;
    }
    row.cells.clear();
    for (const std::size_t place : places_) {
      if (fields[place].empty()) {
        return at_record(spec_, records_,
                         "a hole: nothing in column " + quoted_excerpt(header_[place]));
      }
      row.cells.push_back(cell_of(fields[place]));
    }
    return true;
  }

 private:
  explicit CsvRows(TraceSpec spec)
      : spec_(std::move(spec)), records_(spec_.path, RecordSplitter::Kind::CsvLines) {}
  std::optional<std::size_t> place_of(const std::string& name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    return found == header_.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - header_.begin()));
  }
  std::string known() const {
    std::string out = "it has";
    for (const std::string& name : header_) {
      out += (out == "it has" ? " " : ", ") + quoted_excerpt(name);
      if (out.size() > 200) {
        return out + ", …";
      }
    }
    return out;
  }

  TraceSpec spec_;
  RecordSplitter records_;
  std::vector<std::string> header_;
  std::size_t at_ = 0;
  std::vector<std::size_t> places_;
};

class JsonRows final : public TraceRows {
 public:
  explicit JsonRows(TraceSpec spec)
      : spec_(std::move(spec)), records_(spec_.path, RecordSplitter::Kind::Lines) {}

  Result<bool> next(TraceRow& row) override {
    std::string_view record;
    const Result<bool> more = next_record(spec_, records_, record);
    if (!more || !*more) {
      return more;
    }
    const auto value = json::parse(record);
    if (!value || !value->is_object()) {
      return at_record(spec_, records_,
                       "expected a JSON object" + (value ? "" : ": " + value.error().text()));
    }
    const auto trouble = read(*value, row);
    return trouble ? Result<bool>(at_record(spec_, records_, *trouble)) : Result<bool>(true);
  }

 private:
  std::optional<std::string> read(const json::Value& value, TraceRow& row) const {
    if (!spec_.arrivals_per_s) {
      const std::string name = time_column(spec_);
      const json::Value* const at = value.find(name);
      if (at == nullptr || at->is_null()) {
        return "a hole: it has no " + quoted_excerpt(name);
      }
      const auto calendar = at->is_string() ? parse_calendar(at->as_string()) : std::nullopt;
      const Result<std::int64_t> time = calendar          ? Result<std::int64_t>(*calendar)
                                        : at->is_number() ? time_of(at->as_double(), unit_of(spec_))
                                        : at->is_string()
                                            ? parse_count_of_time(at->as_string(), unit_of(spec_))
                                            : Result<std::int64_t>(Error{"", "expected a time"});
      if (!time) {
        return time.error().what;
      }
      row.at_ns = *time;
    }
    row.cells.clear();
    for (const std::string& wanted : spec_.columns) {
      const json::Value* const cell = value.find(column_in(spec_, wanted));
      if (cell == nullptr || !(cell->is_number() || cell->is_string())) {
        return "a hole: it has no " + quoted_excerpt(column_in(spec_, wanted));
      }
      row.cells.push_back(cell->is_number() ? TraceCell(cell->as_double())
                                            : TraceCell(cell->as_string()));
    }
    return std::nullopt;
  }

  TraceSpec spec_;
  RecordSplitter records_;
};

// The first question of each conversation and its answer; conversations without both are passed
// over, as the LLM benchmarks do.
class ShareRows final : public TraceRows {
 public:
  explicit ShareRows(TraceSpec spec)
      : spec_(std::move(spec)), records_(spec_.path, RecordSplitter::Kind::Array) {}

  Result<bool> next(TraceRow& row) override {
    std::string_view record;
    while (true) {
      const Result<bool> more = next_record(spec_, records_, record);
      if (!more || !*more) {
        return more;
      }
      const auto value = json::parse(record);
      if (!value) {
        return at_record(spec_, records_, value.error().text());
      }
      const json::Value* const turns = value->find("conversations");
      if (turns == nullptr || !turns->is_array() || turns->items().size() < 2) {
        continue;
      }
      const json::Value* const question = turns->items()[0].find("value");
      const json::Value* const answer = turns->items()[1].find("value");
      if (question == nullptr || answer == nullptr || !question->is_string() ||
          !answer->is_string()) {
        continue;
      }
      row.at_ns = 0;
      row.cells.clear();
      for (const std::string& wanted : spec_.columns) {
        if (wanted != kInput && wanted != kOutput) {
          return Error{spec_.label, "no column " + quoted_excerpt(wanted) +
                                        " in it: it has \"input_tokens\" and \"output_tokens\""};
        }
        row.cells.emplace_back(
            tokens_of(wanted == kInput ? question->as_string() : answer->as_string()));
      }
      return true;
    }
  }
  std::string_view unit_of_rows() const override { return "conversation"; }

 private:
  TraceSpec spec_;
  RecordSplitter records_;
};

Result<TraceFormat> format_of_object(std::string_view text, const std::string& label) {
  // A whole file may stand in the line: what it begins with suffices.
  for (const std::string_view spans : {"\"resourceSpans\"", "\"spans\"", "\"resource_spans\""}) {
    if (text.find(spans) != std::string_view::npos) {
      return TraceFormat::Otlp;
    }
  }
  const auto value = json::parse(text);
  if (value && value->find("input_length") != nullptr && value->find("timestamp") != nullptr) {
    const bool chats = value->find("chat_id") != nullptr || value->find("turn") != nullptr;
    return chats ? TraceFormat::Bailian : TraceFormat::Mooncake;
  }
  if (value) {
    return TraceFormat::JsonLines;
  }
  return Error{label, "expected JSON lines: " + value.error().text()};
}

}  // namespace

Result<TraceFormat> detect_trace(const std::filesystem::path& path, const std::string& label) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return Error{label, "no such file"};
  }
  std::ifstream stream(path, std::ios::binary);
  std::string head(64 << 10, '\0');
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(stream.gcount()));
  if (head.starts_with("SQLite format 3")) {
    return TraceFormat::RunFile;
  }
  std::string_view text = head;
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) {
    return Error{label, "it is empty"};
  }
  text.remove_prefix(begin);
  if (text.front() == '[') {
    return TraceFormat::ShareGpt;
  }
  const std::string_view line = text.substr(0, text.find('\n'));
  if (text.front() == '{') {
    const bool one_object = line.size() < 3 || text.substr(0, 4096).find("pans\"") != text.npos;
    return format_of_object(one_object ? text : line, label);
  }
  const std::vector<std::string> header = csv_fields(line);
  const auto has = [&](std::string_view name) {
    return std::find(header.begin(), header.end(), name) != header.end();
  };
  return has("TIMESTAMP") && has("ContextTokens")    ? TraceFormat::Azure
         : has("Timestamp") && has("Request tokens") ? TraceFormat::BurstGpt
                                                     : TraceFormat::Csv;
}

Result<std::unique_ptr<TraceRows>> open_trace_text(const TraceSpec& spec) {
  switch (spec.format) {
    case TraceFormat::Azure:
    case TraceFormat::BurstGpt:
    case TraceFormat::Csv:
      return CsvRows::open(spec);
    case TraceFormat::ShareGpt:
      return std::unique_ptr<TraceRows>(std::make_unique<ShareRows>(spec));
    case TraceFormat::Otlp:
      return open_spans(spec);
    default:
      break;
  }
  if (spec.format == TraceFormat::JsonLines && spec.at.empty() && !spec.arrivals_per_s) {
    return Error{spec.label, "say by \"at\" which member holds the times"};
  }
  return std::unique_ptr<TraceRows>(std::make_unique<JsonRows>(spec));
}

}  // namespace rehearse::load
