#include "harness/record/run_file.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <fstream>

#include <catch2/catch.hpp>

#include "harness/base/rng.hpp"
#include "harness/record/recorder.hpp"
#include "harness/record/sqlite.hpp"
#include "harness/record/summary.hpp"
#include "tests/record/sample_run.hpp"

namespace rehearse::record {
namespace {

namespace fs = std::filesystem;
using sample::Folder;

fs::path write_run(const Folder& folder, const std::string& name, std::uint64_t jobs,
                   const KeepRule& keep = {}) {
  auto writer = RunWriter::create(folder / name);
  REQUIRE(writer.ok());
  RunHeader header = sample::header();
  header.keep = keep;
  Recorder recorder(header, writer->get());
  REQUIRE(recorder.finish(sample::run_into(recorder, {jobs, 10, 1, {}})).ok());
  REQUIRE((*writer)->close().ok());
  return folder / name;
}

std::string error_of(const fs::path& path) {
  const Result<Run> run = load_run(path);
  REQUIRE_FALSE(run.ok());
  return run.error().what;
}

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_all(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST_CASE("a run that ended leaves one plain file that says what the recorder knew") {
  const Folder folder;
  const fs::path path = write_run(folder, "a.rehearsal", 250);
  REQUIRE(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
  const Result<Run> run = load_run(path);
  REQUIRE(run.ok());
  REQUIRE(run->points.size() == 1);
  const RunPoint& point = run->points[0];
  const RunPoint known = sample::run({250, 10, 1, {}});
  REQUIRE(point.tally.encode() == known.tally.encode());
  REQUIRE(encode_end(*point.end) == encode_end(*known.end));
  REQUIRE(point.kept.job_rows == 250);
  REQUIRE(point.kept.traces == 250);
  REQUIRE(point.first_jobs.size() == kFirstJobs);
  REQUIRE(summarise(point).valid);
}

TEST_CASE("job rows and traces come back as they were told") {
  const Folder folder;
  const Result<Run> run = load_run(write_run(folder, "a.rehearsal", 30));
  const auto jobs = load_jobs(*run, 0);
  const auto traces = load_traces(*run, 0, 100);
  REQUIRE(jobs->size() == 30);
  REQUIRE(traces->size() == 30);
  sample::Luck luck;
  luck.jitter_ms = static_cast<std::int64_t>(mix64(0) % 2000) - 1000;
  const JobTrace told = sample::job(0, Instant(), luck);
  const JobRecord& job = jobs->front();
  REQUIRE(job.done == told.job.done);
  REQUIRE(job.drained == told.job.drained);
  REQUIRE(job.cost == told.job.cost);
  REQUIRE(job.usage == told.job.usage);
  REQUIRE(job.failed_span == kNoStage);
  REQUIRE(jobs->at(9).end == JobEnd::Failed);
  REQUIRE(jobs->at(9).failed_span == 3);
  const JobTrace& trace = traces->front();
  REQUIRE(trace.spans.size() == told.spans.size());
  REQUIRE(trace.attempts.size() == told.attempts.size());
  for (std::size_t i = 0; i < told.spans.size(); ++i) {
    REQUIRE(trace.spans[i].done == told.spans[i].done);
    REQUIRE(trace.spans[i].released_by == told.spans[i].released_by);
    REQUIRE(trace.spans[i].parent == told.spans[i].parent);
    REQUIRE(trace.spans[i].background == told.spans[i].background);
    REQUIRE(trace.spans[i].cost == told.spans[i].cost);
  }
  REQUIRE(trace.attempts[0].status == 200);
}

TEST_CASE("past the limit the jobs of a hash sample are kept, the same ones in every order") {
  KeepRule keep;
  keep.job_rows = 100;
  keep.sampled_traces = 50;
  keep.first_traces = 5;
  keep.failed_traces = 7;
  std::vector<std::uint64_t> kept[2];
  for (int order = 0; order < 2; ++order) {
    const Folder folder;
    auto writer = RunWriter::create(folder / "a.rehearsal");
    RunHeader header = sample::header();
    header.keep = keep;
    Recorder recorder(header, writer->get());
    for (std::uint64_t i = 0; i < 1000; ++i) {
      sample::Luck luck;
      const std::uint64_t id = order == 0 ? i : 999 - i;
      luck.image_fails = id % 50 == 0;
      const JobTrace trace = sample::job(id, Instant(), luck);
      recorder.job_finished(trace.job, trace.spans, trace.attempts);
    }
    REQUIRE(recorder.finish({}).ok());
    REQUIRE((*writer)->close().ok());
    const Result<Run> run = load_run(folder / "a.rehearsal");
    REQUIRE(run->points[0].kept.job_rows <= 100);
    REQUIRE(run->points[0].kept.job_rows > 25);
    REQUIRE(run->points[0].kept.traces <= 62);
    REQUIRE(run->points[0].tally.jobs.ended() == 1000);
    const Result<std::vector<JobRecord>> jobs = load_jobs(*run, 0);
    for (const JobRecord& job : *jobs) {
      REQUIRE(in_sample(job.id, run->points[0].kept.job_sample_shift));
      kept[order].push_back(job.id.value);
    }
  }
  REQUIRE(kept[0] == kept[1]);
}

TEST_CASE("a point of a study keeps its counters and no rows, many points lie in one file") {
  const Folder folder;
  auto writer = RunWriter::create(folder / "grid.rehearsal");
  for (int i = 0; i < 3; ++i) {
    RunHeader header = sample::header();
    header.keep = KeepRule::nothing();
    header.point = "concurrency=" + std::to_string(i);
    Recorder recorder(header, writer->get());
    REQUIRE(recorder.finish(sample::run_into(recorder, {20, 0, 1, {}})).ok());
  }
  REQUIRE((*writer)->close().ok());
  const Result<Run> run = load_run(folder / "grid.rehearsal");
  REQUIRE(run->points.size() == 3);
  REQUIRE(run->points[2].header.point == "concurrency=2");
  REQUIRE(run->points[2].tally.jobs.done == 20);
  REQUIRE(run->points[2].kept.job_rows == 0);
}

TEST_CASE("a run that is killed loses what came after its last commit, and nothing else") {
  const Folder folder;
  const fs::path path = folder / "killed.rehearsal";
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    auto writer = RunWriter::create(path);
    Recorder recorder(sample::header(), writer->get());
    for (std::uint64_t id = 0; id < 1500; ++id) {
      const JobTrace trace = sample::job(id, Instant(), {});
      recorder.job_finished(trace.job, trace.spans, trace.attempts);
      recorder.tick(Instant() + sample::ms(static_cast<std::int64_t>(id)));
    }
    const char done = 'x';
    [[maybe_unused]] const auto written = ::write(ready[1], &done, 1);
    pause();
    _exit(0);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  REQUIRE(kill(child, SIGKILL) == 0);
  int status = 0;
  waitpid(child, &status, 0);
  close(ready[0]);
  close(ready[1]);
  const Result<Run> run = load_run(path);
  REQUIRE(run.ok());
  const RunPoint& point = run->points[0];
  REQUIRE_FALSE(point.end.has_value());
  REQUIRE(point.tally.jobs.done == 1001);  // ticks at 500 and 1,000 ms of wall time
  REQUIRE(load_jobs(*run, 0)->size() == 1001);
  const RunSummary summary = summarise(point);
  REQUIRE_FALSE(summary.valid);
  REQUIRE_FALSE(summary.complete);

  // The same file without its -wal says what is missing.
  const Folder elsewhere;
  fs::copy_file(path, elsewhere / "killed.rehearsal");
  REQUIRE(error_of(elsewhere / "killed.rehearsal").find("killed.rehearsal-wal is not beside it") !=
          std::string::npos);
}

TEST_CASE("what is no run file is refused with what it is") {
  const Folder folder;
  REQUIRE(error_of(folder / "missing") == "no such file");
  REQUIRE(error_of(folder.path()).find("is a folder") == 0);
  write_all(folder / "empty", "");
  REQUIRE(error_of(folder / "empty").find("is empty") == 0);
  write_all(folder / "text", "not a run\n");
  REQUIRE(error_of(folder / "text").find("is no run file") == 0);
  write_all(folder / "short", "SQLite format 3");
  REQUIRE_FALSE(load_run(folder / "short").ok());
}

TEST_CASE("a file of another version or of another program is named as such") {
  const Folder folder;
  std::string bytes = read_all(write_run(folder, "a.rehearsal", 5));
  bytes[63] = 9;  // user_version, big endian
  write_all(folder / "b", bytes);
  REQUIRE(error_of(folder / "b").find("version 9") != std::string::npos);
  bytes[63] = 1;
  bytes[68] = 0;  // application_id
  write_all(folder / "c", bytes);
  REQUIRE(error_of(folder / "c").find("another program's database") != std::string::npos);
}

TEST_CASE("parts in the encoding of another version are named as such, empty ones as damage") {
  const Folder folder;
  const auto error_after = [&](const char* sql) {
    const fs::path path = write_run(folder, "a.rehearsal", 5);
    Result<Database> database = Database::open(path, SQLITE_OPEN_READWRITE);
    REQUIRE(database.ok());
    REQUIRE(database->execute(sql) == SQLITE_OK);
    database->close();
    const std::string error = error_of(path);
    fs::remove(path);
    return error;
  };
  for (const char* sql : {"UPDATE points SET tally = x'07'", "UPDATE points SET ended = x'07'",
                          "UPDATE traces SET trace = x'07'"}) {
    INFO(sql);
    REQUIRE(error_after(sql).find("is a run file of another version") == 0);
  }
  REQUIRE(error_after("UPDATE points SET tally = x''").find("is truncated or damaged") == 0);
}

TEST_CASE("a truncated file is an error at every length, and so is a damaged one") {
  const Folder folder;
  const std::string bytes = read_all(write_run(folder, "a.rehearsal", 100));
  for (std::size_t size = 1; size < bytes.size(); size += 997) {
    write_all(folder / "cut", bytes.substr(0, size));
    REQUIRE_FALSE(load_run(folder / "cut").ok());
  }
  // Damage anywhere never ends the program; where it is noticed it is an error.
  for (std::size_t at = 100; at < bytes.size(); at += 1511) {
    std::string damaged = bytes;
    for (std::size_t i = at; i < std::min(at + 64, bytes.size()); ++i) {
      damaged[i] = static_cast<char>(~damaged[i]);
    }
    write_all(folder / "damaged", damaged);
    const Result<Run> run = load_run(folder / "damaged");
    if (run.ok()) {
      (void)summarise(run->points[0]);
      (void)load_jobs(*run, 0).ok();
    }
  }
}

TEST_CASE("a damaged row of a job is an error, not a job of zeros") {
  const Folder folder;
  for (const char* sql :
       {"UPDATE jobs SET rest = x'ff' WHERE job = 7", "UPDATE jobs SET response_ns = -5"}) {
    const fs::path path = write_run(folder, "row.rehearsal", 20);
    Result<Database> database = Database::open(path, SQLITE_OPEN_READWRITE);
    REQUIRE(database.ok());
    REQUIRE(database->execute(sql) == SQLITE_OK);
    database->close();
    const Result<Run> run = load_run(path);
    REQUIRE(run.ok());
    INFO(sql);
    const Result<std::vector<JobRecord>> jobs = load_jobs(*run, 0);
    REQUIRE_FALSE(jobs.ok());
    CHECK(jobs.error().what.find("is truncated or damaged") == 0);
    fs::remove(path);
  }
}

TEST_CASE("two runs never share a file, and unwritable places are refused") {
  const Folder folder;
  const fs::path first = write_run(folder, "a.rehearsal", 5);
  const auto again = RunWriter::create(first);
  REQUIRE_FALSE(again.ok());
  REQUIRE(again.error().what.find("exists already") == 0);
  REQUIRE(load_run(first).ok());
  auto one = RunWriter::create_unique(folder.path(), "x");
  auto two = RunWriter::create_unique(folder.path(), "x");
  REQUIRE((*one)->path().filename() == "x.rehearsal");
  REQUIRE((*two)->path().filename() == "x-2.rehearsal");
  REQUIRE_FALSE(RunWriter::create("/proc/nothing/a.rehearsal").ok());
}

TEST_CASE("on a network file system the run is written locally and moved at the end") {
  const Folder remote;
  const Folder local;
  RunWriter::Options options;
  options.local_first = true;
  options.local_folder = local.path();
  auto writer = RunWriter::create(remote / "a.rehearsal", options);
  REQUIRE(writer.ok());
  Recorder recorder(sample::header(), writer->get());
  const RunEnd end = sample::run_into(recorder, {10, 0, 1, {}});
  recorder.tick(Instant());
  recorder.tick(Instant() + sample::ms(600));
  // While it runs the note in its place leads to it.
  REQUIRE(load_run(remote / "a.rehearsal")->points[0].tally.jobs.done == 10);
  REQUIRE(recorder.finish(end).ok());
  REQUIRE((*writer)->close().ok());
  REQUIRE(fs::is_empty(local.path()));
  REQUIRE(load_run(remote / "a.rehearsal")->points[0].end.has_value());
}

TEST_CASE("a run that nobody named is named after its scenario and its second") {
  REQUIRE(default_run_stem("auto-post", 1'700'000'000'123) == "auto-post-20231114-221320");
  REQUIRE(default_run_stem("../x y", 0) == "---x-y-19700101-000000");
}

TEST_CASE("a run without jobs is a run") {
  const Folder folder;
  const Result<Run> run = load_run(write_run(folder, "none.rehearsal", 0));
  REQUIRE(run.ok());
  REQUIRE(summarise(run->points[0]).issued == 0);
}

}  // namespace
}  // namespace rehearse::record
