#include <array>
#include <ctime>

#include "harness/record/run_file.hpp"
#include "harness/record/run_schema.hpp"

namespace rehearse::record {

std::string default_run_stem(std::string_view scenario, std::int64_t created_unix_ms) {
  std::string stem;
  for (const char c : scenario.substr(0, 60)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    stem += plain || c == '-' || c == '_' ? c : '-';
  }
  const auto seconds = static_cast<std::time_t>(created_unix_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "-%Y%m%d-%H%M%S", &parts);
  return (stem.empty() ? "run" : stem) + date.data();
}

bool in_sample(JobId job, std::uint32_t shift) {
  return shift == 0 || (shift < 64 && (sample_hash(job) & ((1ULL << shift) - 1)) == 0);
}

}  // namespace rehearse::record
