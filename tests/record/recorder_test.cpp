#include "harness/record/recorder.hpp"

#include <catch2/catch.hpp>

#include "harness/record/critical_path.hpp"
#include "harness/record/summary.hpp"
#include "tests/record/sample_run.hpp"

namespace rehearse::record {
namespace {

using sample::at_ms;
using sample::ms;
using namespace literals;

StageSpan span(std::uint32_t stage, std::int64_t ready, std::int64_t started, std::int64_t done,
               std::uint32_t released_by = kNoStage, std::uint32_t parent = kNoStage) {
  StageSpan out;
  out.stage = stage;
  out.ready = at_ms(ready);
  out.started = at_ms(started);
  out.first_chunk = out.done = at_ms(done);
  out.released_by = released_by;
  out.parent = parent;
  return out;
}

std::vector<std::pair<std::uint32_t, std::int64_t>> path_of(const std::vector<StageSpan>& spans) {
  std::vector<CriticalPart> path;
  critical_path(spans, path);
  std::vector<std::pair<std::uint32_t, std::int64_t>> out;
  for (const CriticalPart& part : path) {
    out.emplace_back(part.span, part.time.count_ns() / 1'000'000);
  }
  return out;
}

using Path = std::vector<std::pair<std::uint32_t, std::int64_t>>;

TEST_CASE("phases of HTTP and the pace of streams are counted of successful calls alone") {
  RunHeader header;
  StageInfo draft;
  draft.path = draft.name = "draft";
  header.stages = {draft};
  Recorder recorder(header);
  const auto call = [&](const WireTimes& wire, std::uint8_t failure, std::int64_t tokens) {
    JobRecord job;
    job.done = job.drained = job.first_result = Instant() + 3_s;
    const StageSpan span{.stage = 0, .attempts = 1, .done = job.done};
    AttemptSpan attempt{.failure = failure, .done = job.done};
    attempt.usage.output_tokens = tokens;
    attempt.wire = std::make_shared<const WireTimes>(wire);
    recorder.job_finished(job, {&span, 1}, {&attempt, 1});
  };
  WireTimes opened{.http = true,
                   .dns = 2_ms,
                   .connect = 3_ms,
                   .tls = 5_ms,
                   .first_byte = 400_ms,
                   .body = 900_ms,
                   .content = 800_ms,
                   .gaps = {100_ms, 300_ms, 400_ms},
                   .added = 2_ms};
  call(opened, 0, 9);
  opened.reused = true;
  opened.gaps.clear();
  opened.added.reset();
  call(opened, 0, 9);  // came whole: no pace
  call(opened, 3, 9);  // failed
  const WireTally& tally = recorder.tally().stages[0].wire;
  CHECK(tally.dns.count() == 1);
  CHECK(tally.tls.max() == (5_ms).count_ns());
  CHECK(tally.first_byte.count() == 2);
  CHECK(tally.body.sum() == (1800_ms).count_ns());
  CHECK(tally.reused == 1);
  CHECK(tally.added.count() == 1);  // the second call had no planned time
  CHECK(tally.added.max() == (2_ms).count_ns());
  CHECK(tally.itl.count() == 3);
  CHECK(tally.itl.sum() == (800_ms).count_ns());
  REQUIRE(tally.tpot.count() == 1);
  CHECK(tally.tpot.max() == (100_ms).count_ns());  // 800 ms over 8 further tokens
  // Merged and encoded like all else.
  Tally twice = recorder.tally();
  twice.merge(recorder.tally());
  const auto read = Tally::decode(twice.encode());
  REQUIRE(read);
  CHECK(read->stages[0].wire.itl.count() == 6);
  CHECK(read->stages[0].wire.reused == 2);
  CHECK(read->stages[0].wire.added.count() == 2);
  const RunSummary summary = summarise(recorder.point());
  CHECK(summary.wire_added_s.count == 1);
  CHECK(summary.wire_added_s.max == 0.002);
  CHECK(summary.stages[0].wire.added_s.mean == 0.002);
}

TEST_CASE("tallies of version 2, which know no time that the wire added, are read") {
  Tally tally;
  tally.jobs.done = 5;
  tally.stages.resize(1);
  tally.stages[0].wire.body.record(1'000);
  const std::string bytes = tally.encode();
  // The last field of the only stage, empty, stands before a timeline of two numbers.
  std::string older = bytes;
  older.erase(older.size() - 3, 1);
  REQUIRE_FALSE(Tally::decode(older).ok());
  older[0] = 2;
  const auto read = Tally::decode(older);
  REQUIRE(read.ok());
  CHECK(read->jobs.done == 5);
  CHECK(read->stages[0].wire.body.count() == 1);
  CHECK(read->stages[0].wire.added.empty());
  std::string later = bytes;
  later[0] = 4;
  REQUIRE(Tally::decode(later).error().what ==
          "counters in an encoding that this version does not know");
}

TEST_CASE("the critical path of nothing is empty") { REQUIRE(path_of({}).empty()); }

TEST_CASE("the critical path goes through the slower of two branches") {
  // 0 → {1 fast, 2 slow} → 3
  const std::vector<StageSpan> spans{span(0, 0, 0, 10), span(1, 10, 10, 12, 0),
                                     span(2, 10, 15, 30, 0), span(3, 30, 30, 31, 2)};
  REQUIRE(path_of(spans) == Path{{3, 1}, {2, 20}, {0, 10}});
}

TEST_CASE("a group's time belongs to its inner stages, and what is left at its ends to itself") {
  // group 1 waits 5 for what it holds; 2 and 3 inside; 1 more at its end; then 4.
  const std::vector<StageSpan> spans{span(0, 0, 0, 10), span(1, 10, 15, 41, 0),
                                     span(2, 15, 15, 25, kNoStage, 1), span(3, 25, 25, 40, 2, 1),
                                     span(4, 41, 41, 50, 1)};
  REQUIRE(path_of(spans) == Path{{4, 9}, {1, 1}, {3, 15}, {2, 10}, {1, 5}, {0, 10}});
}

TEST_CASE("an inner stage may name its group or what stood before the group as its releaser") {
  for (const std::uint32_t releaser : {kNoStage, 0u, 1u}) {
    const std::uint32_t group_releaser = releaser == 0 ? kNoStage : 0;
    const std::vector<StageSpan> spans{span(0, 0, 0, 10), span(1, 10, 10, 20, group_releaser),
                                       span(2, 10, 10, 20, releaser, 1)};
    REQUIRE(path_of(spans) == Path{{2, 10}, {0, 10}});
  }
}

TEST_CASE("background and skipped spans are on no critical path") {
  std::vector<StageSpan> spans{span(0, 0, 0, 10), span(1, 10, 10, 99, 0), span(2, 10, 10, 10, 0)};
  spans[1].background = true;
  spans[2].end = StageEnd::Skipped;
  REQUIRE(path_of(spans) == Path{{0, 10}});
}

TEST_CASE("a job of many spans has the path that one of few has") {
  // A group of two stages one after the other, its last span but one as late as its last; then 4.
  std::vector<StageSpan> spans{span(0, 0, 0, 10),         span(1, 10, 15, 41, 0),
                               span(2, 15, 15, 25, 1, 1), span(3, 25, 25, 40, 2, 1),
                               span(3, 25, 26, 40, 2, 1), span(4, 41, 41, 50, 1)};
  const Path path{{5, 9}, {1, 1}, {4, 15}, {2, 10}, {1, 5}, {0, 10}};
  REQUIRE(path_of(spans) == path);
  for (int i = 0; i < 100; ++i) {  // on no path, in the group and outside
    spans.push_back(span(6, 10, 10, 99, 0, i % 2 == 0 ? 1 : kNoStage));
    spans.back().background = true;
  }
  REQUIRE(path_of(spans) == path);
}

TEST_CASE("a path through very many items is found in one pass over them") {
  constexpr std::uint32_t kItems = 200'000;
  std::vector<StageSpan> spans{span(0, 0, 0, kItems)};
  for (std::uint32_t i = 0; i < kItems; ++i) {
    spans.push_back(span(0, i, i, i + 1, i == 0 ? kNoStage : i, 0));
  }
  const Path path = path_of(spans);
  REQUIRE(path.size() == kItems);
  REQUIRE(path.front() == std::pair<std::uint32_t, std::int64_t>(kItems, 1));
  REQUIRE(path.back() == std::pair<std::uint32_t, std::int64_t>(1, 1));
}

TEST_CASE("a job whose stages follow one another has the path that a walk over it finds") {
  std::vector<StageSpan> spans{span(0, 0, 0, 10), span(1, 10, 12, 30, 0), span(2, 30, 30, 30, 1),
                               span(0, 30, 30, 45, 2)};
  const Path path{{3, 15}, {1, 20}, {0, 10}};
  REQUIRE(path_of(spans) == path);
  spans.push_back(span(4, 10, 10, 99, 0));  // no longer a chain
  spans.back().background = true;
  REQUIRE(path_of(spans) == path);
  spans.pop_back();
  spans[3].done = at_ms(20);  // before it began: damaged
  REQUIRE(path_of(spans) == Path{{1, 20}, {0, 10}});
}

TEST_CASE("what waited and what did not stand in one histogram, whenever it is read") {
  Recorder recorder(sample::header());
  stats::Histogram response;
  stats::Histogram queue;
  stats::Histogram service;
  const auto check = [&] {
    const Tally& tally = recorder.tally();
    REQUIRE((tally.jobs.response == response && tally.first_result == response));
    REQUIRE((tally.queue == queue && tally.service == service));
    const StageTally& stage = tally.stages[0];
    REQUIRE((stage.response == response && stage.queue == queue && stage.service == service));
  };
  for (std::int64_t i = 0; i < 60; ++i) {
    const std::int64_t wait = i % 3 == 0 ? 7 : 0;
    JobRecord job;
    job.id = JobId{static_cast<std::uint64_t>(i)};
    job.started = at_ms(wait);
    job.done = job.drained = job.first_result = at_ms(10 + wait + i);
    const StageSpan only = span(0, 0, wait, 10 + wait + i);
    recorder.job_finished(job, {&only, 1}, {});
    response.record(ms(10 + wait + i).count_ns());
    queue.record(ms(wait).count_ns());
    service.record(ms(10 + i).count_ns());
    if (i % 20 == 5) {
      check();
    }
  }
  RunEnd end;
  end.issued = 60;
  REQUIRE(recorder.finish(end).ok());
  check();
}

TEST_CASE("a circle of releasers ends") {
  const std::vector<StageSpan> spans{span(0, 0, 0, 10, 1), span(1, 0, 0, 10, 0),
                                     span(2, 5, 5, 6, 2, 2)};
  REQUIRE_FALSE(path_of(spans).empty());
}

TEST_CASE("an empty run has no times, no quantiles and nothing that is not a number") {
  Recorder recorder(sample::header());
  REQUIRE(recorder.finish({}).ok());
  const RunSummary summary = summarise(recorder.point());
  REQUIRE(summary.issued == 0);
  REQUIRE(summary.response_s.count == 0);
  REQUIRE_FALSE(summary.response_s.p50.has_value());
  REQUIRE(summary.throughput_per_s == 0);
  REQUIRE(summary.stages[3].share == 0);
  REQUIRE(summary.stages[3].critical_share == 0);
  REQUIRE(summary.valid);
  REQUIRE(summary.warnings == std::vector<std::string>{"no job was issued"});
}

TEST_CASE("one job gives exact times but no quantiles") {
  const RunSummary summary = summarise(sample::run({1, 0, 1, {}}));
  REQUIRE(summary.response_s.count == 1);
  REQUIRE(summary.response_s.mean == summary.response_s.max);
  REQUIRE_FALSE(summary.response_s.p50.has_value());
  REQUIRE(summary.jobs.size() == 1);
  REQUIRE(summary.jobs[0].waterfall.size() == 8);
  REQUIRE(summary.objectives[0].met == std::nullopt);
  REQUIRE(summary.objectives[0].why == "needs 72 jobs, found 1");
}

TEST_CASE("a run whose jobs all failed keeps its bill and its errors, and has no times") {
  const RunSummary summary = summarise(sample::run({10, 1, 1, {}}));
  REQUIRE(summary.done == 0);
  REQUIRE(summary.failed == 10);
  REQUIRE(summary.response_s.count == 0);
  REQUIRE(summary.lost_s.count == 10);
  REQUIRE(summary.cost_usd.total == Approx(0.861));
  REQUIRE(summary.stages[3].errors.front() ==
          std::pair<std::string, std::uint64_t>("server_error", 11));
  REQUIRE(summary.objectives[2].met == false);
}

TEST_CASE("stage shares and critical shares follow the job's response") {
  const RunSummary summary = summarise(sample::run({400, 0, 1, {}}));
  double critical = 0;
  for (const StageSummary& stage : summary.stages) {
    critical += stage.depth == 0 ? stage.critical_share : 0;
  }
  REQUIRE(critical == Approx(1));
  REQUIRE(summary.stages[2].critical_share == 0);  // title runs beside the image
  REQUIRE(summary.stages[3].share == Approx(51.45 / summary.response_s.mean).epsilon(0.01));
  REQUIRE(summary.stages[4].critical_share ==
          Approx(summary.stages[5].critical_share + summary.stages[6].critical_share));
  REQUIRE(summary.stages[1].ttft_s.mean == Approx(0.6));
  REQUIRE(summary.stages[0].cache_hits == 100);
  REQUIRE(summary.stages[1].truncated == 20);
  REQUIRE(summary.stages[3].retries == 8);
}

TEST_CASE("only a call whose answer came in parts has a time to first token") {
  RunHeader header = sample::header();
  header.stages = {sample::stage("streamed"), sample::stage("whole"),
                   sample::stage("local", StageRowKind::Local)};
  Recorder recorder(header);
  JobRecord job;
  job.done = job.first_result = job.drained = at_ms(40);
  std::vector<StageSpan> spans{span(0, 0, 0, 40), span(1, 0, 0, 40), span(2, 0, 0, 40)};
  spans[0].first_chunk = at_ms(10);
  spans[1].first_chunk = at_ms(40);
  spans[2].first_chunk = at_ms(0);
  recorder.job_finished(job, spans, {});
  const Tally& tally = recorder.point().tally;
  REQUIRE(tally.stages[0].ttft.count() == 1);
  REQUIRE(tally.stages[1].ttft.count() == 0);
  REQUIRE(tally.stages[2].ttft.count() == 0);
}

TEST_CASE("a fanned-out stage counts once a job, and each of its items apart") {
  RunHeader header = sample::header();
  header.stages = {sample::stage("shots")};
  header.stages[0].fanned_out = true;
  Recorder recorder(header);
  JobRecord job;
  job.done = job.first_result = job.drained = at_ms(40);
  const std::vector<StageSpan> spans{span(0, 0, 0, 10), span(0, 0, 10, 40), span(0, 0, 0, 20)};
  recorder.job_finished(job, spans, {});
  const StageTally& stage = recorder.tally().stages[0];
  REQUIRE(stage.response.count() == 1);
  REQUIRE(stage.response.max() == ms(40).count_ns());
  REQUIRE(stage.each.count() == 3);
  REQUIRE(stage.each.max() == ms(30).count_ns());
}

TEST_CASE("the span around a fan-out gives its response, its items their queue and counts") {
  RunHeader header = sample::header();
  header.stages = {sample::stage("shots")};
  header.stages[0].fanned_out = true;
  Recorder recorder(header);
  JobRecord job;
  job.done = job.first_result = job.drained = at_ms(50);
  std::vector<StageSpan> spans{span(0, 0, 0, 50), span(0, 5, 10, 20, kNoStage, 0),
                               span(0, 5, 20, 45, kNoStage, 0)};
  spans[0].item = kWhole;
  recorder.job_finished(job, spans, {});
  const StageTally& stage = recorder.tally().stages[0];
  REQUIRE(stage.executions == 2);
  REQUIRE(stage.response.max() == ms(50).count_ns());
  REQUIRE(stage.queue.max() == ms(10).count_ns());
  REQUIRE(stage.each.count() == 2);
  REQUIRE(recorder.tally().critical_ns == ms(50).count_ns());
}

TEST_CASE("jobs that vanish and a broken Little's law make a run invalid") {
  Recorder recorder(sample::header());
  RunEnd end;
  end.issued = 3;
  end.little_l = 2;
  end.little_lambda_w = 1;
  REQUIRE(recorder.finish(end).ok());
  const RunSummary summary = summarise(recorder.point());
  REQUIRE_FALSE(summary.valid);
  REQUIRE(summary.invalid_reasons.size() == 2);
}

TEST_CASE("the pace of mocks is kept, ends of version 1, which have none, are read") {
  RunEnd end;
  end.issued = 7;
  const std::string without = encode_end(end);
  end.mock_pace.chunks.record(3'000'000, 5);
  end.mock_pace.answers.record(1'000);
  end.mock_pace.ceiling = sample::ms(25);
  const auto read = decode_end(encode_end(end));
  REQUIRE(read.ok());
  REQUIRE(read->mock_pace.chunks == end.mock_pace.chunks);
  REQUIRE(read->mock_pace.answers.max() == 1'000);
  REQUIRE(read->mock_pace.ceiling == sample::ms(25));
  const auto older = decode_end('\1' + without.substr(1, without.size() - 4));
  REQUIRE(older.ok());
  REQUIRE(older->issued == 7);
  REQUIRE(older->mock_pace.chunks.empty());
  REQUIRE(!decode_end('\3' + without.substr(1)).ok());
  RunEnd both = *read;
  both.mock_pace.merge(end.mock_pace);
  REQUIRE(both.mock_pace.chunks.count() == 10);
}

TEST_CASE("tallies of shards merge to the tally of the whole, to the last byte") {
  Recorder whole(sample::header());
  Recorder left(sample::header());
  Recorder right(sample::header());
  for (std::uint64_t id = 0; id < 200; ++id) {
    sample::Luck luck;
    luck.jitter_ms = static_cast<std::int64_t>(id * 7 % 900);
    luck.image_fails = id % 17 == 0;
    const JobTrace trace = sample::job(id, at_ms(static_cast<std::int64_t>(id) * 1000), luck);
    whole.job_finished(trace.job, trace.spans, trace.attempts);
    (id % 3 == 0 ? left : right).job_finished(trace.job, trace.spans, trace.attempts);
  }
  Tally merged = right.tally();
  merged.merge(left.tally());
  REQUIRE(merged.encode() == whole.tally().encode());
}

TEST_CASE("a tally survives its encoding, and damaged bytes are errors") {
  const RunPoint point = sample::run({50, 7, 1, {}});
  const std::string bytes = point.tally.encode();
  const Result<Tally> back = Tally::decode(bytes);
  REQUIRE(back.ok());
  REQUIRE(back->encode() == bytes);
  for (std::size_t size = 0; size < bytes.size(); size += 13) {
    REQUIRE_FALSE(Tally::decode(std::string_view(bytes).substr(0, size)).ok());
  }
  REQUIRE_FALSE(Tally::decode(bytes + "x").ok());
}

TEST_CASE("a timeline never has more than 600 buckets and forgets nothing") {
  Timeline timeline;
  Timeline late;
  for (std::int64_t i = 0; i < 20'000; ++i) {
    Timeline& into = i % 2 == 0 ? timeline : late;
    into.add(at_ms(i * 37), at_ms(i * 37 + 500), i % 10 != 0, ms(500));
  }
  timeline.merge(late);
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  for (const Timeline::Bucket& bucket : timeline.buckets()) {
    done += bucket.done;
    failed += bucket.failed;
  }
  REQUIRE(timeline.buckets().size() <= Timeline::kMostBuckets);
  REQUIRE(done == 18'000);
  REQUIRE(failed == 2'000);
  REQUIRE(timeline.in_flight().back() == 0);
}

TEST_CASE("a header survives its encoding") {
  const RunHeader header = sample::header();
  const Result<RunHeader> back = decode_header(encode_header(header));
  REQUIRE(back.ok());
  REQUIRE(encode_header(*back) == encode_header(header));
  REQUIRE_FALSE(decode_header(json::Value("x")).ok());
}

}  // namespace
}  // namespace rehearse::record
