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
#include "harness/record/run_writer_state.hpp"
#include "harness/record/sqlite.hpp"
#include "harness/record/trace_codec.hpp"

namespace rehearse::record {
namespace fs = std::filesystem;
namespace {

// The k with which 2^-k of the expected jobs fit, give or take what luck adds: where all of them
// come and none fails, the k that counting them one by one would end with.
std::uint32_t first_shift(std::uint64_t expected, std::uint64_t most) {
  std::uint32_t shift = 0;
  while (most > 0 && shift < 63 && (expected >> shift) > most + most / 16) {
    ++shift;
  }
  return shift;
}

}  // namespace

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
