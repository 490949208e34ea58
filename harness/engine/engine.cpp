#include "harness/engine/engine.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/text.hpp"
#include "harness/engine/job_runner.hpp"
#include "harness/load/arrival.hpp"
#include "harness/load/trace_arrivals.hpp"
#include "harness/runtime/task_group.hpp"

namespace rehearse::engine {
namespace {

using runtime::StopToken;
using runtime::Task;
using runtime::Wake;
using scenarios::Workload;

constexpr std::uint64_t kTickMask = 255;       // jobs between two ticks in virtual time
constexpr std::uint64_t kFirstErrorLook = 20;  // jobs
// Nothing lasts longer than 100 years: what began before it ends within the time that there is.
constexpr Duration kLastStart = Duration::seconds(190LL * 31'557'600);
constexpr std::uint64_t kStorm = 1'000'000;  // jobs that fail in one instant

// Feeds the workload's jobs into a JobRunner and watches over the run.
class LoadRunner : public JobSink {
 public:
  LoadRunner(Shared& shared, JobSink& sink, const Options& options)
      : shared_(shared),
        rt_(shared.runtime),
        workload_(shared.scenario.workload),
        sink_(sink),
        options_(options),
        arrivals_(stop_.token()),
        ticker_(stop_.token()),
        jobs_group_(shared.runtime),
        runner_(shared, *this, stop_.token()),
        busy_(shared, options.marks) {
    if (workload_.jobs) {
      expected_ = *workload_.jobs + workload_.warmup_jobs;
    }
  }

  Task<void> run_all() {
    const StopToken ticking = ticker_.token();
    runtime::TaskGroup ticker(rt_);
    if (rt_.speed() > 0 && options_.on_tick) {
      ticker.spawn(tick_on_the_wall(ticking));
    }
    if (busy_.by_the_clock()) {
      ticker.spawn(busy_.follow_the_clock(ticking));
    }
    co_await run_arrivals();
    busy_.arrivals_ended();
    co_await jobs_group_.join();
    ticker_.request_stop();
    co_await ticker.join();
  }

  bool on_stuck() {
    if (stop_.stop_requested()) {
      return false;
    }
    if (rt_.now() - Instant() > kLastStart) {
      invalid_.push_back("jobs last longer than the 292 years in which time is counted");
      stop_reason_ = kEndless;
    } else {
      invalid_.push_back("the jobs wait for each other for ever: resources are held in a circle");
      stop_reason_ = "deadlock";
    }
    stop_.request_stop();
    return true;
  }

  RunOutcome outcome() const;

  void job_finished(const record::JobRecord& job, std::span<const record::StageSpan> spans,
                    std::span<const record::AttemptSpan> attempts) override {
    sink_.job_finished(job, spans, attempts);
    const std::uint64_t ended = runner_.ended();
    const auto failed = static_cast<double>(runner_.not_done());
    if (options_.max_error_rate < 1 && ended >= kFirstErrorLook &&
        failed > options_.max_error_rate * static_cast<double>(ended)) {
      stop("too many errors");
    }
    stop_a_storm(job);
    cost_ += job.cost;
    if (options_.max_cost && cost_ >= *options_.max_cost) {
      stop("the cost limit was reached");
    }
    if (rt_.speed() == 0 && (ended & kTickMask) == 0) {
      tick();
    }
  }

 private:
  void stop(const char* reason) {
    if (stop_reason_.empty()) {
      stop_reason_ = reason;
    }
    arrivals_.request_stop();
  }

  // Users whose jobs fail at once and who do not think ask again in the same instant, for ever.
  void stop_a_storm(const record::JobRecord& job) {
    if (rt_.speed() > 0 || workload_.kind != scenarios::LoadKind::Closed ||
        job.end == record::JobEnd::Done || job.done != stormy_) {
      stormy_ = job.done;
      in_the_instant_ = 0;
      return;
    }
    if (++in_the_instant_ == kStorm && stop_reason_.empty()) {
      invalid_.push_back("saturated: " + std::to_string(kStorm) +
                         " jobs failed in one instant, as users whose jobs fail at once ask again "
                         "at once: give them time to think");
      stop("saturated");
    }
  }

  void tick() {
    if (!options_.on_tick) {
      return;
    }
    const Progress progress{.issued = runner_.issued() + runner_.warmup_issued(),
                            .ended = runner_.ended(),
                            .failed = runner_.not_done(),
                            .in_flight = runner_.in_flight(),
                            .expected = expected_,
                            .now = rt_.now()};
    switch (options_.on_tick(progress)) {
      case Command::GoOn:
        break;
      case Command::StopArrivals:
        stop("interrupted");
        break;
      case Command::StopAll:
        stop("interrupted");
        stop_.request_stop();
        break;
    }
  }

  Task<void> tick_on_the_wall(StopToken token) {
    const Duration step = Duration::milliseconds(100) * rt_.speed();
    for (;;) {
      const Wake wake = co_await rt_.sleep(step, token);
      if (wake == Wake::Stopped) {
        co_return;
      }
      tick();
    }
  }

  // Whether another job may be issued now.
  bool may_issue() const {
    return !arrivals_.stop_requested() && !has_all() &&
           (!workload_.length || rt_.now() - Instant() < *workload_.length);
  }
  bool has_all() const { return expected_ && issued() >= *expected_; }
  std::uint64_t issued() const { return runner_.issued() + runner_.warmup_issued(); }

  Task<void> run_arrivals() {
    const bool closed = workload_.kind == scenarios::LoadKind::Closed;
    if (closed || workload_.kind == scenarios::LoadKind::Batch) {
      return run_places(closed ? workload_.users : workload_.concurrency, closed);
    }
    return workload_.kind == scenarios::LoadKind::Open ? run_open() : run_trace();
  }

  Task<void> run_places(std::uint32_t places, bool closed) {
    runtime::TaskGroup group(rt_);
    for (std::uint32_t place = 0; place < places; ++place) {
      group.spawn(closed ? run_user(place) : run_place());
    }
    co_await group.join();
  }

  // A place of a batch: the next job starts when the one before has been answered.
  Task<void> run_place() {
    while (may_issue()) {
      const JobId id{next_job_++};
      co_await run_until_answered(id);
    }
  }

  // A user: a job, then a pause to think. Job numbers are the user's own, so that one user's luck
  // does not depend on the others' speed.
  Task<void> run_user(std::uint32_t user) {
    if (workload_.ramp > Duration::zero()) {
      const StopToken token = arrivals_.token();
      const double part = static_cast<double>(user) / workload_.users;
      const Duration pause = Duration::from_seconds(workload_.ramp.count_s() * part);
      co_await rt_.sleep(pause, token);
    }
    for (std::uint64_t round = 0; may_issue(); ++round) {
      const JobId id{round * workload_.users + user};
      co_await run_until_answered(id);
      const DrawKey key{.seed = options_.seed, .job = id.value, .stage = hash_name("think")};
      const double u = workload_.think.is_constant() ? 0.5 : key.uniform(Dimension::ThinkTime);
      const double seconds = workload_.think.value(u, {});
      if (seconds > 0) {
        const StopToken token = arrivals_.token();
        const Duration pause = Duration::from_seconds(seconds);
        co_await rt_.sleep(pause, token);
      }
    }
  }

  // Chooses a coroutine and is none: jobs inside at once are many.
  Task<void> run_until_answered(JobId id) {
    const JobRunner::Order order{.id = id, .intended = rt_.now()};
    return shared_.plan.has_background ? run_to_answer(order) : runner_.run(order);
  }

  Task<void> run_to_answer(JobRunner::Order order) {
    runtime::Event answered(rt_);
    order.answered = &answered;
    jobs_group_.spawn(runner_.run(order));
    co_await answered.wait();
  }

  Task<void> run_open() {
    load::ArrivalSchedule::Options options;
    switch (workload_.arrivals) {
      case scenarios::Arrivals::Constant:
        options.kind = load::ArrivalKind::Constant;
        break;
      case scenarios::Arrivals::Poisson:
        options.kind = load::ArrivalKind::Poisson;
        break;
      case scenarios::Arrivals::Gamma:
        options.kind = load::ArrivalKind::Gamma;
        break;
    }
    options.cv = workload_.arrivals_cv;
    options.length = workload_.length.value_or(Duration::max());
    options.seed = options_.seed;
    for (const scenarios::Phase& phase : workload_.phases) {
      options.phases.push_back({phase.rate_from, phase.rate_to, phase.length});
    }
    load::ArrivalSchedule schedule(std::move(options));
    const StopToken token = arrivals_.token();
    for (Instant due = schedule.next(); due != Instant::never(); due = schedule.next()) {
      if (has_all()) {
        break;
      }
      const Wake wake = co_await rt_.sleep_until(due, token);
      if (wake == Wake::Stopped || !issue(due, nullptr)) {
        break;
      }
    }
  }

  Task<void> run_trace() {
    if (workload_.replay) {
      co_await run_replay();
      co_return;
    }
    const StopToken token = arrivals_.token();
    for (const Instant due : workload_.trace) {
      if (has_all()) {
        break;
      }
      const Wake wake = co_await rt_.sleep_until(due, token);
      if (wake == Wake::Stopped || !issue(due, nullptr)) {
        break;
      }
    }
  }

  // Reads the trace as it goes: memory does not grow with the file.
  Task<void> run_replay() {
    const scenarios::TracePlay& play = *workload_.replay;
    Result<std::unique_ptr<load::TraceRows>> rows = scenarios::open_trace(play.spec);
    if (!rows) {
      stop_unread(rows.error());
      co_return;
    }
    load::TraceArrivals arrivals(std::move(rows).value(), play.spec, play.scan, options_.seed);
    const StopToken token = arrivals_.token();
    for (auto next = arrivals.next(); next; next = arrivals.next()) {
      const bool late = workload_.length && next->due - Instant() >= *workload_.length;
      if (late || has_all()) {
        break;
      }
      const Wake wake = co_await rt_.sleep_until(next->due, token);
      if (wake == Wake::Stopped || !issue(next->due, &next->cells)) {
        break;
      }
    }
    if (arrivals.trouble()) {
      stop_unread(*arrivals.trouble());
    }
  }

  void stop_unread(const Error& why) {
    invalid_.push_back("the trace cannot be read any further: " + why.text());
    stop("the trace cannot be read");
  }

  // Starts the job that is due now and never waits for those before it. False: no more of them.
  bool issue(Instant due, const std::vector<scenarios::InputValue>* cells) {
    if (runner_.in_flight() >= options_.max_in_flight) {
      invalid_.push_back("saturated: " + std::to_string(runner_.in_flight()) +
                         " jobs were inside at once, and more kept coming");
      stop("saturated");
      return false;
    }
    busy_.about_to_issue(next_job_);
    max_lag_ = std::max(max_lag_, rt_.now() - due);
    const JobRunner::Order order{.id = JobId{next_job_++}, .intended = due, .cells = cells};
    jobs_group_.spawn(runner_.run(order));
    return true;
  }

  Shared& shared_;
  runtime::Runtime& rt_;
  const Workload& workload_;
  JobSink& sink_;
  const Options& options_;
  runtime::StopSource stop_;      // everything
  runtime::StopSource arrivals_;  // no further jobs
  runtime::StopSource ticker_;
  runtime::TaskGroup jobs_group_;
  JobRunner runner_;
  BusyMarks busy_;
  std::optional<std::uint64_t> expected_;
  std::uint64_t next_job_ = 0;
  Duration max_lag_;
  Money cost_;
  Instant stormy_;
  std::uint64_t in_the_instant_ = 0;
  std::string stop_reason_;
  std::vector<std::string> invalid_;
};

RunOutcome LoadRunner::outcome() const {
  RunOutcome out;
  record::RunEnd& end = out.end;
  end.issued = runner_.issued();
  end.max_schedule_lag = max_lag_;
  end.invalid_reasons = invalid_;
  end.stop_reason = stop_reason_;
  end.elapsed = rt_.now() - Instant();
  end.engine_events = rt_.queue().events();
  end.max_in_flight = runner_.max_in_flight();
  const double elapsed_ns = std::max(1.0, static_cast<double>(end.elapsed.count_ns()));
  end.little_l = static_cast<double>(runner_.inside_by_clock()) / elapsed_ns;
  end.little_lambda_w = static_cast<double>(runner_.inside_by_jobs()) / elapsed_ns;
  if (runner_.inside_by_clock() != runner_.inside_by_jobs()) {
    end.invalid_reasons.push_back("Little's law does not hold: jobs were lost or counted twice");
  }
  for (std::size_t i = 0; i < shared_.resources.size(); ++i) {
    const SharedResource& resource = shared_.resources[i];
    record::ResourceTally tally;
    tally.name = shared_.scenario.resources[i].name;
    tally.busy_ns = resource.busy_ns();
    if (resource.slots) {
      tally.slots = static_cast<double>(resource.slots->total_slots());
      tally.queue = resource.slots->waits();
      tally.max_queue = resource.slots->max_queue();
      tally.rejected = resource.slots->rejections();
    }
    end.resources.push_back(std::move(tally));
  }
  for (const ConnectionPool& pool : shared_.pools) {
    record::ResourceTally tally;
    tally.name = pool.spec().name;
    tally.slots = static_cast<double>(pool.spec().max);
    tally.busy_ns = pool.busy_ns();
    end.pools.push_back(std::move(tally));
  }
  out.hash = runner_.hash();
  out.stretches = busy_.stretches();
  return out;
}

}  // namespace

RunOutcome run(runtime::Runtime& runtime, const scenarios::Scenario& scenario,
               std::vector<provider::Provider*> providers, JobSink& sink, const Options& options) {
  return run(runtime, scenario, Plan(scenario), std::move(providers), sink, options);
}

RunOutcome run(runtime::Runtime& runtime, const scenarios::Scenario& scenario, const Plan& plan,
               std::vector<provider::Provider*> providers, JobSink& sink, const Options& options) {
  Shared shared(runtime, scenario, plan, std::move(providers), options.seed);
  LoadRunner load(shared, sink, options);
  runtime.set_on_stuck([&load] { return load.on_stuck(); });
  runtime.run(load.run_all());
  runtime.set_on_stuck(nullptr);
  return load.outcome();
}

}  // namespace rehearse::engine
