#include "harness/record/run_writer_state.hpp"

#include <algorithm>

#include "harness/record/run_schema.hpp"

namespace rehearse::record {
namespace {

std::string insert_jobs(std::size_t rows) {
  std::string sql = "INSERT INTO jobs VALUES(?,?,?,?,?,?,?,?,?,?,?)";
  for (std::size_t i = 1; i < rows; ++i) {
    sql += ",(?,?,?,?,?,?,?,?,?,?,?)";
  }
  return sql;
}

void bind_row(Statement& statement, int first, const JobRow& row) {
  for (int i = 0; i < kNumbers; ++i) {
    statement.bind(first + i, row.numbers[static_cast<std::size_t>(i)]);
  }
  statement.bind_blob(first + kNumbers, row.rest);
}

constexpr char kInsertTrace[] = "INSERT INTO traces VALUES(?1,?2,?3,?4)";

void sample_function(sqlite3_context* context, int, sqlite3_value** values) {
  const auto job = static_cast<std::uint64_t>(sqlite3_value_int64(values[0]));
  const auto shift = static_cast<std::uint32_t>(sqlite3_value_int64(values[1]));
  sqlite3_result_int(context, in_sample(JobId{job}, shift) ? 1 : 0);
}

}  // namespace

Status RunWriter::State::prepare() {
  // NORMAL: in WAL a commit survives the end of the process, and a power cut costs the last ones.
  const int code = database.execute(
      "PRAGMA page_size=4096;PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
      "PRAGMA wal_autocheckpoint=4000;PRAGMA temp_store=MEMORY;PRAGMA cache_size=-4000;");
  if (code != SQLITE_OK) {
    return Error{local.string(), "cannot be written: " + database.message()};
  }
  const std::string marks = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                            ";PRAGMA user_version=" + std::to_string(kRunFileVersion) + ";BEGIN;" +
                            kSchema + "COMMIT;";
  if (database.execute(marks.c_str()) != SQLITE_OK) {
    return Error{local.string(), "cannot be written: " + database.message()};
  }
  sqlite3_create_function_v2(database.get(), "in_sample", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                             nullptr, sample_function, nullptr, nullptr, nullptr);
  Result<Statement> job = database.prepare(insert_jobs(1).c_str());
  Result<Statement> jobs = database.prepare(insert_jobs(kRowsAtOnce).c_str());
  Result<Statement> trace = database.prepare(kInsertTrace);
  if (!job.ok() || !jobs.ok() || !trace.ok()) {
    return Error{local.string(), "cannot be written: " + database.message()};
  }
  insert_job = std::move(job).value();
  insert_jobs_at_once = std::move(jobs).value();
  insert_trace = std::move(trace).value();
  return Done{};
}

void RunWriter::State::flush() {
  if (waiting_count == kRowsAtOnce) {
    for (std::size_t i = 0; i < kRowsAtOnce; ++i) {
      bind_row(insert_jobs_at_once, 1 + static_cast<int>(i) * (kNumbers + 1), waiting[i]);
    }
    check(insert_jobs_at_once.run());
  } else {
    for (std::size_t i = 0; i < waiting_count; ++i) {
      bind_row(insert_job, 1, waiting[i]);
      check(insert_job.run());
    }
  }
  waiting_count = 0;
}

std::uint64_t RunWriter::State::thin(const char* table, std::uint32_t point, std::uint32_t shift,
                                     std::uint64_t first) {
  const std::string which =
      std::string(" FROM ") + table + " WHERE point=" + std::to_string(point) +
      (std::string_view(table) == "traces" ? " AND failed=0 AND job>=" + std::to_string(first)
                                           : "");
  const std::string sql =
      "DELETE" + which + " AND NOT in_sample(job," + std::to_string(shift) + ")";
  begin();
  flush();
  execute(sql.c_str());
  Result<Statement> count = database.prepare(("SELECT count(*)" + which).c_str());
  if (!count.ok() || count.value().step() != SQLITE_ROW) {
    return 0;
  }
  return static_cast<std::uint64_t>(count.value().integer(0));
}

void RunWriter::State::insert_row(std::uint32_t point, PointState& state, const JobRecord& job) {
  rest.clear();
  write_job_rest(rest, job);
  JobRow& row = waiting[waiting_count++];
  row.numbers = {static_cast<std::int64_t>(point),
                 static_cast<std::int64_t>(job.id.value),
                 static_cast<std::int64_t>(job.task),
                 static_cast<std::int64_t>(job.end) + (job.warmup ? 16 : 0),
                 job.intended.count_ns(),
                 (job.started - job.intended).count_ns(),
                 (job.first_result - job.intended).count_ns(),
                 (job.done - job.intended).count_ns(),
                 (job.drained - job.done).count_ns(),
                 job.cost.count_nano_usd()};
  row.rest.assign(rest.bytes());
  if (waiting_count == kRowsAtOnce) {
    flush();
  }
  if (++state.rows > state.keep.job_rows) {
    state.rows = thin("jobs", point, ++state.row_shift, 0);
  }
}

void RunWriter::State::insert_whole(std::uint32_t point, PointState& state, const JobRecord& job,
                                    std::span<const StageSpan> spans,
                                    std::span<const AttemptSpan> attempts) {
  const KeepRule& keep = state.keep;
  const bool first = job.id.value < keep.first_traces;
  const bool sampled = keep.sampled_traces > 0 && in_sample(job.id, state.trace_shift);
  const bool failed = job.end != JobEnd::Done && state.failed < keep.failed_traces;
  if (!first && !sampled && !failed) {
    return;
  }
  bytes.clear();
  write_trace(bytes, job, spans, attempts);
  Statement& row = insert_trace;
  row.bind(1, static_cast<std::int64_t>(point));
  row.bind(2, static_cast<std::int64_t>(job.id.value));
  row.bind(3, std::int64_t{failed ? 1 : 0});
  row.bind_blob(4, bytes.bytes());
  check(row.run());
  if (failed) {
    ++state.failed;
  } else if (first) {
    ++state.first;
  } else if (++state.sampled > keep.sampled_traces) {
    state.sampled = thin("traces", point, ++state.trace_shift, keep.first_traces);
  }
}

}  // namespace rehearse::record
