#include <unistd.h>
#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>
#include <system_error>

#include "harness/json/write.hpp"
#include "harness/record/call_rows.hpp"
#include "harness/record/run_file.hpp"
#include "harness/record/run_place.hpp"
#include "harness/record/run_schema.hpp"
#include "harness/record/sqlite.hpp"
#include "harness/record/trace_codec.hpp"

namespace rehearse::record {
namespace fs = std::filesystem;
namespace {

// Rows go in by this many a statement: most of a statement's time is its beginning and its end.
constexpr std::size_t kRowsAtOnce = 32;
constexpr int kNumbers = 10;

// The numbers of a job row in the order of its columns, and its blob.
struct JobRow {
  std::array<std::int64_t, kNumbers> numbers{};
  std::string rest;
};

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

// The k with which 2^-k of the expected jobs fit, give or take what luck adds: where all of them
// come and none fails, the k that counting them one by one would end with.
std::uint32_t first_shift(std::uint64_t expected, std::uint64_t most) {
  std::uint32_t shift = 0;
  while (most > 0 && shift < 63 && (expected >> shift) > most + most / 16) {
    ++shift;
  }
  return shift;
}

void sample_function(sqlite3_context* context, int, sqlite3_value** values) {
  const auto job = static_cast<std::uint64_t>(sqlite3_value_int64(values[0]));
  const auto shift = static_cast<std::uint32_t>(sqlite3_value_int64(values[1]));
  sqlite3_result_int(context, in_sample(JobId{job}, shift) ? 1 : 0);
}

}  // namespace

struct RunWriter::State {
  fs::path path;   // where the run will lie
  fs::path local;  // where it is written
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

RunWriter::RunWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}

RunWriter::~RunWriter() = default;

Result<std::unique_ptr<RunWriter>> RunWriter::create(const fs::path& path, const Options& options) {
  std::error_code ignored;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  fs::create_directories(folder, ignored);
  Claimed claimed = claim_file(path);
  if (!claimed.status.ok()) {
    return claimed.status.errors();
  }
  auto state = std::make_unique<State>();
  state->path = path;
  state->local = path;
  if (options.local_first || is_network_file_system(folder)) {
    const fs::path local_folder =
        options.local_folder.empty() ? fs::temp_directory_path(ignored) : options.local_folder;
    for (int i = 0;; ++i) {
      state->local = local_folder / (path.stem().string() + "-" + std::to_string(::getpid()) + "-" +
                                     std::to_string(i) + path.extension().string());
      claimed = claim_file(state->local);
      if (claimed.status.ok()) {
        break;
      }
      if (!claimed.exists) {
        fs::remove(path, ignored);
        return claimed.status.errors();
      }
    }
    std::ofstream(path) << kPlaceholder << state->local.string() << "\n";
  }
  Result<Database> database = Database::open(state->local, SQLITE_OPEN_READWRITE);
  if (!database.ok()) {
    fs::remove(path, ignored);
    return database.errors();
  }
  state->database = std::move(database).value();
  const Status prepared = state->prepare();
  if (!prepared.ok()) {
    fs::remove(path, ignored);
    return prepared.errors();
  }
  return std::unique_ptr<RunWriter>(new RunWriter(std::move(state)));
}

Result<std::unique_ptr<RunWriter>> RunWriter::create_unique(const fs::path& folder,
                                                            std::string_view stem) {
  for (int number = 1;; ++number) {
    std::string name(stem);
    if (number > 1) {
      name += "-" + std::to_string(number);
    }
    const fs::path path = folder / (name + ".rehearsal");
    std::error_code code;
    if (number < 10'000 && fs::exists(path, code)) {
      continue;
    }
    Result<std::unique_ptr<RunWriter>> writer = create(path);
    if (writer.ok() || number >= 10'000 || !fs::exists(path, code)) {
      return writer;
    }
  }
}

const fs::path& RunWriter::path() const { return state_->path; }

std::uint32_t RunWriter::begin_point(const RunHeader& header, std::uint64_t expected_jobs) {
  const std::lock_guard lock(state_->mutex);
  PointState point;
  point.keep = header.keep;
  point.row_shift = first_shift(expected_jobs, header.keep.job_rows);
  point.trace_shift = first_shift(expected_jobs, header.keep.sampled_traces);
  state_->points.push_back(point);
  const auto number = static_cast<std::uint32_t>(state_->points.size() - 1);
  state_->begin();
  const std::string text = json::dump(encode_header(header));
  Result<Statement> insert =
      state_->database.prepare("INSERT INTO points(point, header) VALUES(?1, ?2)");
  if (!insert.ok()) {
    state_->check(SQLITE_ERROR);
    return number;
  }
  insert.value().bind(1, static_cast<std::int64_t>(number));
  insert.value().bind_text(2, text);
  state_->check(insert.value().run());
  state_->commit();  // a run that is killed in its first instant is a run all the same
  return number;
}

void RunWriter::add_job(std::uint32_t point, const JobRecord& job, std::span<const StageSpan> spans,
                        std::span<const AttemptSpan> attempts) {
  const std::lock_guard lock(state_->mutex);
  PointState& state = state_->points[point];
  state_->begin();
  if (state.keep.job_rows > 0 && in_sample(job.id, state.row_shift)) {
    state_->insert_row(point, state, job);
  }
  state_->insert_whole(point, state, job, spans, attempts);
}

void RunWriter::add_row(std::uint32_t point, const JobRecord& job) {
  const std::lock_guard lock(state_->mutex);
  PointState& state = state_->points[point];
  state_->begin();
  if (state.keep.job_rows > 0 && in_sample(job.id, state.row_shift)) {
    state_->insert_row(point, state, job);
  }
}

void RunWriter::save_point(std::uint32_t point, const Tally& tally, const RunEnd* end) {
  const std::lock_guard lock(state_->mutex);
  const PointState& state = state_->points[point];
  state_->begin();
  Result<Statement> update = state_->database.prepare(
      "UPDATE points SET tally=?2, ended=?3, job_sample_shift=?4, trace_sample_shift=?5 "
      "WHERE point=?1");
  if (!update.ok()) {
    state_->check(SQLITE_ERROR);
    return;
  }
  const std::string counted = tally.encode();
  const std::string ended = end == nullptr ? std::string() : encode_end(*end);
  update.value().bind(1, static_cast<std::int64_t>(point));
  update.value().bind_blob(2, counted);
  if (end != nullptr) {
    update.value().bind_blob(3, ended);
  }
  update.value().bind(4, static_cast<std::int64_t>(state.row_shift));
  update.value().bind(5, static_cast<std::int64_t>(state.trace_shift));
  state_->check(update.value().run());
}

void RunWriter::save_call(const RecordedCall& call) {
  const std::lock_guard lock(state_->mutex);
  state_->begin();
  state_->check(state_->calls.save(state_->database, call));
}

void RunWriter::commit() {
  const std::lock_guard lock(state_->mutex);
  state_->commit();
}

KeptRows RunWriter::kept(std::uint32_t point) const {
  const std::lock_guard lock(state_->mutex);
  const PointState& state = state_->points[point];
  return {state.rows, state.row_shift, state.first + state.sampled + state.failed,
          state.trace_shift};
}

Status RunWriter::status() const {
  const std::lock_guard lock(state_->mutex);
  if (!state_->errors.empty()) {
    return state_->errors;
  }
  return Done{};
}

Status RunWriter::close() {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->closed) {
      return Done{};
    }
    state_->closed = true;
    state_->commit();
    state_->insert_job = Statement();
    state_->insert_jobs_at_once = Statement();
    state_->insert_trace = Statement();
    state_->calls.close();
    state_->execute("PRAGMA wal_checkpoint(TRUNCATE);PRAGMA journal_mode=DELETE;");
    state_->database.close();
  }
  const Status written = status();
  if (!written.ok() || state_->local == state_->path) {
    return written;
  }
  return move_file(state_->local, state_->path);
}

}  // namespace rehearse::record
