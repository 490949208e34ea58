#include <array>
#include <chrono>
#include <cstdio>

#include "harness/record/run_file.hpp"
#include "harness/record/run_schema.hpp"

namespace rehearse::record {

std::string default_run_stem(std::string_view scenario, std::int64_t created_unix_ms) {
  std::string stem;
  for (const char c : scenario.substr(0, 60)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    stem += plain || c == '-' || c == '_' ? c : '-';
  }
  const std::int64_t seconds = created_unix_ms / 1000;
  const std::chrono::year_month_day day{std::chrono::sys_days{std::chrono::days{seconds / 86'400}}};
  const auto of_day = static_cast<int>(seconds % 86'400);
  std::array<char, 48> date{};
  std::snprintf(date.data(), date.size(), "-%04d%02u%02u-%02d%02d%02d", int{day.year()},
                unsigned{day.month()}, unsigned{day.day()}, of_day / 3600, of_day / 60 % 60,
                of_day % 60);
  return (stem.empty() ? "run" : stem) + date.data();
}

bool in_sample(JobId job, std::uint32_t shift) {
  return shift == 0 || (shift < 64 && (sample_hash(job) & ((1ULL << shift) - 1)) == 0);
}

}  // namespace rehearse::record
