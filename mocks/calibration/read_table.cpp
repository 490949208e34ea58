#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/json/write.hpp"
#include "mocks/calibration/read_timed_calls.hpp"

namespace rehearse::calibration {
namespace {

constexpr std::size_t kMostErrors = 20;
constexpr std::size_t kMostTableBytes = 1u << 30;
constexpr double kLongest = 1e6;  // seconds

enum class Column {
  Ignored,
  First,
  Total,
  Input,
  Output,
  Characters,
  Bytes,
  N,
  Steps,
  Chunks,
  At,
  Error,
  Model,
  Operation,
  Size,
  Quality,
  Provider,
  Stream
};
struct ColumnName {
  std::string_view name;
  Column column;
  double unit = 1;
};
constexpr std::array<ColumnName, 47> kColumns = {{
    {"ttft_s", Column::First},
    {"ttft", Column::First},
    {"ttft_ms", Column::First, 1e-3},
    {"time_to_first_token_s", Column::First},
    {"time_to_first_token", Column::First},
    {"first_s", Column::First},
    {"total_s", Column::Total},
    {"total_ms", Column::Total, 1e-3},
    {"end_to_end_latency_s", Column::Total},
    {"latency_s", Column::Total},
    {"latency_ms", Column::Total, 1e-3},
    {"duration_s", Column::Total},
    {"duration_ms", Column::Total, 1e-3},
    {"e2e_s", Column::Total},
    {"response_s", Column::Total},
    {"exec_time_seconds", Column::Total},
    {"number_input_tokens", Column::Input},
    {"input_tokens", Column::Input},
    {"prompt_tokens", Column::Input},
    {"number_output_tokens", Column::Output},
    {"output_tokens", Column::Output},
    {"completion_tokens", Column::Output},
    {"characters", Column::Characters},
    {"bytes", Column::Bytes},
    {"n", Column::N},
    {"steps", Column::Steps},
    {"num_inference_steps", Column::Steps},
    {"chunks", Column::Chunks},
    {"at_s", Column::At},
    {"started_s", Column::At},
    {"timestamp_s", Column::At},
    {"timestamp", Column::At},
    {"timestamp_ms", Column::At, 1e-3},
    {"error_code", Column::Error},
    {"status", Column::Error},
    {"error", Column::Error},
    {"model", Column::Model},
    {"operation", Column::Operation},
    {"endpoint", Column::Operation},
    {"size", Column::Size},
    {"quality", Column::Quality},
    {"provider", Column::Provider},
    {"stream", Column::Stream},
    {"gen_ai.request.model", Column::Model},
    {"gen_ai.usage.input_tokens", Column::Input},
    {"gen_ai.usage.output_tokens", Column::Output},
    {"gen_ai.operation.name", Column::Operation},
}};

const ColumnName& column_of(std::string_view name) {
  static constexpr ColumnName kNone{"", Column::Ignored};
  const auto found = std::find_if(kColumns.begin(), kColumns.end(),
                                  [&](const ColumnName& known) { return known.name == name; });
  return found == kColumns.end() ? kNone : *found;
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && std::isfinite(value)
             ? std::optional(value)
             : std::nullopt;
}

// One row while its cells come; then a call, a failure or an error.
class Row {
 public:
  Row(std::string where, CallTable& table, Errors& errors)
      : where_(std::move(where)), table_(table), errors_(errors) {}

  // `text` is empty where the cell is.
  void cell(std::string_view name, std::string_view text) {
    const ColumnName& known = column_of(name);
    if (known.column == Column::Ignored || text.empty()) {
      return;
    }
    if (known.column >= Column::Error) {
      word(known.column, text);
      return;
    }
    const auto number = number_of(text);
    if (!number) {
      fail(name, "expected a number", text);
      return;
    }
    const double value = *number * known.unit;
    const bool time = known.column == Column::First || known.column == Column::Total;
    if (value < 0 || (time && value > kLongest) || value > 9e15) {
      fail(name, time ? "expected a time from 0 to 1e6 seconds" : "expected a number from 0", text);
      return;
    }
    amount(known.column, value);
  }

  void end(const std::string& model) {
    if (bad_) {
      return;
    }
    const bool answered = call_.total_s > 0;
    const bool has_status = status_ >= 100 && status_ <= 599;
    if (!answered && !error_) {
      fail("", "expected a total time (total_s, latency_s, end_to_end_latency_s, duration_ms)",
           "none");
      return;
    }
    if (!answered || (error_ && has_status)) {
      ++table_.failed;
      if (has_status) {
        ++table_.errors[static_cast<std::uint16_t>(status_)];
      }
      return;
    }
    if (call_.first_s > call_.total_s) {
      fail("", "expected a first token before the end", "one after it");
      return;
    }
    table_.kept_errors += error_ ? 1 : 0;
    call_.stream = stream_.value_or(call_.first_s > 0);
    if (call_.model.empty()) {
      call_.model = model;
    }
    table_.calls.push_back(std::move(call_));
  }

 private:
  void fail(std::string_view name, const std::string& expected, std::string_view found) {
    bad_ = true;
    if (errors_.size() < kMostErrors) {
      errors_.push_back({where_, expected + (name.empty() ? "" : " in " + quoted_excerpt(name)) +
                                     ", found " + quoted_excerpt(found)});
    }
  }

  void word(Column column, std::string_view text) {
    switch (column) {
      case Column::Error: {
        const auto number = number_of(text);
        const bool fine = text == "null" || text == "None" || text == "0" || text == "false" ||
                          (number && *number >= 200 && *number < 400);
        error_ = error_ || !fine;
        status_ = !fine && number ? static_cast<int>(std::clamp(*number, -1e6, 1e6)) : status_;
        break;
      }
      case Column::Model:
        call_.model = text.substr(0, 200);
        break;
      case Column::Operation:
        call_.operation = text.substr(0, 200);
        break;
      case Column::Size:
        call_.size = text.substr(0, 200);
        break;
      case Column::Quality:
        call_.quality = text.substr(0, 200);
        break;
      case Column::Provider:
        call_.provider = text.substr(0, 200);
        break;
      case Column::Stream:
        stream_ = text == "true" || text == "1" || text == "True";
        break;
      default:
        break;
    }
  }

  void amount(Column column, double value) {
    const auto whole = static_cast<std::int64_t>(value);
    switch (column) {
      case Column::First:
        call_.first_s = value;
        break;
      case Column::Total:
        call_.total_s = value;
        break;
      case Column::Input:
        call_.input_tokens = whole;
        break;
      case Column::Output:
        call_.output_tokens = whole;
        break;
      case Column::Characters:
        call_.characters = whole;
        break;
      case Column::Bytes:
        call_.bytes = whole;
        break;
      case Column::N:
        call_.n = std::max<std::int64_t>(whole, 1);
        break;
      case Column::Steps:
        call_.steps = whole;
        break;
      case Column::Chunks:
        call_.chunks = whole;
        break;
      case Column::At:
        call_.at_s = value;
        break;
      default:
        break;
    }
  }

  std::string where_;
  CallTable& table_;
  Errors& errors_;
  TimedCall call_;
  std::optional<bool> stream_;
  int status_ = 0;
  bool error_ = false;
  bool bad_ = false;
};

void read_object(const json::Value& object, const std::string& where, const std::string& model,
                 CallTable& table, Errors& errors) {
  if (!object.is_object()) {
    if (errors.size() < kMostErrors) {
      errors.push_back({where, "expected an object with the figures of one call, found " +
                                   quoted_excerpt(json::dump(object))});
    }
    return;
  }
  Row row(where, table, errors);
  for (const json::Member& member : object.members()) {
    const json::Value& value = member.value;
    if (value.is_string()) {
      row.cell(member.key, value.as_string());
    } else if (value.is_number() || value.is_bool()) {
      row.cell(member.key, json::dump(value));
    }
  }
  row.end(model);
}

// The cells of one line; quotes as in RFC 4180. Moves `text` behind the line.
std::vector<std::string> take_line(std::string_view& text) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      if (quoted && i + 1 < text.size() && text[i + 1] == '"') {
        cells.back() += '"';
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else if (c == '\n' && !quoted) {
      ++i;
      break;
    } else if (c != '\r' || quoted) {
      cells.back() += c;
    }
  }
  text.remove_prefix(i);
  return cells;
}

Status read_csv(std::string_view text, const std::string& name, const std::string& model,
                CallTable& table) {
  const std::vector<std::string> header = take_line(text);
  const bool has_total = std::any_of(header.begin(), header.end(), [](const std::string& column) {
    return column_of(column).column == Column::Total;
  });
  if (!has_total) {
    return Error{name + ":1",
                 "expected a recording, JSON, or CSV whose header has a total time (total_s, "
                 "latency_s, end_to_end_latency_s, duration_ms), found " +
                     quoted_excerpt(header.empty() ? "" : header[0])};
  }
  Errors errors;
  for (std::size_t line = 2; !text.empty(); ++line) {
    const std::vector<std::string> cells = take_line(text);
    if (cells.size() == 1 && cells[0].empty()) {
      continue;
    }
    const std::string where = name + ":" + std::to_string(line);
    if (cells.size() != header.size()) {
      if (errors.size() < kMostErrors) {
        errors.push_back({where, "expected " + std::to_string(header.size()) + " cells, found " +
                                     std::to_string(cells.size())});
      }
      continue;
    }
    Row row(where, table, errors);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      row.cell(header[i], cells[i]);
    }
    row.end(model);
  }
  return errors.empty() ? Status(Done{}) : Status(errors);
}

Status read_lines(std::string_view text, const std::string& name, const std::string& model,
                  CallTable& table) {
  Errors errors;
  for (std::size_t line = 1; !text.empty() && errors.size() < kMostErrors; ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    const std::string where = name + ":" + std::to_string(line);
    const Result<json::Value> value = json::parse(one, where);
    if (value) {
      read_object(*value, where, model, table, errors);
    } else {
      errors.push_back(value.error());
    }
  }
  return errors.empty() ? Status(Done{}) : Status(errors);
}

}  // namespace

Result<CallTable> parse_timed_calls(std::string_view text, const std::string& name) {
  CallTable table;
  const std::string model = std::filesystem::path(name).stem().string();
  if (text.substr(0, 3) == "\xef\xbb\xbf") {
    text.remove_prefix(3);
  }
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return Error{name, "is empty: expected a recording or a table of calls"};
  }
  Status read = Done{};
  if (text[first] == '[') {
    json::Limits limits;
    limits.bytes = kMostTableBytes;
    const Result<json::Value> value = json::parse(text, name, limits);
    if (!value) {
      return value.errors();
    }
    Errors errors;
    for (std::size_t i = 0; i < value->items().size(); ++i) {
      const json::Value& item = value->items()[i];
      read_object(item, name + ":" + std::to_string(item.position().line), model, table, errors);
    }
    read = errors.empty() ? Status(Done{}) : Status(errors);
  } else {
    read = text[first] == '{' ? read_lines(text, name, model, table)
                              : read_csv(text, name, model, table);
  }
  if (!read) {
    return read.errors();
  }
  return table;
}

}  // namespace rehearse::calibration
