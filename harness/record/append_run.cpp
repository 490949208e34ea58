#include "harness/record/append_run.hpp"

#include <system_error>

#include "harness/json/write.hpp"
#include "harness/record/run_file.hpp"
#include "harness/record/run_schema.hpp"
#include "harness/record/sqlite.hpp"

namespace rehearse::record {
namespace fs = std::filesystem;
namespace {

constexpr const char* kTables[] = {
    "INSERT INTO main.jobs SELECT ?2, job, task, outcome, intended_ns, queue_ns, first_result_ns, "
    "response_ns, drained_ns, cost_nano_usd, rest FROM source.jobs WHERE point=?1",
    "INSERT INTO main.traces SELECT ?2, job, failed, trace FROM source.traces WHERE point=?1"};

class Appender {
 public:
  Appender(const fs::path& to, Database database) : to_(to), database_(std::move(database)) {}

  Status run(const Run& run, const std::vector<std::size_t>& points, const EntryMark& mark) {
    Result<Statement> attach = database_.prepare("ATTACH DATABASE ?1 AS source");
    const std::string source = run.path.string();
    if (!attach.ok()) {
      return trouble();
    }
    attach.value().bind_text(1, source);
    if (attach.value().run() != SQLITE_OK || database_.execute("BEGIN IMMEDIATE") != SQLITE_OK) {
      return trouble();
    }
    std::int64_t next = 0;
    {
      Result<Statement> count =
          database_.prepare("SELECT coalesce(max(point), -1) + 1 FROM main.points");
      if (!count.ok() || count.value().step() != SQLITE_ROW) {
        return roll_back();
      }
      next = count.value().integer(0);
    }
    for (const std::size_t point : points) {
      if (!copy(run.points[point].header, static_cast<std::int64_t>(point), next++, mark)) {
        return roll_back();
      }
    }
    return database_.execute("COMMIT") == SQLITE_OK ? Status(Done{}) : roll_back();
  }

 private:
  Status trouble() { return Error{to_.string(), "cannot be added to: " + database_.message()}; }
  Status roll_back() {
    const Status out = trouble();
    database_.execute("ROLLBACK");
    return out;
  }

  bool copy(RunHeader header, std::int64_t from, std::int64_t to, const EntryMark& mark) {
    if (!mark.entry.empty()) {
      header.entry = mark.entry;
      header.label = mark.label;
      header.branch = mark.branch;
      header.reason = mark.reason;
    }
    const std::string text = json::dump(encode_header(header));
    Result<Statement> insert = database_.prepare(
        "INSERT INTO main.points SELECT ?2, ?3, tally, ended, job_sample_shift, "
        "trace_sample_shift FROM source.points WHERE point=?1");
    if (!insert.ok()) {
      return false;
    }
    insert.value().bind(1, from);
    insert.value().bind(2, to);
    insert.value().bind_text(3, text);
    if (insert.value().run() != SQLITE_OK || sqlite3_changes(database_.get()) != 1) {
      return false;
    }
    for (const char* const sql : kTables) {
      Result<Statement> rows = database_.prepare(sql);
      if (!rows.ok()) {
        return false;
      }
      rows.value().bind(1, from);
      rows.value().bind(2, to);
      if (rows.value().run() != SQLITE_OK) {
        return false;
      }
    }
    return true;
  }

  const fs::path& to_;
  Database database_;
};

}  // namespace

Status append_points(const Run& run, const std::vector<std::size_t>& points, const fs::path& to,
                     const EntryMark& mark) {
  std::error_code ignored;
  const bool fresh = !fs::exists(to, ignored);
  if (!fresh && fs::equivalent(to, run.path, ignored)) {
    return Error{to.string(), "is the run itself: choose another file"};
  }
  if (fresh) {
    Result<std::unique_ptr<RunWriter>> made = RunWriter::create(to);
    if (!made) {
      return made.errors();
    }
    const Status closed = (*made)->close();
    if (!closed) {
      return closed;
    }
  } else if (const Result<Run> there = load_run(to); !there) {
    return there.errors();
  }
  const auto append = [&]() -> Status {
    Result<Database> database = Database::open(to, SQLITE_OPEN_READWRITE);
    return database ? Appender(to, std::move(database).value()).run(run, points, mark)
                    : Status(database.errors());
  };
  const Status appended = append();
  if (!appended && fresh) {
    fs::remove(to, ignored);
  }
  return appended;
}

}  // namespace rehearse::record
