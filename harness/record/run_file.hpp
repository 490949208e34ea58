#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/record/recorded_call.hpp"
#include "harness/record/run.hpp"

namespace rehearse::record {

inline constexpr int kRunFileVersion = 1;
inline constexpr std::size_t kFirstJobs = 6;

// Writes a run file (SQLite): WAL while the run lasts, so that a kill loses no more than what came
// after the last commit; a clean end leaves one plain file. On a network file system the file is
// written locally and moved at the end; a small note stands in its place until then. Thread-safe.
class RunWriter {
 public:
  struct Options {
    bool local_first = false;            // as on a network file system, wherever it is
    std::filesystem::path local_folder;  // empty: the system's folder for temporary files
  };

  // Creates `path`, which must not exist (two runs never share a name); missing folders are made.
  static Result<std::unique_ptr<RunWriter>> create(const std::filesystem::path& path,
                                                   const Options& options);
  static Result<std::unique_ptr<RunWriter>> create(const std::filesystem::path& path) {
    return create(path, Options());
  }
  // Creates FOLDER/STEM.rehearsal, or STEM-2, STEM-3, … where that exists.
  static Result<std::unique_ptr<RunWriter>> create_unique(const std::filesystem::path& folder,
                                                          std::string_view stem);
  ~RunWriter();  // without close(): the file stays as a killed run leaves it
  RunWriter(RunWriter&&) = delete;
  RunWriter& operator=(RunWriter&&) = delete;

  const std::filesystem::path& path() const;

  // For the Recorder. `expected_jobs`: how many will come, where somebody knows (0: nobody). A
  // sample that they would outgrow begins as coarse as it would become.
  std::uint32_t begin_point(const RunHeader& header, std::uint64_t expected_jobs = 0);
  void add_job(std::uint32_t point, const JobRecord& job, std::span<const StageSpan> spans,
               std::span<const AttemptSpan> attempts);
  // Its row alone, whatever is kept of its trace; for jobs that come from another file.
  void add_row(std::uint32_t point, const JobRecord& job);
  void save_point(std::uint32_t point, const Tally& tally, const RunEnd* end);
  void commit();
  // Of a recording: adds a call, or replaces what was written of it before.
  void save_call(const RecordedCall& call);
  KeptRows kept(std::uint32_t point) const;

  // Ends the file; once, after every recorder's finish(). Trouble of any earlier call (disk full)
  // is reported here and by status().
  Status close();
  Status status() const;

 private:
  struct State;
  explicit RunWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The name that a run gets when nobody gave it one: "auto-post-20240131-120000".
std::string default_run_stem(std::string_view scenario, std::int64_t created_unix_ms);

// Which job is in the sample 2^-shift: the same ids in every run.
bool in_sample(JobId job, std::uint32_t shift);

// Whether a file is one that rehearse wrote about a run, by its first bytes; pipes are not touched.
bool is_run_file(const std::filesystem::path& path);

// Reads a run file. Errors say which of these it is: missing, a folder, empty, no run file, of
// another version, truncated or damaged, a killed run whose -wal is not beside it, without a run.
Result<Run> load_run(const std::filesystem::path& path);

// The rows that were kept of a point, by job id; warm-up included.
Result<std::vector<JobRecord>> load_jobs(const Run& run, std::size_t point);
// The calls of a recording in the order of their start; empty where the file is of a run that was
// not recorded. A killed recording has all but its last second. `bodies`: with what was said.
Result<std::vector<RecordedCall>> load_calls(const std::filesystem::path& path,
                                             bool bodies = false);
// The traces that were kept, by job id, at most `limit`.
Result<std::vector<JobTrace>> load_traces(const Run& run, std::size_t point, std::size_t limit);

}  // namespace rehearse::record
