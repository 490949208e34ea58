#include "harness/record/tally.hpp"

#include <algorithm>
#include <utility>

#include "harness/record/tally_codec.hpp"

namespace rehearse::record {
namespace {

// One list of fields for the encoding, its inverse and the merge. A `visit` is called with the same
// field of each of `parts`.
template <typename Visit, typename... Parts>
void each_usage_field(Visit visit, Parts&... parts) {
  visit(parts.input_tokens...);
  visit(parts.cached_tokens...);
  visit(parts.output_tokens...);
  visit(parts.images...);
  visit(parts.audio_ms...);
  visit(parts.video_ms...);
  visit(parts.characters...);
  visit(parts.bytes...);
}

template <typename Visit, typename... Parts>
void each_stage_field(Visit visit, Parts&... parts) {
  visit(parts.response...);
  visit(parts.queue...);
  visit(parts.service...);
  visit(parts.ttft...);
  visit(parts.each...);
  visit(parts.critical_ns...);
  visit(parts.executions...);
  visit(parts.skipped...);
  visit(parts.cache_hits...);
  visit(parts.truncated...);
  visit(parts.rejected...);
  visit(parts.timed_out...);
  visit(parts.cancelled...);
  visit(parts.failed...);
  visit(parts.calls...);
  visit(parts.retries...);
  visit(parts.hedges...);
  visit(parts.errors...);
  each_usage_field(visit, parts.usage...);
  visit(parts.cost_nano_usd...);
}

// Since version 2 of the encoding.
template <typename Visit, typename... Parts>
void each_wire_field(Visit visit, Parts&... parts) {
  visit(parts.dns...);
  visit(parts.connect...);
  visit(parts.tls...);
  visit(parts.first_byte...);
  visit(parts.body...);
  visit(parts.itl...);
  visit(parts.tpot...);
  visit(parts.reused...);
}

template <typename Visit, typename... Parts>
void each_job_field(Visit visit, Parts&... parts) {
  visit(parts.done...);
  visit(parts.failed...);
  visit(parts.timed_out...);
  visit(parts.cancelled...);
  visit(parts.response...);
  visit(parts.cost...);
}

template <typename Visit, typename... Parts>
void each_run_field(Visit visit, Parts&... parts) {
  visit(parts.warmup_jobs...);
  visit(parts.good...);
  visit(parts.retries...);
  visit(parts.late_background...);
  visit(parts.service...);
  visit(parts.queue...);
  visit(parts.first_result...);
  visit(parts.lost...);
  visit(parts.cpu...);
  visit(parts.io_wait...);
  visit(parts.memory...);
  visit(parts.critical_ns...);
  each_usage_field(visit, parts.usage...);
  visit(parts.cost_nano_usd...);
}

struct Merge {
  template <typename Number>
  void operator()(Number& into, const Number& other) const {
    into += other;
  }
  void operator()(stats::Histogram& into, const stats::Histogram& other) const {
    into.merge(other);
  }
  void operator()(std::vector<std::uint64_t>& into, const std::vector<std::uint64_t>& other) const {
    into.resize(std::max(into.size(), other.size()));
    for (std::size_t i = 0; i < other.size(); ++i) {
      into[i] += other[i];
    }
  }
};

struct Write {
  ByteWriter& out;
  void operator()(std::uint64_t value) const { out.number(value); }
  void operator()(std::int64_t value) const { out.signed_number(value); }
  void operator()(Wide value) const { out.wide(value); }
  void operator()(const stats::Histogram& value) const { write_histogram(out, value); }
  void operator()(const std::vector<std::uint64_t>& values) const {
    out.number(values.size());
    for (const std::uint64_t value : values) {
      out.number(value);
    }
  }
};

struct Read {
  ByteReader& in;
  void operator()(std::uint64_t& value) const { value = in.number(); }
  void operator()(std::int64_t& value) const { value = in.signed_number(); }
  void operator()(Wide& value) const { value = in.wide(); }
  void operator()(stats::Histogram& value) const { read_histogram(in, value); }
  void operator()(std::vector<std::uint64_t>& values) const {
    values.resize(in.count());
    for (std::uint64_t& value : values) {
      value = in.number();
    }
  }
};

void write_timeline(ByteWriter& out, const Timeline& timeline) {
  out.number(timeline.shift());
  out.number(timeline.buckets().size());
  for (const Timeline::Bucket& bucket : timeline.buckets()) {
    out.number(bucket.started);
    out.number(bucket.done);
    out.number(bucket.failed);
    out.wide(bucket.response_ns);
  }
}

Timeline read_timeline(ByteReader& in) {
  const std::uint64_t shift = in.number();
  std::vector<Timeline::Bucket> buckets(in.count());
  if (shift < Timeline::kFirstShift || shift > 63 || buckets.size() > Timeline::kMostBuckets) {
    in.fail();
  }
  for (Timeline::Bucket& bucket : buckets) {
    bucket.started = in.number();
    bucket.done = in.number();
    bucket.failed = in.number();
    bucket.response_ns = in.wide();
  }
  if (in.bad()) {
    return {};
  }
  return Timeline::from_parts(static_cast<unsigned>(shift), std::move(buckets));
}

}  // namespace

void Tally::merge(const Tally& other) {
  tasks.resize(std::max(tasks.size(), other.tasks.size()));
  stages.resize(std::max(stages.size(), other.stages.size()));
  each_job_field(Merge(), jobs, other.jobs);
  each_run_field(Merge(), *this, other);
  for (std::size_t i = 0; i < other.tasks.size(); ++i) {
    each_job_field(Merge(), tasks[i], other.tasks[i]);
  }
  for (std::size_t i = 0; i < other.stages.size(); ++i) {
    each_stage_field(Merge(), stages[i], other.stages[i]);
    each_wire_field(Merge(), stages[i].wire, other.stages[i].wire);
    stages[i].wire.added.merge(other.stages[i].wire.added);
  }
  first_intended_ns = std::min(first_intended_ns, other.first_intended_ns);
  last_done_ns = std::max(last_done_ns, other.last_done_ns);
  last_drained_ns = std::max(last_drained_ns, other.last_drained_ns);
  timeline.merge(other.timeline);
}

std::string Tally::encode() const {
  ByteWriter out;
  const Write write{out};
  out.number(kTallyVersion);
  each_job_field(write, jobs);
  each_run_field(write, *this);
  out.signed_number(first_intended_ns);
  out.signed_number(last_done_ns);
  out.signed_number(last_drained_ns);
  out.number(tasks.size());
  for (const JobTally& task : tasks) {
    each_job_field(write, task);
  }
  out.number(stages.size());
  for (const StageTally& stage : stages) {
    each_stage_field(write, stage);
    each_wire_field(write, stage.wire);
    write(stage.wire.added);
  }
  write_timeline(out, timeline);
  return out.take();
}

Result<Tally> Tally::decode(std::string_view bytes) {
  ByteReader in(bytes);
  const Read read{in};
  Tally tally;
  const std::uint64_t version = in.number();
  if (version == 0 || version > kTallyVersion) {
    return Error{"", "counters in an encoding that this version does not know"};
  }
  each_job_field(read, tally.jobs);
  each_run_field(read, tally);
  tally.first_intended_ns = in.signed_number();
  tally.last_done_ns = in.signed_number();
  tally.last_drained_ns = in.signed_number();
  tally.tasks.resize(in.count());
  for (JobTally& task : tally.tasks) {
    each_job_field(read, task);
  }
  tally.stages.resize(in.count());
  for (StageTally& stage : tally.stages) {
    each_stage_field(read, stage);
    if (version >= 2) {
      each_wire_field(read, stage.wire);
    }
    if (version >= 3) {
      read(stage.wire.added);
    }
  }
  tally.timeline = read_timeline(in);
  if (in.bad() || !in.at_end()) {
    return Error{"", "damaged counters"};
  }
  return tally;
}

}  // namespace rehearse::record
