#include "harness/load/trace.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/base/text.hpp"

namespace rehearse::load {
namespace {

constexpr std::array<std::pair<TraceFormat, std::string_view>, 9> kFormats{
    {{TraceFormat::Azure, "azure"},
     {TraceFormat::BurstGpt, "burstgpt"},
     {TraceFormat::Mooncake, "mooncake"},
     {TraceFormat::Bailian, "bailian"},
     {TraceFormat::ShareGpt, "sharegpt"},
     {TraceFormat::Otlp, "otlp"},
     {TraceFormat::Csv, "csv"},
     {TraceFormat::JsonLines, "jsonl"},
     {TraceFormat::RunFile, "run"}}};

}  // namespace

std::string_view trace_format_name(TraceFormat format) {
  return std::find_if(kFormats.begin(), kFormats.end(),
                      [&](const auto& each) { return each.first == format; })
      ->second;
}

std::optional<TraceFormat> trace_format_named(std::string_view name) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(),
                                  [&](const auto& each) { return each.second == name; });
  return found == kFormats.end() ? std::nullopt : std::optional(found->first);
}

bool has_times(TraceFormat format) { return format != TraceFormat::ShareGpt; }

Result<TraceScan> scan_trace(TraceRows& rows, const TraceSpec& spec) {
  TraceScan out;
  TraceRow row;
  std::int64_t latest = INT64_MIN;
  const auto at_row = [&](const std::string& what) {
    return Error{spec.label,
                 std::string(rows.unit_of_rows()) + " " + std::to_string(out.rows) + ": " + what};
  };
  while (true) {
    const Result<bool> more = rows.next(row);
    if (!more) {
      return more.errors();
    }
    if (!*more) {
      break;
    }
    ++out.rows;
    out.disordered += row.at_ns < latest ? 1U : 0U;
    latest = std::max(latest, row.at_ns);
    out.first_ns = out.rows == 1 ? row.at_ns : std::min(out.first_ns, row.at_ns);
    out.last_ns = latest;
    const Duration length = Duration::nanoseconds(latest) - Duration::nanoseconds(out.first_ns);
    if (length > kLongestDuration || length * spec.time_scale > kLongestDuration) {
      return at_row("it comes " + number_text(length.count_s() / (365.0 * 86'400)) +
                    " years after the first: a trace lasts at most 100 years");
    }
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const double* const number = std::get_if<double>(&row.cells[i]);
      const bool size = spec.columns[i].ends_with("tokens");
      if (size && number == nullptr) {
        return at_row("expected a number of tokens, found " +
                      quoted_excerpt(std::get<std::string>(row.cells[i])));
      }
      if (size && (*number < 0 || *number > 1e12)) {
        return at_row("expected a number of tokens from 0 to 10^12, found " + number_text(*number));
      }
    }
  }
  return out.rows > 0 ? Result(out) : Result<TraceScan>(Error{spec.label, "it has no rows"});
}

}  // namespace rehearse::load
