#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/record/recorder.hpp"
#include "harness/record/run_file.hpp"

// Small made-up runs for tests of the record and the reports layers.
namespace rehearse::record::sample {

inline Duration ms(std::int64_t n) { return Duration::milliseconds(n); }
inline Instant at_ms(std::int64_t n) { return Instant() + ms(n); }

StageInfo stage(const std::string& path, StageRowKind kind = StageRowKind::Call);

// Auto-post in small: context, image_prompt, then title beside image, publish (a group of upload
// and user_id), and a background ping.
RunHeader header();

struct Luck {
  std::int64_t image_ms = 51'450;
  std::int64_t jitter_ms = 0;
  bool cache_hit = false;
  bool retry = false;
  bool image_fails = false;
  bool image_times_out = false;
  bool truncated = false;
};
// One job whose stages run one after the other, but title beside image.
JobTrace job(std::uint64_t id, Instant intended, const Luck& luck);

// A whole run of `jobs` jobs, one at a time; jitter by job id. Every `failing`-th job fails (0:
// none).
struct RunOptions {
  std::uint64_t jobs = 100;
  std::uint64_t failing = 0;
  double image_factor = 1;
  std::vector<std::string> variants;
};
RunEnd run_into(Recorder& recorder, const RunOptions& options);
RunPoint run(const RunOptions& options);

// A folder of its own, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace rehearse::record::sample
