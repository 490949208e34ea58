#include "harness/engine/trail.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace rehearse::engine {
namespace {

// A note is a head of one word (local work) or two (an attempt), then the words that its flags
// name.
//   head     span (32) | number (24) | which usage fields follow (8)
//   second   chunks (32) | status (16) | failure (8) | flags (8)
// Local work has the number kLocal, and its usage bits say which of CPU and I/O follow.
constexpr std::uint64_t kLocal = 0xFF'FFFF;
constexpr std::uint64_t kHedge = 1;
constexpr std::uint64_t kLateStart = 2;   // later than its span: a connection was opened before
constexpr std::uint64_t kFirstChunk = 4;  // before the end
constexpr std::uint64_t kCost = 8;

constexpr std::array kUsageFields{
    &Usage::input_tokens, &Usage::cached_tokens, &Usage::output_tokens, &Usage::images,
    &Usage::audio_ms,     &Usage::video_ms,      &Usage::characters,    &Usage::bytes};
static_assert(sizeof(kUsageFields) == sizeof(Usage));

std::uint64_t head(std::uint32_t span, std::uint64_t number, std::uint64_t mask) {
  return std::uint64_t{span} << 32 | number << 8 | mask;
}

// Reads notes off, word by word.
class Reader {
 public:
  explicit Reader(const std::vector<std::int64_t>& words)
      : at_(words.data()), end_(at_ + words.size()) {}
  bool at_end() const { return at_ == end_; }
  std::int64_t word() { return *at_++; }
  std::uint64_t bits() { return static_cast<std::uint64_t>(word()); }

 private:
  const std::int64_t* at_;
  const std::int64_t* end_;
};

// What was used is added field by field: few are there, and whole usages just written by their
// fields cannot be read at once.
void read_attempt(Reader& in, std::uint64_t first, record::StageSpan& span,
                  record::AttemptSpan& out, record::JobRecord& job) {
  const std::uint64_t second = in.bits();
  out.span = static_cast<std::uint32_t>(first >> 32);
  out.number = static_cast<std::uint32_t>(first >> 8 & 0xFF'FFFF);
  out.hedge = (second & kHedge) != 0;
  out.failure = static_cast<std::uint8_t>(second >> 8);
  out.status = static_cast<std::uint16_t>(second >> 16);
  out.chunks = static_cast<std::uint32_t>(second >> 32);
  out.started = (second & kLateStart) != 0 ? Instant::from_ns(in.word()) : span.started;
  out.done = Instant::from_ns(in.word());
  out.first_chunk = (second & kFirstChunk) != 0 ? Instant::from_ns(in.word()) : out.done;
  out.cost = (second & kCost) != 0 ? Money::nano_usd(in.word()) : Money();
  span.cost += out.cost;
  job.cost += out.cost;
  out.usage = Usage();
  for (std::uint64_t mask = first & 0xFF; mask != 0; mask &= mask - 1) {
    const auto field = kUsageFields[static_cast<std::size_t>(std::countr_zero(mask))];
    const std::int64_t units = in.word();
    out.usage.*field = units;
    span.usage.*field += units;
    job.usage.*field += units;
  }
}

}  // namespace

// In small steps: jobs in flight are many, and what they do not use is lost.
std::int64_t* Trail::extend(std::size_t words) {
  const std::size_t before = notes_.size();
  if (notes_.capacity() - before < words) {
    notes_.reserve(before + words + before / 4);
  }
  notes_.resize(before + words);
  return notes_.data() + before;
}

void Trail::note_local(std::uint32_t span, Duration cpu, Duration io_wait) {
  const std::uint64_t mask =
      (cpu > Duration::zero() ? 1u : 0u) | (io_wait > Duration::zero() ? 2u : 0u);
  if (mask == 0) {
    return;
  }
  std::int64_t* next = extend(mask == 3 ? 3 : 2);
  *next++ = static_cast<std::int64_t>(head(span, kLocal, mask));
  if ((mask & 1) != 0) {
    *next++ = cpu.count_ns();
  }
  if ((mask & 2) != 0) {
    *next = io_wait.count_ns();
  }
}

void Trail::note_attempt(std::uint32_t span, std::uint32_t number, bool hedge,
                         const provider::Outcome& outcome) {
  if (outcome.wire != nullptr) {
    wires_.push_back({attempts_, outcome.wire});
  }
  ++attempts_;
  std::uint64_t mask = 0;
  std::size_t words = 3;
  for (std::size_t i = 0; i < kUsageFields.size(); ++i) {
    const bool used = outcome.usage.*kUsageFields[i] != 0;
    mask |= std::uint64_t{used} << i;
    words += std::size_t{used};
  }
  const bool late = outcome.started != spans[span].started;
  const bool early = outcome.first_chunk != outcome.done;
  const bool paid = outcome.cost != Money();
  const std::uint64_t flags = (hedge ? kHedge : 0) | (late ? kLateStart : 0) |
                              (early ? kFirstChunk : 0) | (paid ? kCost : 0);
  words += std::size_t{late} + std::size_t{early} + std::size_t{paid};
  std::int64_t* next = extend(words);
  const auto put = [&next](std::int64_t word) { *next++ = word; };
  put(static_cast<std::int64_t>(head(span, std::min<std::uint64_t>(number, kLocal - 1), mask)));
  put(static_cast<std::int64_t>(
      std::uint64_t{outcome.chunks} << 32 | std::uint64_t{outcome.status} << 16 |
      std::uint64_t{static_cast<std::uint8_t>(outcome.failure)} << 8 | flags));
  if (late) {
    put(outcome.started.count_ns());
  }
  put(outcome.done.count_ns());
  if (early) {
    put(outcome.first_chunk.count_ns());
  }
  if (paid) {
    put(outcome.cost.count_nano_usd());
  }
  for (; mask != 0; mask &= mask - 1) {
    put(outcome.usage.*kUsageFields[static_cast<std::size_t>(std::countr_zero(mask))]);
  }
}

// Written over what the job before left there: whole records are large, and most of each is zero.
void Trail::expand(std::vector<record::StageSpan>& all, std::vector<record::AttemptSpan>& attempts,
                   record::JobRecord& job) const {
  all.resize(spans.size());
  attempts.resize(attempts_);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const LiveSpan& span = spans[i];
    record::StageSpan& out = all[i];
    out.stage = span.stage;
    out.item = span.item;
    out.parent = span.parent;
    out.released_by = span.released_by;
    out.end = span.end;
    out.background = span.background;
    out.truncated = span.truncated;
    out.attempts = span.attempts;
    out.failure = span.failure;
    out.ready = span.ready;
    out.started = span.started;
    out.first_chunk = span.first_chunk;
    out.done = span.done;
    out.cpu = out.io_wait = Duration::zero();
    out.usage = Usage();
    out.cost = Money();
  }
  std::size_t read = 0;
  for (Reader in(notes_); !in.at_end();) {
    const std::uint64_t first = in.bits();
    record::StageSpan& span = all[first >> 32];
    if ((first >> 8 & 0xFF'FFFF) == kLocal) {
      span.cpu = Duration::nanoseconds((first & 1) != 0 ? in.word() : 0);
      span.io_wait = Duration::nanoseconds((first & 2) != 0 ? in.word() : 0);
      job.cpu += span.cpu;
      job.io_wait += span.io_wait;
    } else {
      record::AttemptSpan& attempt = attempts[read++];
      attempt.wire.reset();
      read_attempt(in, first, span, attempt, job);
    }
  }
  for (const Wire& wire : wires_) {
    attempts[wire.attempt].wire = wire.times;
  }
}

}  // namespace rehearse::engine
