#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/comparison.hpp"
#include "harness/record/summary.hpp"
#include "reports/document.hpp"

// Numbers as people read them. A value that is not there is "–".
namespace rehearse::reports {

std::string seconds(double s);  // "76.5 s"
std::string seconds(std::optional<double> s);
std::string usd(double amount);                             // "0.0912 USD"
std::string percent(double ratio);                          // "67%", "0.4%"
std::string change(double ratio);                           // "-6.4%", "+12%"
std::string count(std::uint64_t n);                         // "12,345"
std::string number(double value);                           // three significant digits
std::string per_time(double per_s);                         // "10,000/s", "4.2/s", "1.3/min"
std::string plural(std::uint64_t n, std::string_view one);  // "1 job", "12 jobs"
std::string joined(const std::vector<std::string>& parts, std::string_view between);

// A quantile of a spread, or how many jobs it needs.
std::string quantile(const record::Spread& spread, double q);

// A value in the unit of an objective ("s", "USD", "%", …); endless where timed-out jobs decide it.
std::string in_unit(double value, std::string_view unit);

// The interval of a change: "-29.5% … -29.4%".
std::string interval_text(const record::MetricChange& row);

// Which variants a run played: "parallel_gpt + dalle2", or "base".
std::string side_text(const record::RunSummary& side);

Tone tone_of(record::Verdict verdict);

// A line without its tones; a text with a capital first letter and a full stop.
std::string plain_text(const Line& line);
std::string sentence(std::string_view text);

}  // namespace rehearse::reports
