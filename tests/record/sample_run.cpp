#include "tests/record/sample_run.hpp"

#include <unistd.h>

#include <cstdlib>

#include "harness/base/rng.hpp"

namespace rehearse::record::sample {
namespace {

enum Place : std::uint32_t { Context, ImagePrompt, Title, Image, Publish, Upload, UserId, Ping };

// Appends spans with instants that follow from their durations.
class Builder {
 public:
  Builder(JobTrace& trace, Instant start) : trace_(trace), start_(start) {}

  std::uint32_t add(std::uint32_t stage, Instant ready, Duration service,
                    std::uint32_t released_by) {
    StageSpan span;
    span.stage = stage;
    span.released_by = released_by;
    span.ready = ready;
    span.started = ready;
    span.first_chunk = span.done = ready + service;
    span.io_wait = service;
    trace_.spans.push_back(span);
    return static_cast<std::uint32_t>(trace_.spans.size() - 1);
  }
  void call(std::uint32_t span, std::int64_t cost_nano_usd, std::uint8_t failure = 0) {
    AttemptSpan attempt;
    StageSpan& of = trace_.spans[span];
    attempt.span = span;
    attempt.number = of.attempts++;
    attempt.failure = failure;
    attempt.status = failure == 0 ? 200 : 429;
    attempt.started = of.started;
    attempt.first_chunk = of.first_chunk;
    attempt.done = of.done;
    attempt.cost = Money::nano_usd(cost_nano_usd);
    of.cost += attempt.cost;
    trace_.job.cost += attempt.cost;
    trace_.attempts.push_back(attempt);
  }
  StageSpan& operator[](std::uint32_t index) { return trace_.spans[index]; }
  Instant done(std::uint32_t index) const { return trace_.spans[index].done; }
  Instant start() const { return start_; }

 private:
  JobTrace& trace_;
  Instant start_;
};

}  // namespace

StageInfo stage(const std::string& path, StageRowKind kind) {
  StageInfo info;
  info.path = path;
  info.name = path.substr(path.rfind('/') + 1);
  info.kind = kind;
  return info;
}

RunHeader header() {
  RunHeader out;
  out.id = run_id_text(1, 2);
  out.created_unix_ms = 1'700'000'000'000;
  out.scenario = "auto-post";
  out.scenario_hash = "00c0ffee00c0ffee";
  out.scenario_text = "{}";
  out.workload = "single";
  out.workload_kind = "batch";
  out.workload_text = "one job at a time";
  out.parameters.set("chat_model", "gpt-4o");
  out.parameters.set("max_tokens", std::int64_t{1000});
  out.stages = {stage("context"),
                stage("image_prompt"),
                stage("title"),
                stage("image"),
                stage("publish", StageRowKind::Group),
                stage("publish/upload"),
                stage("publish/user_id"),
                stage("ping")};
  for (std::uint32_t i = 0; i < out.stages.size(); ++i) {
    out.stages[i].order = i;
  }
  out.stages[Upload].parent = Publish;
  out.stages[UserId].parent = Publish;
  out.stages[Ping].background = true;
  out.stages[Image].detail = "openai.image dall-e-3";
  out.stages[Image].basis = "measured";
  out.stages[Image].source = "auto-post report, Breakdown";
  out.stages[Context].note = "four queries, one after the other";
  out.resources = {"workers"};
  out.failures = {"none", "timeout", "cancelled", "server_error", "rate_limited"};
  out.objectives = {{"p(95) < 15s", "aim", "", "", "Targets 1"},
                    {"mean of cost < 0.12 USD", "fail", "", "", ""},
                    {"rate of errors < 1%", "warn", "", "", ""}};
  out.isolated = true;
  out.environment = {"bench-1",   "Example CPU", 2,       "Linux 6.1",
                     "Debian 12", "g++ 12.2",    "0.1.0", "abc1234"};
  return out;
}

JobTrace job(std::uint64_t id, Instant intended, const Luck& luck) {
  JobTrace trace;
  trace.job.id.value = id;
  trace.job.intended = trace.job.started = intended;
  Builder build(trace, intended);
  const Duration context_time = luck.cache_hit ? ms(20) : ms(5'550 + luck.jitter_ms);
  const std::uint32_t context = build.add(Context, intended, context_time, kNoStage);
  build[context].end = luck.cache_hit ? StageEnd::CacheHit : StageEnd::Done;
  const std::uint32_t prompt = build.add(ImagePrompt, build.done(context), ms(5'000), context);
  build[prompt].first_chunk = build[prompt].started + ms(600);
  build[prompt].truncated = luck.truncated;
  build.call(prompt, 6'000'000);
  const std::uint32_t title = build.add(Title, build.done(context), ms(930), context);
  build.call(title, 100'000);
  const std::uint32_t image =
      build.add(Image, build.done(prompt), ms(luck.image_ms + 3 * luck.jitter_ms), prompt);
  if (luck.retry) {
    build.call(image, 0, 3);
    trace.job.retries = 1;
  }
  build.call(image, 80'000'000, luck.image_fails ? 3 : 0);
  Instant end = build.done(image);
  if (luck.image_fails || luck.image_times_out) {
    trace.job.end = luck.image_fails ? JobEnd::Failed : JobEnd::TimedOut;
    trace.job.failed_span = image;
    build[image].end = luck.image_fails ? StageEnd::Failed : StageEnd::TimedOut;
    build[image].failure = luck.image_fails ? 3 : 1;
  } else {
    const std::uint32_t group = build.add(Publish, end, ms(14'000), image);
    const std::uint32_t upload = build.add(Upload, end, ms(13'500), kNoStage);
    build[upload].parent = group;
    const std::uint32_t user = build.add(UserId, build.done(upload), ms(500), upload);
    build[user].parent = group;
    end = build.done(group);
    const std::uint32_t ping = build.add(Ping, end, ms(250), group);
    build[ping].background = true;
    trace.job.drained = build.done(ping);
  }
  trace.job.done = trace.job.first_result = end;
  trace.job.drained = std::max(trace.job.drained, end);
  trace.job.usage.images = 1;
  trace.job.usage.output_tokens = 300;
  return trace;
}

RunEnd run_into(Recorder& recorder, const RunOptions& options) {
  Instant now;
  RunEnd end;
  for (std::uint64_t id = 0; id < options.jobs; ++id) {
    Luck luck;
    luck.jitter_ms = static_cast<std::int64_t>(mix64(id) % 2000) - 1000;
    luck.image_ms = static_cast<std::int64_t>(51'450 * options.image_factor);
    luck.cache_hit = id % 4 == 3;
    luck.retry = id % 50 == 7;
    luck.truncated = id % 20 == 5;
    luck.image_fails = options.failing > 0 && id % options.failing == options.failing - 1;
    const JobTrace trace = job(id, now, luck);
    recorder.job_finished(trace.job, trace.spans, trace.attempts);
    now = trace.job.done;
    end.little_l = 1;
    end.little_lambda_w = 1;
  }
  end.issued = options.jobs;
  end.elapsed = now - Instant();
  end.wall = ms(120);
  end.engine_events = options.jobs * 20;
  end.max_in_flight = 1;
  ResourceTally workers;
  workers.name = "workers";
  workers.slots = 4;
  workers.busy_ns = end.elapsed.count_ns();
  workers.queue.record(0, options.jobs);
  end.resources.push_back(workers);
  return end;
}

RunPoint run(const RunOptions& options) {
  RunHeader head = header();
  head.variants = options.variants;
  Recorder recorder(head);
  const Status finished = recorder.finish(run_into(recorder, options));
  REHEARSE_CHECK(finished.ok());
  return recorder.take_point();
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "rehearse-test-XXXXXX").string();
  REHEARSE_CHECK(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace rehearse::record::sample
