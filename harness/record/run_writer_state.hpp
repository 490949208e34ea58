#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "harness/record/call_rows.hpp"
#include "harness/record/run_file.hpp"
#include "harness/record/sqlite.hpp"
#include "harness/record/trace_codec.hpp"

namespace rehearse::record {

// Rows go in by this many a statement: most of a statement's time is its beginning and its end.
constexpr std::size_t kRowsAtOnce = 32;
constexpr int kNumbers = 10;

// The numbers of a job row in the order of its columns, and its blob.
struct JobRow {
  std::array<std::int64_t, kNumbers> numbers{};
  std::string rest;
};

// What is kept of one point so far.
struct PointState {
  KeepRule keep;
  std::uint64_t rows = 0;
  std::uint32_t row_shift = 0;
  std::uint64_t sampled = 0;  // traces kept by their hash alone
  std::uint32_t trace_shift = 0;
  std::uint64_t failed = 0;  // traces kept because the job was not done
  std::uint64_t first = 0;
};

// The content of a RunWriter: the open database, and how rows get into it. Callers hold the mutex.
struct RunWriter::State {
  std::filesystem::path path;   // where the run will lie
  std::filesystem::path local;  // where it is written
  Database database;
  Statement insert_job;
  Statement insert_jobs_at_once;
  Statement insert_trace;
  CallRows calls;
  std::array<JobRow, kRowsAtOnce> waiting;  // rows that are not in the database yet
  std::size_t waiting_count = 0;
  mutable std::mutex mutex;
  std::vector<PointState> points;
  ByteWriter bytes;
  ByteWriter rest;
  Errors errors;
  bool open_transaction = false;
  bool closed = false;

  void check(int code) {
    if (code != SQLITE_OK && errors.empty()) {
      errors.push_back({local.string(), "cannot be written: " + database.message()});
    }
  }
  void execute(const char* sql) { check(database.execute(sql)); }
  void begin() {
    if (!open_transaction) {
      execute("BEGIN");
      open_transaction = true;
    }
  }
  void flush();
  void commit() {
    flush();
    if (open_transaction) {
      execute("COMMIT");
      open_transaction = false;
    }
  }
  Status prepare();
  // Forgets the rows that a coarser sample does not hold; how many are left.
  std::uint64_t thin(const char* table, std::uint32_t point, std::uint32_t shift,
                     std::uint64_t first);
  void insert_row(std::uint32_t point, PointState& state, const JobRecord& job);
  void insert_whole(std::uint32_t point, PointState& state, const JobRecord& job,
                    std::span<const StageSpan> spans, std::span<const AttemptSpan> attempts);
};

}  // namespace rehearse::record
