#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <system_error>

#include "harness/json/read.hpp"
#include "harness/record/call_rows.hpp"
#include "harness/record/run_file.hpp"
#include "harness/record/run_schema.hpp"
#include "harness/record/sqlite.hpp"
#include "harness/record/tally_codec.hpp"
#include "harness/record/trace_codec.hpp"

namespace rehearse::record {
namespace fs = std::filesystem;
namespace {

// The first bytes of an SQLite file (www.sqlite.org/fileformat2.html).
struct FileHead {
  std::array<unsigned char, 100> bytes{};
  std::size_t size = 0;

  bool is_sqlite() const {
    return size >= 16 && std::equal(bytes.begin(), bytes.begin() + 16, "SQLite format 3");
  }
  std::uint32_t at(std::size_t offset, std::size_t width) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      value = value << 8 | bytes[offset + i];
    }
    return value;
  }
  std::uint64_t page_size() const { return at(16, 2) == 1 ? 65'536 : at(16, 2); }
  bool is_wal() const { return bytes[18] == 2; }
  std::uint64_t pages() const { return at(28, 4); }
  std::uint32_t version() const { return at(60, 4); }
  std::uint32_t application() const { return at(68, 4); }
};

Error not_ours(const fs::path& path, std::string_view found) {
  return {path.string(),
          "is no run file: expected one written by rehearse, found " + std::string(found)};
}

Error truncated(const fs::path& path) {
  return {path.string(), "is truncated or damaged: copy it again, or make the run again"};
}

// Bytes inside a sound file that could not be decoded.
Error undecoded(const fs::path& path, std::string_view bytes, std::uint64_t known,
                std::string_view what) {
  if (!is_of_another_version(bytes, known)) {
    return truncated(path);
  }
  return {path.string(), "is a run file of another version: " + std::string(what) +
                             " in an encoding that this rehearse does not know; read it with the "
                             "rehearse that wrote it, or make the run again"};
}

fs::path wal_of(const fs::path& path) {
  fs::path wal = path;
  wal += "-wal";
  return wal;
}

// Where a run that is written elsewhere first lies now; empty where `text` is no such note.
fs::path placeholder_target(std::string_view text) {
  const std::string_view mark(kPlaceholder);
  if (text.substr(0, mark.size()) != mark) {
    return {};
  }
  text.remove_prefix(mark.size());
  return fs::path(std::string(text.substr(0, text.find('\n'))));
}

Status check_head(const fs::path& path, const FileHead& head, std::uint64_t size) {
  std::error_code code;
  const bool has_wal = fs::exists(wal_of(path), code);
  if (size == 0) {
    return Error{path.string(), has_wal ? "is damaged: empty beside its -wal"
                                        : "is empty: the run was killed before it began, or the "
                                          "file was not copied whole"};
  }
  if (!head.is_sqlite()) {
    return not_ours(path, "another kind of file");
  }
  if (head.size < head.bytes.size()) {
    return truncated(path);
  }
  // While a run lasts its file is in WAL mode, and only a clean end takes it out of it.
  if (head.is_wal() && !has_wal) {
    return Error{path.string(), "is of a run that was killed, and " +
                                    wal_of(path).filename().string() +
                                    " is not beside it: bring both files together"};
  }
  if (!head.is_wal() && head.pages() * head.page_size() > size) {
    return truncated(path);
  }
  return Done{};
}

Status check_marks(const fs::path& path, Database& database) {
  const auto pragma = [&](const char* sql, std::int64_t& value) {
    Result<Statement> statement = database.prepare(sql);
    if (!statement.ok() || statement.value().step() != SQLITE_ROW) {
      return false;
    }
    value = statement.value().integer(0);
    return true;
  };
  std::int64_t application = 0;
  std::int64_t version = 0;
  if (!pragma("PRAGMA application_id", application) || !pragma("PRAGMA user_version", version)) {
    const int code = sqlite3_errcode(database.get());
    if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY) {
      return Error{path.string(),
                   "is of a run that was killed or still runs; reading it needs "
                   "write access to its folder: copy it with its -wal elsewhere"};
    }
    return truncated(path);
  }
  if (application != kApplicationId) {
    return not_ours(path, "another program's database");
  }
  if (version != kRunFileVersion) {
    return Error{
        path.string(),
        "is a run file of version " + std::to_string(version) + ", this rehearse reads version " +
            std::to_string(kRunFileVersion) +
            (version > kRunFileVersion ? ": use a newer rehearse" : ": make the run again")};
  }
  return Done{};
}

struct Opened {
  fs::path path;
  Database database;
};

Result<Opened> open_run(fs::path path) {
  std::error_code code;
  for (int hops = 0; hops < 2; ++hops) {
    if (!fs::exists(path, code)) {
      return Error{path.string(), hops == 0 ? "no such file"
                                            : "no such file: the run was being written there by "
                                              "another machine, or it has been cleaned away"};
    }
    if (fs::is_directory(path, code)) {
      return Error{path.string(), "is a folder, expected a run file"};
    }
    if (!fs::is_regular_file(path, code)) {
      return not_ours(path, "no regular file");
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      return Error{path.string(), "cannot be read: permission denied?"};
    }
    std::string text(4096, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    const fs::path target = placeholder_target(text);
    if (!target.empty()) {
      path = target;
      continue;
    }
    FileHead head;
    head.size = std::min(text.size(), head.bytes.size());
    std::copy_n(text.begin(), head.size, head.bytes.begin());
    const Status good = check_head(path, head, fs::file_size(path, code));
    if (!good.ok()) {
      return good.errors();
    }
    break;
  }
  Result<Database> database = Database::open(path, SQLITE_OPEN_READONLY);
  if (!database.ok()) {
    return database.errors();
  }
  Opened opened{path, std::move(database).value()};
  const Status marked = check_marks(path, opened.database);
  if (!marked.ok()) {
    return marked.errors();
  }
  return opened;
}

std::uint64_t count_rows(Database& database, const char* sql, std::size_t point) {
  Result<Statement> statement = database.prepare(sql);
  if (!statement.ok()) {
    return 0;
  }
  statement.value().bind(1, static_cast<std::int64_t>(point));
  return statement.value().step() == SQLITE_ROW
             ? static_cast<std::uint64_t>(statement.value().integer(0))
             : 0;
}

Result<std::vector<JobTrace>> read_traces(Opened& opened, std::size_t point, std::size_t limit) {
  Result<Statement> select =
      opened.database.prepare("SELECT trace FROM traces WHERE point=?1 ORDER BY job LIMIT ?2");
  if (!select.ok()) {
    return truncated(opened.path);
  }
  Statement& row = select.value();
  row.bind(1, static_cast<std::int64_t>(point));
  row.bind(2, static_cast<std::int64_t>(std::min<std::size_t>(limit, INT32_MAX)));
  std::vector<JobTrace> traces;
  int code = row.step();
  for (; code == SQLITE_ROW; code = row.step()) {
    JobTrace trace;
    if (!read_trace(row.bytes(0), trace)) {
      return undecoded(opened.path, row.bytes(0), kTraceVersion, "its traces are");
    }
    traces.push_back(std::move(trace));
  }
  if (code != SQLITE_DONE) {
    return truncated(opened.path);
  }
  return traces;
}

Result<RunPoint> read_point(Opened& opened, const Statement& row) {
  RunPoint point;
  const fs::path& path = opened.path;
  json::Limits limits;
  limits.bytes = 64u << 20;
  Result<json::Value> text = json::parse(row.bytes(1), "header", limits);
  if (!text.ok()) {
    return truncated(path);
  }
  Result<RunHeader> header = decode_header(text.value());
  if (!header.ok()) {
    return Error{path.string(),
                 "has a header that cannot be read, of another version or damaged: " +
                     header.error().text()};
  }
  point.header = std::move(header).value();
  point.tally.stages.resize(point.header.stages.size());
  point.tally.tasks.resize(std::max<std::size_t>(point.header.tasks.size(), 1));
  if (!row.is_null(2)) {
    Result<Tally> tally = Tally::decode(row.bytes(2));
    if (!tally.ok()) {
      return undecoded(path, row.bytes(2), kTallyVersion, "its counters are");
    }
    if (tally.value().stages.size() != point.header.stages.size()) {
      return truncated(path);
    }
    point.tally = std::move(tally).value();
  }
  if (!row.is_null(3)) {
    Result<RunEnd> end = decode_end(row.bytes(3));
    if (!end.ok()) {
      return undecoded(path, row.bytes(3), kEndVersion, "the record of its end is");
    }
    point.end = std::move(end).value();
  }
  point.kept.job_sample_shift = static_cast<std::uint32_t>(row.integer(4));
  point.kept.trace_sample_shift = static_cast<std::uint32_t>(row.integer(5));
  return point;
}

Status fill_point(Opened& opened, std::size_t number, RunPoint& point) {
  point.kept.job_rows =
      count_rows(opened.database, "SELECT count(*) FROM jobs WHERE point=?1", number);
  point.kept.traces =
      count_rows(opened.database, "SELECT count(*) FROM traces WHERE point=?1", number);
  Result<std::vector<JobTrace>> first = read_traces(opened, number, kFirstJobs);
  if (!first.ok()) {
    return first.errors();
  }
  for (JobTrace& trace : first.value()) {
    if (trace.job.id.value < kFirstJobs) {
      point.first_jobs.push_back(std::move(trace));
    }
  }
  return Done{};
}

// nullopt: damaged.
std::optional<JobRecord> read_row(const Statement& row) {
  JobRecord job;
  job.id.value = static_cast<std::uint64_t>(row.integer(0));
  job.task = static_cast<std::uint32_t>(row.integer(1));
  job.end = static_cast<JobEnd>(row.integer(2) & 3);
  job.warmup = (row.integer(2) & 16) != 0;
  job.intended = Instant::from_ns(row.integer(3));
  job.started = job.intended + Duration::nanoseconds(row.integer(4));
  job.first_result = job.intended + Duration::nanoseconds(row.integer(5));
  job.done = job.intended + Duration::nanoseconds(row.integer(6));
  job.drained = job.done + Duration::nanoseconds(row.integer(7));
  job.cost = Money::nano_usd(row.integer(8));
  ByteReader rest(row.bytes(9));
  read_job_rest(rest, job);
  return rest.bad() || job.done < job.intended ? std::nullopt : std::optional(job);
}

}  // namespace

Result<Run> load_run(const fs::path& path) {
  Result<Opened> opened = open_run(path);
  if (!opened.ok()) {
    return opened.errors();
  }
  Result<Statement> select = opened.value().database.prepare(
      "SELECT point, header, tally, ended, job_sample_shift, trace_sample_shift FROM points "
      "ORDER BY point");
  if (!select.ok()) {
    return truncated(path);
  }
  Run run;
  run.path = opened.value().path;
  int code = select.value().step();
  for (; code == SQLITE_ROW; code = select.value().step()) {
    Result<RunPoint> point = read_point(opened.value(), select.value());
    if (!point.ok()) {
      return point.errors();
    }
    run.points.push_back(std::move(point).value());
  }
  if (code != SQLITE_DONE) {
    return truncated(path);
  }
  if (run.points.empty()) {
    return Error{path.string(), "holds no run: it was killed before its first job"};
  }
  for (std::size_t i = 0; i < run.points.size(); ++i) {
    const Status filled = fill_point(opened.value(), i, run.points[i]);
    if (!filled.ok()) {
      return filled.errors();
    }
  }
  return run;
}

Result<std::vector<JobRecord>> load_jobs(const Run& run, std::size_t point) {
  Result<Opened> opened = open_run(run.path);
  if (!opened.ok()) {
    return opened.errors();
  }
  Result<Statement> select = opened.value().database.prepare(
      "SELECT job, task, outcome, intended_ns, queue_ns, first_result_ns, response_ns, "
      "drained_ns, cost_nano_usd, rest FROM jobs WHERE point=?1");
  if (!select.ok()) {
    return truncated(run.path);
  }
  Statement& row = select.value();
  row.bind(1, static_cast<std::int64_t>(point));
  std::vector<JobRecord> jobs;
  int code = row.step();
  for (; code == SQLITE_ROW; code = row.step()) {
    const std::optional<JobRecord> job = read_row(row);
    if (!job) {
      return truncated(run.path);
    }
    jobs.push_back(*job);
  }
  if (code != SQLITE_DONE) {
    return truncated(run.path);
  }
  std::sort(jobs.begin(), jobs.end(),
            [](const JobRecord& a, const JobRecord& b) { return a.id < b.id; });
  return jobs;
}

Result<std::vector<RecordedCall>> load_calls(const fs::path& path, bool bodies) {
  Result<Opened> opened = open_run(path);
  if (!opened.ok()) {
    return opened.errors();
  }
  auto calls = CallRows::load(opened.value().database, bodies);
  if (!calls) {
    return truncated(path);
  }
  if (!calls->ok()) {
    return Error{path.string(), "holds a call that cannot be read: " + calls->error().text()};
  }
  return *std::move(calls);
}

Result<std::vector<JobTrace>> load_traces(const Run& run, std::size_t point, std::size_t limit) {
  Result<Opened> opened = open_run(run.path);
  if (!opened.ok()) {
    return opened.errors();
  }
  return read_traces(opened.value(), point, limit);
}

}  // namespace rehearse::record
