#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"

// Recorded load: when jobs came, and how large they were.
namespace rehearse::load {

enum class TraceFormat : std::uint8_t {
  Azure,      // CSV: TIMESTAMP, ContextTokens, GeneratedTokens
  BurstGpt,   // CSV: Timestamp (s), Request tokens, Response tokens, …
  Mooncake,   // JSON lines: timestamp (ms), input_length, output_length
  Bailian,    // JSON lines: timestamp (s), input_length, output_length, chat_id, …
  ShareGpt,   // a JSON array of conversations, without times
  Otlp,       // spans with GenAI attributes; a trace is a job
  Csv,        // any other, with a column of times
  JsonLines,  // the same
  RunFile,    // one of our own
};
// "azure", "burstgpt", "mooncake", "bailian", "sharegpt", "otlp", "csv", "jsonl", "run".
std::string_view trace_format_name(TraceFormat format);
std::optional<TraceFormat> trace_format_named(std::string_view name);
bool has_times(TraceFormat format);

using TraceCell = std::variant<double, std::string>;

// One job that came.
struct TraceRow {
  std::int64_t at_ns = 0;        // in the file's own time
  std::vector<TraceCell> cells;  // the wanted columns, in their order
};

// The rows of a file, one after the other.
class TraceRows {
 public:
  virtual ~TraceRows() = default;
  // Fills in the next row; false at the end. An error says which row, what was expected and found.
  virtual Result<bool> next(TraceRow& row) = 0;
  virtual std::string_view unit_of_rows() const { return "row"; }  // "row 12"
};

// What is read of a trace, and how it is played.
struct TraceSpec {
  std::filesystem::path path;
  std::string label;  // what messages call it
  TraceFormat format = TraceFormat::Csv;
  std::string at;         // of csv and jsonl: the column of times
  double unit_ns = 1e9;   // of it: one of its units
  double rate_scale = 1;  // so many times as many jobs in the same time
  double time_scale = 1;  // so many times as long between jobs
  Duration from;          // after the first row, in the file's own time
  std::optional<Duration> to;
  std::optional<double> arrivals_per_s;  // Poisson, in place of the file's times
  // "input_tokens" and "output_tokens" are known in every format that has sizes.
  std::vector<std::string> columns;
};

// The format of a file by its first record; errors where it is none of them.
Result<TraceFormat> detect_trace(const std::filesystem::path& path, const std::string& label);

// Opens a text trace (any format but RunFile). Reads it as a stream: memory does not grow with the
// file (of OTLP, whose jobs are spread over spans, at most a million spans are taken). Errors: no
// such file, a column that it has not.
Result<std::unique_ptr<TraceRows>> open_trace_text(const TraceSpec& spec);

// What a look at all rows showed.
struct TraceScan {
  std::uint64_t rows = 0;
  std::int64_t first_ns = 0;  // the earliest
  std::int64_t last_ns = 0;
  std::uint64_t disordered = 0;  // rows that are earlier than one before them
};

// Rows that lie further out of order are an error; others are put in order.
inline constexpr std::size_t kReorderRows = 65'536;

// Reads all rows and says what is wrong with them: a hole, a time that is negative, more than 100
// years after the first or too far out of order, a size that is no number or negative.
Result<TraceScan> scan_trace(TraceRows& rows, const TraceSpec& spec);

}  // namespace rehearse::load
