#include "mocks/server/stage_book.hpp"

#include "harness/base/text.hpp"

namespace rehearse::server {
namespace {

constexpr std::size_t kMostJobs = 1u << 16;   // older ones are forgotten
constexpr std::size_t kMostCalls = 1u << 18;  // of one job

bool fits(const StageMatch& stage, const Unnamed& call) {
  return (stage.operation.empty() || stage.operation == call.operation) &&
         call.path.starts_with(stage.path) && (stage.model.empty() || stage.model == call.model) &&
         call.body.find(stage.body_contains) != std::string_view::npos;
}

}  // namespace

const StageMatch* StageBook::find(Job& job, const Mount& mount, const Unnamed& call) {
  const StageMatch* found = nullptr;
  for (const StageMatch& stage : mount.stages) {
    if (!fits(stage, call)) {
      continue;
    }
    // Counted even where an earlier rule took the call: `nth` speaks of all that fit.
    if (stage.nth && ++job.fitting[&stage] != *stage.nth) {
      continue;
    }
    found = found == nullptr ? &stage : found;
  }
  return found;
}

StageBook::Entry StageBook::enter(const Mount& mount, const Unnamed& call) {
  if (jobs_.size() > kMostJobs) {
    jobs_.erase(jobs_.begin());
  }
  Job& job = jobs_[call.job];
  if (job.last.size() > kMostCalls) {
    job.last.clear();
    job.calls.clear();
  }
  const std::uint64_t same =
      mix64(hash_name(mount.name) ^ mix64(hash_name(call.operation) ^ call.body_hash)) ^
      hash_name(call.path);
  if (call.retry > 0) {
    if (const auto before = job.last.find(same); before != job.last.end()) {
      Entry entry = before->second;
      entry.key.attempt = call.retry & 0xFF;
      return entry;
    }
  }
  Entry entry;
  entry.stage = find(job, mount, call);
  entry.key.seed = seed_;
  entry.key.job = call.job;
  entry.key.stage = entry.stage != nullptr ? hash_name(entry.stage->stage) : same;
  entry.key.item = job.calls[entry.key.stage]++ & 0xFF'FFFF;
  entry.key.attempt = call.retry & 0xFF;
  job.last[same] = entry;
  return entry;
}

}  // namespace rehearse::server
