#include "harness/record/trace_codec.hpp"

#include "harness/record/tally_codec.hpp"

namespace rehearse::record {
namespace {

// kNoStage as 0, so that it takes one byte.
std::uint64_t shifted(std::uint32_t index) { return index == kNoStage ? 0 : index + 1ULL; }
std::uint32_t unshifted(std::uint64_t value) {
  return value == 0 ? kNoStage : static_cast<std::uint32_t>(value - 1);
}

void write_span(ByteWriter& out, const StageSpan& span, Instant origin) {
  out.number(span.stage);
  out.number(span.item);
  out.number(shifted(span.parent));
  out.number(shifted(span.released_by));
  out.number(static_cast<unsigned>(span.end) | (span.background ? 16u : 0u) |
             (span.truncated ? 32u : 0u));
  out.number(span.attempts);
  out.number(span.failure);
  out.signed_number((span.ready - origin).count_ns());
  out.signed_number((span.started - span.ready).count_ns());
  out.signed_number((span.first_chunk - span.started).count_ns());
  out.signed_number((span.done - span.first_chunk).count_ns());
  out.signed_number(span.cpu.count_ns());
  out.signed_number(span.io_wait.count_ns());
  write_usage(out, span.usage);
  out.signed_number(span.cost.count_nano_usd());
}

StageSpan read_span(ByteReader& in, Instant origin) {
  StageSpan span;
  span.stage = static_cast<std::uint32_t>(in.number());
  span.item = static_cast<std::uint32_t>(in.number());
  span.parent = unshifted(in.number());
  span.released_by = unshifted(in.number());
  const std::uint64_t flags = in.number();
  if ((flags & 15) > static_cast<unsigned>(StageEnd::Rejected)) {
    in.fail();
  } else {
    span.end = static_cast<StageEnd>(flags & 15);
  }
  span.background = (flags & 16) != 0;
  span.truncated = (flags & 32) != 0;
  span.attempts = static_cast<std::uint16_t>(in.number());
  span.failure = static_cast<std::uint8_t>(in.number());
  span.ready = origin + Duration::nanoseconds(in.signed_number());
  span.started = span.ready + Duration::nanoseconds(in.signed_number());
  span.first_chunk = span.started + Duration::nanoseconds(in.signed_number());
  span.done = span.first_chunk + Duration::nanoseconds(in.signed_number());
  span.cpu = Duration::nanoseconds(in.signed_number());
  span.io_wait = Duration::nanoseconds(in.signed_number());
  read_usage(in, span.usage);
  span.cost = Money::nano_usd(in.signed_number());
  return span;
}

void write_attempt(ByteWriter& out, const AttemptSpan& attempt, Instant origin) {
  out.number(attempt.span);
  out.number(static_cast<std::uint64_t>(attempt.number) << 1 | (attempt.hedge ? 1u : 0u));
  out.number(attempt.failure);
  out.number(attempt.status);
  out.number(attempt.chunks);
  out.signed_number((attempt.started - origin).count_ns());
  out.signed_number((attempt.first_chunk - attempt.started).count_ns());
  out.signed_number((attempt.done - attempt.first_chunk).count_ns());
  write_usage(out, attempt.usage);
  out.signed_number(attempt.cost.count_nano_usd());
}

AttemptSpan read_attempt(ByteReader& in, Instant origin) {
  AttemptSpan attempt;
  attempt.span = static_cast<std::uint32_t>(in.number());
  const std::uint64_t number = in.number();
  attempt.number = static_cast<std::uint32_t>(number >> 1);
  attempt.hedge = (number & 1) != 0;
  attempt.failure = static_cast<std::uint8_t>(in.number());
  attempt.status = static_cast<std::uint16_t>(in.number());
  attempt.chunks = static_cast<std::uint32_t>(in.number());
  attempt.started = origin + Duration::nanoseconds(in.signed_number());
  attempt.first_chunk = attempt.started + Duration::nanoseconds(in.signed_number());
  attempt.done = attempt.first_chunk + Duration::nanoseconds(in.signed_number());
  read_usage(in, attempt.usage);
  attempt.cost = Money::nano_usd(in.signed_number());
  return attempt;
}

}  // namespace

void write_usage(ByteWriter& out, const Usage& usage) {
  const std::int64_t fields[] = {usage.input_tokens, usage.cached_tokens, usage.output_tokens,
                                 usage.images,       usage.audio_ms,      usage.video_ms,
                                 usage.characters,   usage.bytes};
  unsigned mask = 0;
  for (unsigned i = 0; i < 8; ++i) {
    mask |= fields[i] != 0 ? 1u << i : 0u;
  }
  out.number(mask);
  for (const std::int64_t field : fields) {
    if (field != 0) {
      out.signed_number(field);
    }
  }
}

void read_usage(ByteReader& in, Usage& usage) {
  std::int64_t* fields[] = {&usage.input_tokens, &usage.cached_tokens, &usage.output_tokens,
                            &usage.images,       &usage.audio_ms,      &usage.video_ms,
                            &usage.characters,   &usage.bytes};
  const std::uint64_t mask = in.number();
  for (unsigned i = 0; i < 8; ++i) {
    if ((mask >> i & 1) != 0) {
      *fields[i] = in.signed_number();
    }
  }
}

void write_job_rest(ByteWriter& out, const JobRecord& job) {
  write_usage(out, job.usage);
  out.number(shifted(job.failed_span));
  out.number(job.retries);
  out.signed_number(job.cpu.count_ns());
  out.signed_number(job.io_wait.count_ns());
  out.number(job.memory_peak_mb > 0 ? 1 : 0);
  if (job.memory_peak_mb > 0) {
    out.real(job.memory_peak_mb);
  }
}

void read_job_rest(ByteReader& in, JobRecord& job) {
  read_usage(in, job.usage);
  job.failed_span = unshifted(in.number());
  job.retries = static_cast<std::uint32_t>(in.number());
  job.cpu = Duration::nanoseconds(in.signed_number());
  job.io_wait = Duration::nanoseconds(in.signed_number());
  job.memory_peak_mb = in.number() != 0 ? in.real() : 0;
}

void write_job(ByteWriter& out, const JobRecord& job) {
  out.number(job.id.value);
  out.number(job.task);
  out.number(static_cast<unsigned>(job.end) | (job.warmup ? 16u : 0u));
  out.signed_number(job.intended.count_ns());
  out.signed_number((job.started - job.intended).count_ns());
  out.signed_number((job.first_result - job.intended).count_ns());
  out.signed_number((job.done - job.intended).count_ns());
  out.signed_number((job.drained - job.done).count_ns());
  out.signed_number(job.cost.count_nano_usd());
  write_job_rest(out, job);
}

void read_job(ByteReader& in, JobRecord& job) {
  job.id.value = in.number();
  job.task = static_cast<std::uint32_t>(in.number());
  const std::uint64_t flags = in.number();
  if ((flags & 15) > static_cast<unsigned>(JobEnd::Cancelled)) {
    in.fail();
    return;
  }
  job.end = static_cast<JobEnd>(flags & 15);
  job.warmup = (flags & 16) != 0;
  job.intended = Instant::from_ns(in.signed_number());
  job.started = job.intended + Duration::nanoseconds(in.signed_number());
  job.first_result = job.intended + Duration::nanoseconds(in.signed_number());
  job.done = job.intended + Duration::nanoseconds(in.signed_number());
  job.drained = job.done + Duration::nanoseconds(in.signed_number());
  job.cost = Money::nano_usd(in.signed_number());
  read_job_rest(in, job);
}

void write_trace(ByteWriter& out, const JobRecord& job, std::span<const StageSpan> spans,
                 std::span<const AttemptSpan> attempts) {
  out.number(kTraceVersion);
  write_job(out, job);
  out.number(spans.size());
  for (const StageSpan& span : spans) {
    write_span(out, span, job.intended);
  }
  out.number(attempts.size());
  for (const AttemptSpan& attempt : attempts) {
    write_attempt(out, attempt, job.intended);
  }
}

bool read_trace(std::string_view bytes, JobTrace& trace) {
  ByteReader in(bytes);
  if (in.number() != kTraceVersion) {
    return false;
  }
  read_job(in, trace.job);
  const std::size_t spans = in.count();
  for (std::size_t i = 0; i < spans && !in.bad(); ++i) {
    trace.spans.push_back(read_span(in, trace.job.intended));
  }
  const std::size_t attempts = in.count();
  for (std::size_t i = 0; i < attempts && !in.bad(); ++i) {
    trace.attempts.push_back(read_attempt(in, trace.job.intended));
  }
  return !in.bad() && in.at_end();
}

}  // namespace rehearse::record
