#include "harness/cli/recording_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>

#include "harness/base/rng.hpp"
#include "harness/cli/version.hpp"
#include "harness/provider/status.hpp"
#include "harness/record/recorder.hpp"

namespace rehearse::cli {
namespace {

using provider::Failure;
using record::CallEnd;

Failure failure_of(const record::RecordedCall& call) {
  switch (call.end) {
    case CallEnd::Open:
    case CallEnd::ClientLeft:
      return Failure::Cancelled;
    case CallEnd::NoConnection:
      return Failure::ConnectionRefused;
    case CallEnd::ConnectionLost:
      return call.status == 0 ? Failure::ConnectionReset : Failure::Truncated;
    case CallEnd::Malformed:
      return Failure::Malformed;
    case CallEnd::Answered:
      break;
  }
  const int status = call.status;
  return status < 400 && status >= 200                     ? Failure::None
         : status == 429                                   ? Failure::RateLimited
         : status == 503 || status == 529                  ? Failure::Overloaded
         : status >= 500                                   ? Failure::ServerError
         : status == 401 || status == 403                  ? Failure::Unauthorized
         : status == 404                                   ? Failure::NotFound
         : status == 400 || status == 413 || status == 422 ? Failure::BadRequest
                                                           : Failure::OtherStatus;
}

std::string stage_name(const record::RecordedCall& call) {
  return call.provider + "." + call.operation + (call.model.empty() ? "" : " " + call.model);
}

record::RunHeader header_of(const RecordedProgram& program) {
  record::RunHeader header;
  const std::uint64_t unique = mix64(static_cast<std::uint64_t>(program.created.count_ns())) ^
                               static_cast<std::uint64_t>(getpid());
  header.id = record::run_id_text(mix64(unique), mix64(unique + 1));
  header.created_unix_ms = program.created.count_ns() / 1'000'000;
  header.scenario = program.name;
  header.against = "recorded";
  header.drive = "app";
  header.workload = "recording";
  header.workload_kind = "batch";
  header.workload_text = "1 job, as recorded";
  for (int i = 0; i <= static_cast<int>(Failure::Malformed); ++i) {
    header.failures.emplace_back(provider::failure_name(static_cast<Failure>(i)));
  }
  header.environment = record::read_environment();
  header.environment.version = version();
  header.environment.commit = commit();
  return header;
}

record::StageSpan span_of(const record::RecordedCall& call, std::uint32_t stage,
                          std::uint32_t item) {
  record::StageSpan span;
  span.stage = stage;
  span.item = item;
  span.failure = static_cast<std::uint8_t>(failure_of(call));
  span.end = span.failure == 0 ? record::StageEnd::Done : record::StageEnd::Failed;
  span.attempts = 1;
  span.ready = span.started = call.started;
  span.done = call.started + call.done;
  const bool parts = call.stream && call.first_content > Duration::zero();
  span.first_chunk = parts ? call.started + call.first_content : span.done;
  span.usage = call.usage;
  return span;
}

}  // namespace

Status write_recorded_run(record::RunWriter& file, const RecordedProgram& program,
                          const std::vector<record::RecordedCall>& calls) {
  record::RunHeader header = header_of(program);
  std::map<std::string, std::uint32_t> stages;
  std::map<std::uint32_t, std::uint32_t> items;
  record::JobRecord job;
  job.end = program.succeeded ? record::JobEnd::Done : record::JobEnd::Failed;
  job.first_result = job.done = job.drained = Instant() + program.took;
  std::vector<record::StageSpan> spans;
  std::vector<record::AttemptSpan> attempts;
  for (const record::RecordedCall& call : calls) {
    const std::string name = stage_name(call);
    const auto [found, fresh] =
        stages.emplace(name, static_cast<std::uint32_t>(header.stages.size()));
    if (fresh) {
      record::StageInfo info;
      info.path = info.name = info.detail = name;
      info.order = found->second;
      info.basis = "measured";
      header.stages.push_back(info);
    }
    const record::StageSpan span = span_of(call, found->second, items[found->second]++);
    record::AttemptSpan attempt;
    attempt.span = static_cast<std::uint32_t>(spans.size());
    attempt.failure = span.failure;
    attempt.status = call.status;
    attempt.chunks = static_cast<std::uint32_t>(call.chunks.size());
    attempt.started = span.started;
    attempt.first_chunk = span.first_chunk;
    attempt.done = span.done;
    attempt.usage = span.usage;
    job.usage += span.usage;
    job.done = std::max(job.done, span.done);
    spans.push_back(span);
    attempts.push_back(attempt);
  }
  job.first_result = job.drained = job.done;
  record::Recorder recorder(std::move(header), &file);
  recorder.job_finished(job, spans, attempts);
  record::RunEnd end;
  end.issued = 1;
  end.elapsed = end.wall = job.done - Instant();
  end.max_in_flight = 1;
  end.little_l = end.little_lambda_w = end.elapsed > Duration::zero() ? 1 : 0;
  return recorder.finish(std::move(end));
}

}  // namespace rehearse::cli
